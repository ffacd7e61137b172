"""The one program, `servicelane`. A failure is one clear line on stderr and a code that is not 0."""

import os
import sys
from typing import Annotated

import typer

from . import starting
from .backup_command import backup, restore
from .bench import bench_app
from .demo_command import demo
from .import_command import import_app
from .plan_command import plan
from .refusals import NotDone, in_words
from .supervisor import Supervisor
from .user_command import user_app

cli = typer.Typer(
    help="ServiceLane, the service lane of a dealership.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
cli.command()(backup)
cli.command()(restore)
cli.command()(demo)
cli.command()(plan)
cli.add_typer(bench_app, name="bench")
cli.add_typer(import_app, name="import")
cli.add_typer(user_app, name="user")


def main() -> None:
    """The console script. Exits with 0, with 1 after a refusal or finding, with 2 for a wrong call."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicelane.project.settings")
    try:
        code = cli(sys.argv[1:] or ["--help"], prog_name="servicelane", standalone_mode=False)
    except typer.TyperException as wrong_call:
        said = getattr(wrong_call, "format_message", wrong_call.__str__)()
        _say(f"servicelane: {' '.join(said.split())} (servicelane --help)")
        code = 2
    except NotDone as refused:
        _say(str(refused))
        code = 1
    except (typer.Abort, KeyboardInterrupt):
        code = 130
    sys.exit(code)


@cli.command()
def up(
    port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535, help="the site's port")] = 8000,
    host: Annotated[str, typer.Option(envvar="HOST", help="the address to listen on")] = "127.0.0.1",
    workers: Annotated[int, typer.Option(min=1, max=32, help="how many run background tasks")] = 1,
    demo_days: Annotated[
        int, typer.Option(envvar="DEMO_DAYS", min=0, max=60, help="days of demo; 0: its people only")
    ] = 4,
    empty: Annotated[
        bool, typer.Option("--empty", envvar="EMPTY", help="a real start: no demo, nobody who can sign in")
    ] = False,
) -> None:
    """Bring the database up to date, then run site, workers and scheduler until told to stop.

    An empty system becomes a demo dealership, and a demo that lags behind is brought up to now.
    """
    host = host or "127.0.0.1"
    os.environ["PORT"], os.environ["HOST"] = str(port), host
    address = f"http://{starting.reachable(host)}:{port}/"
    with in_words():
        supervisor = Supervisor(starting.data_dir(), dict(os.environ))
        starting.claim(supervisor, address)
        starting.refuse_taken(host, port)
        vendor, greeting, is_due = starting.apart(lambda: _made_ready(address, host, demo_days, empty))
    supervisor.heed_signals()
    try:
        web, *others = starting.children(host, port, workers, vendor)
        supervisor.start(web)
        if starting.answers(supervisor, address):
            if is_due:
                _greet(greeting)
                starting.fill_demo(supervisor)
                supervisor.start(*others)
            else:
                supervisor.start(*others)
                _greet(greeting)
            supervisor.watch()
    finally:
        supervisor.stop()


def _made_ready(address: str, host: str, demo_days: int, is_empty: bool) -> tuple[str, list[str], bool]:
    starting.make_ready(demo_days, is_empty=is_empty)
    is_due = demo_days > 0 and not is_empty and starting.demo_is_due()
    return starting.vendor(), starting.greeting(address, host), is_due


def _greet(lines: list[str]) -> None:
    typer.echo("\n".join(lines))
    sys.stdout.flush()


@cli.command()
def worker() -> None:
    """Run background tasks until told to stop: one more worker beside those of `servicelane up`."""
    command = starting.worker_command()
    os.execv(command[0], command)  # noqa: S606


@cli.command()
def check(
    head: Annotated[str, typer.Option(help="hash of a seal that was kept outside the database")] = "",
) -> None:
    """Look at the ledger, its guards and the tasks; each finding is a line on stderr and makes the code 1."""
    with in_words():
        import django

        django.setup()
        from servicelane.kernel.checking import check as findings

        found = findings(head)
    for finding in found:
        _say(finding)
    if found:
        raise typer.Exit(1)
    typer.echo("ok")


def _say(text: str) -> None:
    typer.echo(text, err=True)
