"""The start of `servicelane up`: what must hold before it, the processes it starts, and its greeting."""

import errno
import json
import os
import socket
import sys
import time
import traceback
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NoReturn

import typer

from .backup import Place
from .dumps import database_of
from .refusals import NotDone, in_words
from .restoring import refuse_half_restored
from .supervisor import AlreadyRunning, Child, Supervisor, die_with_parent

WEB_WORKERS = 2
LONGEST_START = 60.0  # seconds until the site must answer
# What the checks import (every route, and with them the API) a process without pages need not hold.
BEHIND = ("--settings", "servicelane.project.background", "--skip-checks")
TRIES = 4  # deaths of the site in a row before the start is given up


def data_dir() -> Path:
    """The data directory, made if need be. Raises OSError when it cannot be written."""
    folder = Path(os.environ.get("DATA_DIR") or Path(__file__).parents[2] / "data").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f".writable-{os.getpid()}"
    probe.write_text("may be deleted")
    probe.unlink()
    os.environ["DATA_DIR"] = str(folder)
    return folder


def claim(supervisor: Supervisor, address: str) -> None:
    """Take the data directory for this start, ending what a killed one left. Raises NotDone if taken."""
    try:
        ended = supervisor.claim(address)
    except AlreadyRunning as other:
        where = f" at {other.address}" if other.address else ""
        raise NotDone(
            f"ServiceLane already runs on {supervisor.data_dir}{where} (process {other.pid or 'unknown'}). "
            "Stop that one, or start this with another DATA_DIR and PORT."
        ) from other
    if ended:
        typer.echo(f"  ended {ended} processes that an earlier run had left")


def refuse_taken(host: str, port: int) -> None:
    """Raise NotDone when nobody can listen on this address now."""
    try:
        family, kind, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise NotDone(f"{host} is no address of this machine. Set HOST to one, such as 127.0.0.1.") from error
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(place)
            probe.listen(1)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                other = port + 1 if port < 65535 else 8000
                text = f"Port {port} is taken by another program. Use another one: make run PORT={other}"
            elif error.errno == errno.EACCES:
                text = f"Port {port} may not be opened by this user. Use one above 1023: make run PORT=8000"
            else:
                text = f"{host} is no address of this machine. Set HOST to one, such as 127.0.0.1."
            raise NotDone(text) from error


