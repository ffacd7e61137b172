"""`servicelane bench loop`: complete visits through HTTP, beside plain SQL and a bare view."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median
from typing import Annotated, Any

import typer

from .client import Client
from .scratch import scratch
from .served import Served, environment_for, the_bare_view, the_site
from .visit import Car, Crew, walk

ODOO = 1.25
"""Orders/s of Odoo Community 18 on a 2-core machine: the same content without payment and delivery."""
CARS_EACH = 12
READS = ("read order", "order page")


def loop(
    clients: Annotated[str, typer.Option(help="how many clients at once, one run each")] = "1,8",
    seconds: Annotated[float, typer.Option(min=0, max=3600, help="length of a run, at least one visit")] = 15,
    postgresql: Annotated[str, typer.Option(envvar="BENCH_DATABASE_URL", help="server to measure on")] = "",
) -> None:
    """Complete visits (3 jobs, 3 parts, stock, invoice, payment, delivery) through the site's own server."""
    counts = [int(count) for count in clients.split(",")]
    with tempfile.TemporaryDirectory(prefix="servicelane-bench-") as place:
        _measure("SQLite", "sqlite", Path(place), f"sqlite:///{place}/bench.sqlite3", counts, seconds)
    if not postgresql:
        typer.echo("PostgreSQL: not measured, for BENCH_DATABASE_URL names no server (make bench starts one)")
        return
    with tempfile.TemporaryDirectory(prefix="servicelane-bench-") as place, scratch(postgresql) as url:
        _measure("PostgreSQL", "postgresql", Path(place), url, counts, seconds)


