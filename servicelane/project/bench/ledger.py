"""`servicelane bench ledger`: facts a second beside plain rows, in interleaved turns of several writers."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Annotated

import typer

from servicelane.project.refusals import NotDone

from .scratch import scratch

MODES = ("floor", "unsealed", "sealed")
WORDS = {
    "floor": "the same row by plain SQL, one transaction each",
    "unsealed": "recorded as facts, not sealed",
    "sealed": "recorded as facts and sealed once a second",
}


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
        with scratch(postgresql) as url:
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
            [sys.executable, "-m", "servicelane.project.bench.ledger_crew", role],
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
