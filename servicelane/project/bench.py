"""`servicelane bench …`: figures with the floor they stand on, measured interleaved in one run.

Machines are noisy, so a figure is the median of several turns and what counts is its ratio to the
floor. Measured in a scratch database that is made for the run and removed after it.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Annotated, TextIO
from urllib.parse import urlsplit

import typer

from .refusals import NotDone

bench_app = typer.Typer(help="Measure, each figure with the floor it stands on.", add_completion=False)
MODES = ("floor", "unsealed", "sealed")
WORDS = {
    "floor": "the same row by plain SQL, one transaction each",
    "unsealed": "recorded as facts, not sealed",
    "sealed": "recorded as facts and sealed once a second",
}


@bench_app.callback(invoke_without_command=True)
def everything(context: typer.Context) -> None:
    """Run every benchmark unless one is named."""
    if context.invoked_subcommand is None:
        ledger(postgresql=os.environ.get("BENCH_DATABASE_URL", ""))


@bench_app.command()
def ledger(
    writers: Annotated[int, typer.Option(min=1, max=64, help="processes that record at once")] = 8,
    pairs: Annotated[int, typer.Option(min=1, max=50, help="interleaved turns of each mode")] = 5,
    seconds: Annotated[float, typer.Option(min=0.2, max=60, help="length of a turn")] = 2.0,
    postgresql: Annotated[str, typer.Option(envvar="BENCH_DATABASE_URL", help="server to measure on")] = "",
) -> None:
    """Facts recorded a second by several writers, with and without sealing, beside plain SQL rows."""
    typer.echo(f"ledger: {writers} writers, {pairs} interleaved turns of {seconds:g} s, facts a second")
    with tempfile.TemporaryDirectory(prefix="servicelane-bench-") as place:
        _measure("SQLite", f"sqlite:///{Path(place) / 'bench.sqlite3'}", place, writers, pairs, seconds)
        if not postgresql:
            typer.echo(
                "PostgreSQL: not measured, for BENCH_DATABASE_URL names no server (make bench starts one)"
            )
            return
        with _scratch(postgresql) as url:
            _measure("PostgreSQL", url, place, writers, pairs, seconds)


def _measure(name: str, url: str, place: str, writers: int, pairs: int, seconds: float) -> None:
    environment = {**os.environ, "DATABASE_URL": url, "DATA_DIR": place}
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0"], env=environment, check=True
    )
    rates: dict[str, list[float]] = {mode: [] for mode in MODES}
    with _crew(environment, writers) as crew:
        _turn(crew, "unsealed", seconds=0.5)  # warm-up
        for pair in range(pairs):
            for mode in MODES if pair % 2 == 0 else reversed(MODES):
                rates[mode].append(_turn(crew, mode, seconds) / seconds)
    floor = median(rates["floor"])
    typer.echo(name)
    for mode in MODES:
        turns = sorted(rates[mode])
        typer.echo(
            f"  {mode:9}{median(turns):8.0f}/s  min {turns[0]:.0f}  max {turns[-1]:.0f}  "
            f"ratio to floor {median(turns) / floor:.2f}  ({WORDS[mode]})"
        )
    paired = median(s / u for s, u in zip(rates["sealed"], rates["unsealed"], strict=True))
    typer.echo(f"  sealed / unsealed, median of {pairs} pairs: {paired:.2f}")


@contextmanager
def _crew(environment: dict[str, str], writers: int) -> Iterator[list["subprocess.Popen[str]"]]:
    roles = ["sealer", *["writer"] * writers]
    crew = [
        subprocess.Popen(
            [sys.executable, "-m", "servicelane.project.bench", role],
            env={**environment, "DJANGO_SETTINGS_MODULE": "servicelane.project.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for role in roles
    ]
    try:
        for process in crew:
            _read(process)
        yield crew
    finally:
        for process in crew:
            process.kill()
            process.wait()


def _turn(crew: "list[subprocess.Popen[str]]", mode: str, seconds: float) -> int:
    """Let all work for `seconds`; returns how many rows the writers committed.

    What earlier turns left unsealed is sealed first, outside the time that counts.
    """
    _order(crew[0], "drain", 600)
    _read(crew[0])
    for process in crew:
        _order(process, mode, seconds)
    return sum(int(_read(process)) for process in crew)


def _order(process: "subprocess.Popen[str]", mode: str, seconds: float) -> None:
    assert process.stdin
    process.stdin.write(f"{mode} {seconds}\n")
    process.stdin.flush()


def _read(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        raise NotDone("The benchmark broke off: one of its processes ended.")
    return line


@contextmanager
def _scratch(server: str) -> Iterator[str]:
    import psycopg

    name = f"servicelane_bench_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def work(role: str, orders: TextIO, answers: TextIO) -> None:
    """Do one process's part: read `mode seconds` lines from `orders`, write a count for each."""
    import django

    django.setup()
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection

    connection.ensure_connection()
    subject = ContentType(pk=os.getpid())
    subject.store_id = None  # type: ignore[attr-defined]
    print("ready", file=answers, flush=True)
    for order in orders:
        mode, seconds = order.split()
        count = _seal(mode, float(seconds)) if role == "sealer" else _write(mode, float(seconds), subject)
        print(count, file=answers, flush=True)


def _seal(mode: str, seconds: float) -> int:
    import time

    from servicelane.kernel.sealing import seal
    from servicelane.kernel.transactions import unit

    end = time.monotonic() + seconds
    while mode in ("sealed", "drain") and time.monotonic() < end:
        while unit(seal) and time.monotonic() < end:
            pass
        if mode == "drain":
            break
        time.sleep(max(0.0, min(1.0, end - time.monotonic())))
    return 0


def _write(mode: str, seconds: float, subject: object) -> int:
    import time

    from django.db import models

    from servicelane.kernel.events import record
    from servicelane.kernel.transactions import unit

    assert isinstance(subject, models.Model)
    kind = "org.bay_added"
    if mode == "floor":
        one = _plain(kind, subject.pk)
    else:

        def one() -> None:
            record(kind, subject, by=None, code="L1", kind_of_bay="lift")

    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        unit(one)
        count += 1
    return count


def _plain(kind: str, subject: int) -> Callable[[], None]:
    from django.db import connection

    from servicelane.kernel.clock import now
    from servicelane.kernel.models import Event

    columns = [
        field.attname for field in Event._meta.concrete_fields if field.attname not in ("id", "position")
    ]
    marks = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO kernel_event ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - our columns
    at = now()
    values = {
        "kind": kind,
        "store_id": None,
        "subject_type": "contenttypes.contenttype",
        "subject_id": subject,
        "actor_kind": "system",
        "actor_id": None,
        "happened_at": at,
        "recorded_at": at,
        "local_day": at.date(),
        "data": '{"code": "L1", "kind_of_bay": "lift"}',
        "detail_hash": "",
        "digest": "0" * 64,
    }
    row = [values[column] for column in columns]

    def one() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, row)

    return one


bench = typer.main.get_command(bench_app)

if __name__ == "__main__":
    work(sys.argv[1], sys.stdin, sys.stdout)
