"""`servicelane bench search` and `lists`: how long people wait where three years of visits stand."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from servicelane.kernel.clock import now

from .client import Client, Session
from .loop import Run, percentile_line, sign_in, told, walked
from .scratch import scratch
from .served import Served, environment_for, the_site
from .visit import WORK, Car, walk

Orders = Annotated[int, typer.Option(min=10, help="how many orders the scratch database holds")]
Vehicles = Annotated[int, typer.Option(min=100, help="how many cars, each with its owner")]
Times = Annotated[int, typer.Option(min=1, max=10_000, help="requests of each kind")]
Place = Annotated[
    str, typer.Option(help="folder that keeps the SQLite database for the next run; empty: none")
]
Server = Annotated[str, typer.Option(envvar="BENCH_DATABASE_URL", help="server to measure on too")]
VISITS_CLIENTS, VISITS_SECONDS = 8, 15.0


def search(
    orders: Orders = 1_000_000,
    vehicles: Vehicles = 500_000,
    times: Times = 100,
    place: Place = "",
    postgresql: Server = "",
) -> None:
    """The search of the top bar: part of a plate, VIN and phone tail, name, initials, order number."""
    for name, environment, stage in _stages(orders, vehicles, place, postgresql):
        with the_site(environment) as site:
            client, session = Client(site.port), _advisor(site, stage)
            asked = told(environment, "asked", str(times))
            for kind, texts in asked.items():
                for text in texts:
                    path = f"/search?q={text}"
                    client.page(kind, session, path, **{"HX-Request": "true"})
            _print(name, client, "search as one types")


def lists(
    orders: Orders = 1_000_000,
    vehicles: Vehicles = 500_000,
    times: Times = 100,
    place: Place = "",
    postgresql: Server = "",
) -> None:
    """Lists of orders and customers, Today and its board; visits beside those in a small database."""
    for name, environment, stage in _stages(orders, vehicles, place, postgresql):
        with the_site(environment) as site:
            client, session = Client(site.port), _advisor(site, stage)
            for kind, path in PAGES.items():
                for turn in range(times):
                    client.page(kind, session, path.format(page=1 + turn % 7))
            _print(name, client, "whole pages")
            large = _visits(site, stage)
        with _small(name, postgresql) as (other, other_stage), the_site(other) as site:
            small = _visits(site, other_stage)
        typer.echo(
            f"  visits with {VISITS_CLIENTS} clients: {large.rate:.2f}/s, in a small database "
            f"{small.rate:.2f}/s: {large.rate / small.rate:.2f} of it"
        )


PAGES = {
    "orders in the house": "/orders/",
    "all orders": "/orders/?state=all&page={page}",
    "delivered": "/orders/?state=delivered&page={page}",
    "orders, one plate": "/orders/?state=all&q=B1000{page}",
    "customers": "/customers/?page={page}",
    "today": "/",
    "board, a poll": "/today/cars?v=0",
    "cashier": "/cashier/",
}


def _advisor(site: Served, stage: dict[str, Any]) -> Session:
    return Client(site.port).sign_in("gu", stage["password"])


def _visits(site: Served, stage: dict[str, Any]) -> Run:
    crews, cars = sign_in(Client(site.port), stage), [Car(*car) for car in stage["cars"]]
    # Past what earlier runs of these days left in the files of the cars.
    past = 1_000_000 + int(now().timestamp()) % 900_000
    for car in cars:
        car.odometer = past
    walked(site.port, crews[:1], cars, 0)
    return walked(site.port, crews[:VISITS_CLIENTS], cars, VISITS_SECONDS)


def _print(name: str, client: Client, what: str) -> None:
    typer.echo(f"{name}: {what}, one client, load {os.getloadavg()[0]:.1f}")
    kinds: dict[str, list[float]] = {}
    for kind, seconds in client.times:
        kinds.setdefault(kind, []).append(seconds)
    for kind, times in kinds.items():
        typer.echo(percentile_line(kind, times))


def _stages(
    orders: int, vehicles: int, place: str, postgresql: str
) -> Iterator[tuple[str, dict[str, str], dict[str, Any]]]:
    with tempfile.TemporaryDirectory(prefix="servicelane-bench-") as own:
        folder = Path(place or own)
        folder.mkdir(parents=True, exist_ok=True)
        environment = environment_for(folder, f"sqlite:///{folder}/bench.sqlite3")
        yield "SQLite", environment, _filled(environment, folder, orders, vehicles)
    if postgresql:
        with (
            tempfile.TemporaryDirectory(prefix="servicelane-bench-") as own,
            scratch(postgresql) as url,
        ):
            environment = environment_for(Path(own), url)
            yield "PostgreSQL", environment, _filled(environment, Path(own), orders, vehicles)


def _filled(environment: dict[str, str], folder: Path, orders: int, vehicles: int) -> dict[str, Any]:
    """Make the stage and a few visits where they are not there yet, and fill up; returns the stage."""
    kept = folder / "stage.json"
    if not kept.exists():
        stage = told(environment, "stage", str(VISITS_CLIENTS), str(VISITS_CLIENTS * 12))
        with the_site(environment) as site:
            client = Client(site.port)
            crew = sign_in(client, stage)[0]
            for number, car in enumerate(stage["cars"][:6]):
                walk(client, crew, Car(*car), [WORK[number % len(WORK)]])
        kept.write_text(json.dumps(stage))
    else:
        # A kept database may be of an earlier version.
        migrate = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, env=environment, check=True)
    command = [sys.executable, "-m", "servicelane.project.bench.load", str(orders), str(vehicles)]
    subprocess.run(command, env=environment, check=True)
    return dict(json.loads(kept.read_text()))


@contextmanager
def _small(name: str, postgresql: str) -> Iterator[tuple[dict[str, str], dict[str, Any]]]:
    with tempfile.TemporaryDirectory(prefix="servicelane-bench-") as place:
        if name == "SQLite":
            environment = environment_for(Path(place), f"sqlite:///{place}/bench.sqlite3")
            yield environment, _staged(environment)
        else:
            with scratch(postgresql) as url:
                environment = environment_for(Path(place), url)
                yield environment, _staged(environment)


def _staged(environment: dict[str, str]) -> dict[str, Any]:
    return dict(told(environment, "stage", str(VISITS_CLIENTS), str(VISITS_CLIENTS * 12)))