@dataclass(slots=True)
class Run:
    """What the clients of one run did: each request's step and seconds, and how long the run took."""

    clients: int
    took: float = 0.0
    visits: int = 0
    busy: int = 0
    failed: int = 0
    times: list[tuple[str, float]] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Visits a second."""
        return self.visits / self.took

    @property
    def per_write(self) -> float:
        """Mean seconds of a request that writes."""
        return mean(seconds for step, seconds in self.times if step not in READS)

    @property
    def writes_each(self) -> int:
        """How many requests of a visit write."""
        return round(sum(step not in READS for step, _ in self.times) / max(self.visits, 1))


def _measure(name: str, vendor: str, place: Path, url: str, counts: Sequence[int], seconds: float) -> None:
    environment = environment_for(place, url)
    stage = told(environment, "stage", str(max(counts)), str(max(counts) * CARS_EACH))
    typer.echo(f"{name}: complete visits through HTTP, 2 web workers, load {os.getloadavg()[0]:.1f}")
    with the_site(environment) as site:
        crews = sign_in(Client(site.port), stage)
        cars = [Car(*car) for car in stage["cars"]]
        walked(site.port, crews[:1], cars, seconds=0)  # warm-up
        idle = site.memory()
        marks = json.dumps(told(environment, "plain", "marks"))
        runs = [walked(site.port, crews[:count], cars, seconds) for count in counts]
        after = site.memory()
    visits = sum(run.visits for run in runs)
    floor = told(
        environment, "plain", "write", marks, str(visits), str(runs[0].writes_each), f"{min(seconds, 3)}"
    )
    with the_bare_view(environment, vendor) as bare:
        bare_runs = [_bare(bare, count, min(seconds, 5)) for count in counts]
    for run, least in zip(runs, bare_runs, strict=True):
        _print(run, least)
    typer.echo(
        f"  the same {floor['rows']} rows a visit by plain SQL in {runs[0].writes_each} transactions: "
        f"{floor['rate']:.0f} visits/s"
    )
    typer.echo(f"  memory of web, worker and scheduler: {_memory(idle)} idle, {_memory(after)} after")


def _memory(held: tuple[int, int]) -> str:
    return f"{held[1]} MB ({held[0]} MB with shared pages counted in each process)"


def told(environment: dict[str, str], module: str, *arguments: str) -> Any:
    """Run a program of this package with these arguments and return the JSON it prints last."""
    command = [sys.executable, "-m", f"servicelane.project.bench.{module}", *arguments]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def sign_in(client: Client, stage: dict[str, Any]) -> list[Crew]:
    """Sign in everybody a visit needs; returns a crew for each technician of the stage."""
    password = stage["password"]
    shared = {user: client.token(user, password) for user in ("chen", "yin", "shen")}
    sessions = {user: client.sign_in(user, password) for user in ("chen", "he")}
    crews = []
    for user in stage["technicians"]:
        tokens = {**shared, user: client.token(user, password)}
        crews.append(Crew(stage["store"], user, stage["promise"], tokens, sessions))
    client.close()
    return crews


def walked(port: int, crews: Sequence[Crew], cars: Sequence[Car], seconds: float) -> Run:
    """Walk visits with a client per crew until the time is over; each ends the visit it is at."""
    end = time.perf_counter() + seconds

    def visits(number: int, client: Client, run: Run) -> None:
        own = cars[number :: len(crews)]
        for turn in range(10_000_000):
            walk(client, crews[number], own[turn % len(own)])
            run.visits += 1
            if time.perf_counter() >= end:
                return

    return together(port, len(crews), visits)


def _bare(served: Served, clients: int, seconds: float) -> Run:
    end = time.perf_counter() + seconds

    def writes(number: int, client: Client, run: Run) -> None:
        while True:
            client.timed("bare", "POST", "/", "{}", {})
            if time.perf_counter() >= end:
                return

    return together(served.port, clients, writes)


def together(port: int, clients: int, work: Callable[[int, Client, Run], None]) -> Run:
    """Let each client do its work in a thread; returns what all did. Raises what one of them raised."""
    parts = [Run(clients) for _ in range(clients)]
    failures: list[BaseException] = []

    def one(number: int) -> None:
        client = Client(port)
        try:
            work(number, client, parts[number])
        except BaseException as error:  # noqa: BLE001 - raised again where the run is waited for
            failures.append(error)
        finally:
            parts[number].times, parts[number].busy = client.times, client.busy
            parts[number].failed = client.failed
            client.close()

    threads = [threading.Thread(target=one, args=[number], daemon=True) for number in range(clients)]
    with _timed() as took:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if failures:
        raise failures[0]
    whole = Run(clients, took[0], times=[entry for part in parts for entry in part.times])
    for part in parts:
        whole.visits += part.visits
        whole.busy += part.busy
        whole.failed += part.failed
    return whole


@contextmanager
def _timed() -> Iterator[list[float]]:
    took, began = [0.0], time.perf_counter()
    yield took
    took[0] = time.perf_counter() - began


def _print(run: Run, bare: Run) -> None:
    steps: dict[str, list[float]] = defaultdict(list)
    for step, seconds in run.times:
        steps[step].append(seconds)
    typer.echo(
        f"  {run.clients} client{'s' * (run.clients > 1)}: {run.rate:.2f} visits/s "
        f"({run.rate / ODOO:.1f} x Odoo's {ODOO} orders/s), {len(run.times) / run.took:.0f} requests/s, "
        f"{len(run.times) / run.visits:.0f} requests a visit, {run.busy} sent again while busy"
    )
    for step, times in steps.items():
        typer.echo(percentile_line(step, times))
    typer.echo(
        f"    a write {run.per_write * 1000:.1f} ms, the bare view {bare.per_write * 1000:.2f} ms: "
        f"ratio {run.per_write / bare.per_write:.1f} (bare: {len(bare.times) / bare.took:.0f} requests/s)"
    )


def percentile_line(name: str, times: Sequence[float]) -> str:
    """A line with the median and the 95th percentile of times in seconds."""
    return f"    {name:22}{median(times) * 1000:8.1f} ms p50{share(times, 95) * 1000:8.1f} ms p95"


def share(values: Sequence[float], percent: int) -> float:
    """The value that this share of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
