"""`servicelane bench …`: figures with the floor they stand on, measured together in one run.

Machines are noisy, so what counts is a figure's ratio to the floor. Measured in a scratch database that
is made for the run and removed after it.
"""

import os

import typer

from .large import lists, search
from .ledger import ledger
from .loop import loop
from .mixed import mixed
from .pages import pages
from .plans import plan

bench_app = typer.Typer(help="Measure, each figure with the floor it stands on.", add_completion=False)
bench_app.command()(ledger)
bench_app.command()(loop)
bench_app.command()(search)
bench_app.command()(lists)
bench_app.command()(mixed)
bench_app.command()(pages)
bench_app.command()(plan)


@bench_app.callback(invoke_without_command=True)
def everything(context: typer.Context) -> None:
    """Run the benchmarks of the ledger and of the complete visit unless one is named."""
    if context.invoked_subcommand is None:
        server = os.environ.get("BENCH_DATABASE_URL", "")
        ledger(postgresql=server)
        loop(seconds=6, postgresql=server)


bench = typer.main.get_command(bench_app)
