"""`servicelane bench pages`: what people wait for at a page, and what it weighs on the wire.

Eight people open their own pages at a dealership of demo size; beside them stands the smallest answer of the
same server (`/health`), the floor of that run.
"""

import gzip
import json
import os
import re
import threading
import time
from collections import defaultdict
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated, Any
from urllib.parse import urljoin

import typer

from .client import Client, Session
from .loop import percentile_line, share, told
from .scratch import scratch
from .served import Served, environment_for, the_site

PAGES = {
    "chen": ["/", "/reception/", "/orders/", "order", "/bookings/"],
    "luo": ["/workshop/", "/", "order", "/washes/"],
    "tao": ["/my-jobs/", "/"],
    "yin": ["/inspections/", "/"],
    "shen": ["/cashier/", "/", "order", "/cashier/days/"],
    "he": ["/parts/", "/", "order"],
    "lin": ["/care/", "/customers/", "/"],
    "gu": ["/", "/orders/", "/workshop/", "/people/shifts/"],
}
"""Who opens what, by turns; `order` is one of the newest orders."""
FRAGMENTS = ("/today/cars?cars=all", "/today/shift")
ALONE = 9
LINKED = re.compile(r'<(?:link|script)[^>]+(?:href|src)="(/static/[^"]+\.(?:css|js|svg))"')
NAMED = re.compile(r"""url\(["']?([^"')]+\.woff2)""")


def pages(
    days: Annotated[int, typer.Option(min=1, max=60, help="days of the demo's life before")] = 4,
    seconds: Annotated[float, typer.Option(min=1, max=3600, help="length of the run of eight people")] = 20,
    pause: Annotated[float, typer.Option(min=0, max=60, help="seconds a person looks at a page")] = 1,
    postgresql: Annotated[str, typer.Option(envvar="BENCH_DATABASE_URL", help="server to measure on")] = "",
) -> None:
    """Pages by eight people, unchanged fragments, papers, and bytes of a first and a later page."""
    with TemporaryDirectory(prefix="servicelane-bench-") as place:
        _measure("SQLite", Path(place), f"sqlite:///{place}/bench.sqlite3", days, seconds, pause)
    if postgresql:
        with TemporaryDirectory(prefix="servicelane-bench-") as place, scratch(postgresql) as url:
            _measure("PostgreSQL", Path(place), url, days, seconds, pause)


def _measure(name: str, place: Path, url: str, days: int, seconds: float, pause: float) -> None:
    environment = environment_for(place, url) | {"DEMO_DAYS": str(days)}
    with the_site(environment) as site:
        _filled(place)
        there = told(environment, "shown")
        typer.echo(f"{name}: a demo of {days} days, 2 web workers, load {os.getloadavg()[0]:.1f}")
        people = {user: Client(site.port).sign_in(user, there["password"]) for user in PAGES}
        floor = _times(site, Session(), "/health")
        typer.echo(percentile_line("the floor (/health)", floor))
        _print_pages(_opened(site, people, there["orders"], seconds, pause), median(floor))
        for path in FRAGMENTS:
            typer.echo(percentile_line(f"unchanged {path.partition('?')[0]}", _unchanged(site, people, path)))
        for kind, path in there["papers"].items():
            _times(site, people["gu"], path, times=2)
            typer.echo(percentile_line(f"{kind}, warm", _times(site, people["gu"], path)))
        _print_bytes(site, people["chen"], there)


def _filled(place: Path) -> None:
    note, last = place / "demo.json", time.monotonic() + 600
    while time.monotonic() < last:
        if note.exists() and json.loads(note.read_text(encoding="utf-8"))["share"] == 1:
            return
        time.sleep(0.5)
    raise SystemExit("The demo was not filled within 600 s.")


def _times(site: Served, session: Session, path: str, times: int = ALONE) -> list[float]:
    client, took = Client(site.port), []
    for _ in range(times):
        client.times.clear()
        status, _ = _got(client, session, path)
        if status != 200:
            raise SystemExit(f"The benchmark broke off: {path} got {status}.")
        took.append(client.times[0][1])
    client.close()
    return took