def apart(call: Callable[[], Any]) -> Any:
    """Call in a process of its own and return the answer, which JSON can tell: what it loads goes with it.

    The supervisor lives as long as the site; Django and all apps would stay with it, some 80 MB. Raises
    NotDone as `call` does, and exits as it does for a mistake in the program.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    if not (pid := os.fork()):
        _answer_and_end(call, writing)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as answer:
        said = answer.read()
    os.waitpid(pid, 0)
    if not said:
        raise typer.Exit(1)
    result, refusal = json.loads(said)
    if refusal:
        raise NotDone(refusal)
    return result


def _answer_and_end(call: Callable[[], Any], writing: int) -> NoReturn:
    try:
        die_with_parent()
        try:
            with in_words():
                said = [call(), ""]
        except NotDone as refused:
            said = [None, str(refused)]
        sys.stdout.flush()
        with os.fdopen(writing, "w", encoding="utf-8") as answer:
            json.dump(said, answer)
    except BaseException:  # noqa: BLE001 - the parent learns of it by the missing answer
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(0)


def make_ready(demo_days: int = 0, *, is_empty: bool = False) -> None:
    """Check routes and settings, migrate, collect the static files, and people an empty database.

    An empty one becomes a demo dealership that begins `demo_days` days ago, or stays empty where that is
    wanted.
    """
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.core.checks import run_checks
    from django.core.management import call_command
    from django.db import connection, connections

    from servicelane.kernel import triggers

    refuse_half_restored(
        Place(database_of(settings.DATABASES["default"]), settings.DATA_DIR, settings.MEDIA_ROOT)
    )
    # Building the routes is a check: each of them must say who may use it.
    import_module(settings.ROOT_URLCONF)
    if serious := [message for message in run_checks() if message.is_serious()]:
        raise NotDone(f"ServiceLane was not started: {serious[0].msg} ({serious[0].id})")
    if is_behind() or triggers.missing(connection):
        with _step("database"):
            call_command("migrate", interactive=False, verbosity=0)
    _collect_static()
    if not is_empty and not get_user_model().objects.exists():
        with _step("two stores, their people and a catalogue"):
            _people(demo_days)
    connections.close_all()


def _people(demo_days: int) -> None:
    from servicelane.demo.filling import begin
    from servicelane.demo.shop import make_shop

    if demo_days:
        begin(demo_days)
    else:
        make_shop()


def fill_demo(supervisor: Supervisor) -> None:
    """Bring a demo that lags behind up to now while the site is open already; says how long it took.

    Facts are sealed and tasks run by the filling itself, so worker and scheduler begin after it.
    """
    began = time.monotonic()
    typer.echo("  filling the demo dealership up to now; one can sign in already")
    if supervisor.run(Child("demo", [sys.executable, "-m", "django", "fill_demo"])):
        typer.echo(f"  the demo dealership is filled: {time.monotonic() - began:.1f} s")
    elif not supervisor.stopping:
        typer.echo("  the demo was not filled to the end (log/demo.log says why); the next start goes on")
    sys.stdout.flush()


def demo_is_due() -> bool:
    """Whether a demo dealership stands here that lags behind the clock."""
    from django.db import connections

    from servicelane.demo.filling import is_due

    due = is_due()
    connections.close_all()
    return due


def is_behind() -> bool:
    """Whether a migration is still to be applied. Raises DatabaseError when the database cannot be read."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _collect_static() -> None:
    """Collect the static files under names that tell their content, if any of them changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    files = (
        Path(storage.path(name))
        for finder in get_finders()
        for name, storage in finder.list(["CVS", ".*", "*~"])
    )
    seen = "\n".join(sorted(f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}" for file in files))
    stamp = Path(settings.STATIC_ROOT) / ".made_from"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == seen:
        return
    with _step("static files"):
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(seen, encoding="utf-8")


def vendor() -> str:
    """The vendor of the database: sqlite or postgresql."""
    from django.db import connection

    return connection.vendor


def children(host: str, port: int, workers: int, vendor: str) -> list[Child]:
    """The processes of a running ServiceLane. SQLite has one writer: a web process has one thread there."""
    web = web_command(host, port, vendor, "servicelane.project.web:application")
    names = ["worker"] if workers == 1 else [f"worker-{number}" for number in range(1, workers + 1)]
    return [
        Child("web", web),
        *[Child(name, worker_command()) for name in names],
        Child("scheduler", [sys.executable, "-m", "django", "scheduler", *BEHIND]),
    ]


def web_command(host: str, port: int, vendor: str, *target: str) -> list[str]:
    """The command that serves `target` as the site is served on a database of this vendor."""
    threads = 1 if vendor == "sqlite" else 4
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", host),
        *("--port", str(port), "--workers", str(WEB_WORKERS), "--blocking-threads", str(threads)),
        *("--respawn-failed-workers", "--respawn-interval", "0.5", "--workers-kill-timeout", "3"),
        *target,
    ]


def worker_command() -> list[str]:
    """The command of one process that runs background tasks."""
    return [sys.executable, "-m", "django", "db_worker", *BEHIND, "--no-reload", "--interval", "0.3"]


def answers(supervisor: Supervisor, address: str) -> bool:
    """Wait for the site's first answer; False when told to stop. Raises NotDone when none comes."""
    web, last = supervisor.children[0], time.monotonic() + LONGEST_START
    while not supervisor.stopping:
        supervisor.watch_once()
        if _healthy(address):
            return True
        if web.quick_deaths >= TRIES or time.monotonic() > last:
            log = supervisor.data_dir / "log/web.log"
            lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise NotDone(f"The site did not start. {log} ends with: {lines[-1] if lines else 'nothing'}")
        time.sleep(0.05)
    return False


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}health", timeout=2) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def greeting(address: str, host: str) -> list[str]:
    """The lines a start ends with: the address, and the sign-ins as role, user, password, split by tabs.

    Of an empty system it says how the first administrator is added.
    """
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.db import connections
    from django.utils import translation

    from servicelane.demo.cast import sign_ins

    lines = [f"ServiceLane runs at {address} (Ctrl-C stops it)"]
    with translation.override("zh-hans" if os.environ.get("LANG", "").startswith("zh") else "en"):
        known = [f"{role}\t{user}\t{password}" for role, user, password in sign_ins()]
    is_empty = not get_user_model().objects.exists()
    connections.close_all()
    if is_empty:
        lines.append(
            "Nobody can sign in yet. Add the first administrator: "
            "servicelane user add NAME --name … --group … --store CODE"
        )
    lines += known
    if known and not _is_loopback(host) and not settings.DEMO_SIGN_INS_ANYWHERE:
        lines.append(
            "These sign-ins work on this machine only. To let others on the network use them: "
            'DEMO_SIGN_INS="allow from the network"'
        )
    return lines


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def reachable(host: str) -> str:
    """The host under which this machine itself reaches the site, as it stands in an address."""
    try:
        given = ip_address(host)
    except ValueError:
        return host
    if given.is_unspecified:
        given = ip_address("127.0.0.1" if given.version == 4 else "::1")
    return f"[{given}]" if given.version == 6 else str(given)


@contextmanager
def _step(name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    typer.echo(f"  {name}: {time.monotonic() - began:.1f} s")
