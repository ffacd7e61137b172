"""`servicelane demo`: an empty system becomes a dealership that has been at work for some days or years."""

import os
import sys
import time
from typing import Annotated

import typer

from .refusals import NotDone, in_words
from .supervisor import Supervisor

MOST_YEARS = 10


def demo(
    days: Annotated[int, typer.Option(min=1, max=60, help="days that people live through, step by step")] = 4,
    stores: Annotated[int, typer.Option(min=1, max=8, help="how many stores")] = 2,
    seed: Annotated[int, typer.Option(help="the same number makes the same dealership")] = 20270301,
    years: Annotated[
        int, typer.Option(min=0, max=MOST_YEARS, help="years before, copied from the finished visits")
    ] = 0,
) -> None:
    """Fill an empty system with a demo dealership, or bring one up to now, while ServiceLane does not run.

    Stopped with Ctrl-C, it goes on where it was when called again.
    """
    from . import starting

    with in_words():
        supervisor = Supervisor(starting.data_dir(), dict(os.environ))
        starting.claim(supervisor, "")
        starting.make_ready(is_empty=True)
        _fill(days, stores, seed)
        if years:
            _years(years, seed)


def _fill(days: int, stores: int, seed: int) -> None:
    from servicelane.demo.filling import begin, fill
    from servicelane.people.models import Employee

    if Employee.objects.filter(is_demo=False).exists():
        raise NotDone(
            "Nothing was made: people work in this system, and a demo fills an empty one. "
            "Give another place: DATA_DIR=demo servicelane demo"
        )
    if not Employee.objects.exists():
        begin(days, stores, seed)
    began = time.monotonic()
    with typer.progressbar(length=100, label="days", file=sys.stderr) as bar:

        def told(share: float) -> bool:
            bar.update(int(share * 100) - bar.pos)
            return True

        tally = fill(told)
    for refused in tally.refused:
        typer.echo(f"  refused: {refused}", err=True)
    typer.echo(f"{tally.cars} cars came, {time.monotonic() - began:.1f} s")


def _years(years: int, seed: int) -> None:
    from datetime import date

    from servicelane.demo.filling import filling
    from servicelane.demo.past import visits_of_years, write_years

    there = filling()
    if there is None or not there.began:
        raise NotDone(
            "No older years were made: it is not known on which day this demo began. "
            "Make a new one: DATA_DIR=demo servicelane demo --years 3"
        )
    began, wanted = time.monotonic(), visits_of_years(years)
    with typer.progressbar(length=wanted, label="years", file=sys.stderr) as bar:
        made = write_years(date.fromisoformat(there.began), years, seed, bar.update)
    typer.echo(f"{made} older visits, {time.monotonic() - began:.1f} s")