def _got(client: Client, session: Session, path: str, **headers: str) -> tuple[int, bytes]:
    """One answer, timed: its status and its bytes."""
    began = time.perf_counter()
    client.connection.request("GET", path, headers={"Cookie": session.header, **headers})
    answer = client.connection.getresponse()
    body = answer.read()
    client.times.append((path, time.perf_counter() - began))
    return answer.status, body


def _opened(
    site: Served, people: dict[str, Session], orders: list[str], seconds: float, pause: float
) -> dict[str, list[float]]:
    """What each page took, opened by its people at the same time."""
    found: dict[str, list[float]] = defaultdict(list)
    end = time.perf_counter() + seconds

    def look(number: int, user: str) -> None:
        client, newest = Client(site.port), cycle(orders[number:] + orders[:number])
        time.sleep(pause * number / len(people))
        for page in cycle(PAGES[user]):
            if time.perf_counter() > end:
                break
            client.page("page", people[user], next(newest) if page == "order" else page)
            found[f"{page} {user}" if page == "/" else page].append(client.times[-1][1])
            time.sleep(pause)
        client.close()

    threads = [threading.Thread(target=look, args=(at, user)) for at, user in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _print_pages(found: dict[str, list[float]], floor: float) -> None:
    every = [one for times in found.values() for one in times]
    for page, times in sorted(found.items(), key=lambda pair: -share(pair[1], 95)):
        typer.echo(percentile_line(page, times))
    typer.echo(percentile_line(f"all {len(every)} pages", every))
    typer.echo(f"    a page is {median(every) / floor:.0f} times the floor (median by median)")


def _unchanged(site: Served, people: dict[str, Session], path: str) -> list[float]:
    """How long a poll takes that is told that nothing changed."""
    client, session = Client(site.port), people["chen"]
    glue = "&" if "?" in path else "?"
    _, body = _got(client, session, f"{path}{glue}v=0", **{"HX-Request": "true"})
    version = re.search(r'[?&;]v=([^"&]+)', body.decode())
    if not version:
        raise SystemExit(f"The benchmark broke off: {path} names no version.")
    took = []
    for _ in range(5 * ALONE):
        status, _ = _got(client, session, f"{path}{glue}v={version.group(1)}", **{"HX-Request": "true"})
        if status == 204:
            took.append(client.times[-1][1])
    client.close()
    if not took:
        raise SystemExit(f"The benchmark broke off: {path} was never unchanged.")
    return took


def _print_bytes(site: Served, session: Session, there: dict[str, Any]) -> None:
    client, nobody = HTTPConnection("127.0.0.1", site.port, timeout=60), Session()
    wanted = {"Today": ("/", session), "an order": (there["orders"][0], session)}
    for name, (path, who) in {**wanted, "a customer's page": (there["customer"], nobody)}.items():
        alone, whole, files = _weight(client, path, who)
        typer.echo(
            f"    {name:22}{alone / 1024:8.1f} KB later{whole / 1024:8.1f} KB the first time, {files} files"
        )
    client.close()


def _weight(client: HTTPConnection, path: str, who: Session) -> tuple[int, int, int]:
    """Bytes of a page as sent, of the page with all that it names, and how many files these are.

    Every font that a style sheet names counts, though a browser fetches only those it draws with.
    """
    sizes: dict[str, int] = {}

    def fetched(address: str) -> str:
        headers = {"Cookie": who.header, "Accept-Encoding": "gzip"}
        client.request("GET", address, headers=headers)
        answer = client.getresponse()
        body = answer.read()
        sizes[address] = len(body)
        packed = answer.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(body) if packed else body).decode(errors="ignore")

    for address in dict.fromkeys(LINKED.findall(fetched(path))):
        text = fetched(address)
        if address.endswith(".css"):
            for font in dict.fromkeys(NAMED.findall(text)):
                fetched(urljoin(address, font))
    return sizes[path], sum(sizes.values()), len(sizes)
