"""`servicelane bench mixed`: writers, polling screens and an import at once; nobody gets a 5xx."""

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from .client import Client
from .loop import CARS_EACH, READS, Run, percentile_line, sign_in, together, told
from .scratch import scratch
from .served import Served, environment_for, the_site
from .visit import Car, Crew, walk

WRITERS = 8
POLL = 1.5
"""Seconds between two polls of a live page."""
BOARD, SHIFT = "board", "shift"


def mixed(
    screens: Annotated[int, typer.Option(min=1, max=500, help="live pages that poll")] = 50,
    seconds: Annotated[float, typer.Option(min=1, max=3600, help="length of the run")] = 30,
    rows: Annotated[int, typer.Option(min=1, help="rows of the table that is imported meanwhile")] = 2000,
    pause: Annotated[float, typer.Option(min=0, max=60, help="seconds a writer rests between visits")] = 5,
    postgresql: Annotated[str, typer.Option(envvar="BENCH_DATABASE_URL", help="server to measure on")] = "",
) -> None:
    """Eight people at work while screens poll and a table is imported: waits, and when others see it."""
    with tempfile.TemporaryDirectory(prefix="servicelane-bench-") as place:
        _measure("SQLite", Path(place), f"sqlite:///{place}/bench.sqlite3", screens, seconds, rows, pause)
    if postgresql:
        with tempfile.TemporaryDirectory(prefix="servicelane-bench-") as place, scratch(postgresql) as url:
            _measure("PostgreSQL", Path(place), url, screens, seconds, rows, pause)


def _measure(name: str, place: Path, url: str, screens: int, seconds: float, rows: int, pause: float) -> None:
    environment = environment_for(place, url)
    stage = told(environment, "stage", str(WRITERS), str(WRITERS * CARS_EACH))
    table = place / "import.csv"
    table.write_text("\n".join(["name,mobile,plate", *(_row(number) for number in range(rows))]))
    typer.echo(
        f"{name}: {WRITERS} writers, {screens} screens, import of {rows} rows, load {os.getloadavg()[0]:.1f}"
    )
    with the_site(environment) as site:
        crews = sign_in(Client(site.port), stage)
        walk(Client(site.port), crews[0], Car(*stage["cars"][0]))
        seen = _Seen(site, crews[0], screens)
        with seen.watching(), _importing(environment, table) as took:
            run = _written(site, crews, stage, seconds, pause)
        _print(run, seen, took)


def _plate(number: int) -> str:
    return f"\u9c81C{number:05}"


def _row(number: int) -> str:
    return f"Import {number},1540000{number % 10_000:04},{_plate(number)}"


def _written(site: Served, crews: list[Crew], stage: dict[str, Any], seconds: float, pause: float) -> Run:
    end = time.perf_counter() + seconds

    def visits(number: int, client: Client, run: Run) -> None:
        cars = [Car(*car) for car in stage["cars"][number::WRITERS]]
        time.sleep(pause * number / WRITERS)
        while time.perf_counter() < end:
            walk(client, crews[number], cars[run.visits % len(cars)])
            run.visits += 1
            time.sleep(pause)

    return together(site.port, WRITERS, visits)


class _Seen:
    """Screens that poll like Today's live fragments; some of them time when a change reaches them."""

    def __init__(self, site: Served, crew: Crew, screens: int) -> None:
        self.port, self.crew, self.screens = site.port, crew, screens
        self.polls: list[float] = []
        self.delays: list[float] = []
        self.failed = 0
        self.over = threading.Event()

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Poll while the block lasts; somebody changes one order again and again, and a screen watches it."""
        threads = [
            threading.Thread(target=self._poll, args=[number], daemon=True) for number in range(self.screens)
        ]
        threads.append(threading.Thread(target=self._change, daemon=True))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join(30)

    def _poll(self, number: int) -> None:
        client, session = Client(self.port), self.crew.sessions["chen"]
        path = ("/today/cars?cars=all&v=", "/today/shift?v=")[number % 2]
        version = "0"
        self.over.wait(POLL * number / self.screens)
        while not self.over.is_set():
            began = time.perf_counter()
            status, _, text = client.send(
                "GET", path + version, "", {"Cookie": session.header, "HX-Request": "true"}
            )
            self.polls.append(time.perf_counter() - began)
            self.failed += status >= 500
            version = _version(text) or version
            self.over.wait(max(0.0, POLL - (time.perf_counter() - began)))
        client.close()

    def _change(self) -> None:
        """Let an order wait or go on, and time how long it takes until a screen that polls is told."""
        writer, reader = Client(self.port), Client(self.port)
        token, session = self.crew.tokens["chen"], self.crew.sessions["chen"]
        headers = {"Cookie": session.header, "HX-Request": "true"}
        car = {"plate": _plate(99_999), "name": "Watched", "mobile": "15400009999", "words": "look"}
        order = writer.call("walk in", token, "/orders", {"store": self.crew.store, **car})["id"]
        held = False
        while not self.over.is_set():
            version = writer.call("read order", token, f"/orders/{order}")["version"]
            held = not held
            path = f"/orders/{order}/holds" + ("" if held else "/customer/end")
            writer.post("hold", session, path, {"reason": "customer"})
            began = time.perf_counter()
            # The screen polls when it does, whatever the writer does.
            self.over.wait(POLL - began % POLL)
            while not self.over.is_set():
                status, _, _ = reader.send("GET", f"/orders/{order}/news?v={version}", "", headers)
                if status == 200:
                    self.delays.append(time.perf_counter() - began)
                    break
                self.failed += status >= 500
                self.over.wait(POLL)
        writer.close()
        reader.close()


def _version(text: str) -> str:
    _, _, rest = text.partition("?v=")
    return rest.partition('"')[0].partition("&")[0]


@contextlib.contextmanager
def _importing(environment: dict[str, str], table: Path) -> Iterator[list[float]]:
    took: list[float] = []
    began = time.perf_counter()
    program = "from servicelane.project.cli import main; main()"
    command = [sys.executable, "-c", program, "import", "customers", str(table)]
    with (table.parent / "import.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def watch_it() -> None:
        process.wait()
        took.append(time.perf_counter() - began)

    watch = threading.Thread(target=watch_it)
    watch.start()
    yield took
    watch.join(300)
    process.kill()
    if process.returncode:
        raise SystemExit((table.parent / "import.log").read_text(errors="replace")[-500:])


def _print(run: Run, seen: _Seen, took: list[float]) -> None:
    writes = [seconds for step, seconds in run.times if step not in READS]
    rates = f"{len(writes) / run.took:.0f} writes/s, {len(seen.polls) / run.took:.0f} polls/s"
    typer.echo(
        f"  {run.visits} visits, {rates}, import {took[0]:.0f} s, {run.busy} sent again, "
        f"{run.failed + seen.failed} answers of 5xx"
    )
    for name, times in (("a write", writes), ("a poll", seen.polls), ("seen elsewhere", seen.delays)):
        if times:
            typer.echo(percentile_line(name, times))
