"""`servicelane backup` and `servicelane restore` on the command line (PLT-9)."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .archive import Tell
from .refusals import NotDone, in_words

if TYPE_CHECKING:
    from .backup import Place


def backup(
    file: Annotated[
        Path | None, typer.Argument(help="a new file, or a folder for one with the default name")
    ] = None,
    keep: Annotated[
        int | None, typer.Option(min=1, help="keep this many backups with default names, remove older ones")
    ] = None,
) -> None:
    """Write database, secret key and uploaded files to one file, also while the system runs."""
    with in_words(), _ended_by_sigterm():
        place, key_given = _place()
        from .backup import default_name, make_backup, remove_older

        folder = file if file and file.is_dir() else None
        if file and not folder and keep:
            raise NotDone("No backup was written: --keep goes with default names. Give a folder, or no file.")
        target = file if file and not folder else (folder or place.data_dir / "backups") / default_name()
        with _progress() as tell:
            manifest = make_backup(place, target, tell, key_given=key_given)
        typer.echo(f"{target} ({target.stat().st_size:,} bytes)")
        uploads = len(manifest.uploads)
        key = {"archive": "the secret key", "environment": "no key: SECRET_KEY is in the environment"}
        typer.echo(
            f"  in it: the {manifest.database} database, {uploads} uploaded files, "
            f"{key.get(manifest.key, 'no key: there is none')}. You alone can read it; keep it so"
        )
        ledger = manifest.ledger
        if ledger.hash:
            typer.echo(f"  ledger head: {ledger.hash} at position {ledger.position}")
        for gone in remove_older(target, keep) if keep else []:
            typer.echo(f"  removed {gone.name}")


def restore(
    file: Annotated[Path, typer.Argument(help="a file that servicelane backup wrote")],
    check: Annotated[bool, typer.Option("--check", help="only verify the file, touch nothing")] = False,
) -> None:
    """Put a backup into an empty place, bring its database up to date and check the ledger."""
    with in_words(), _ended_by_sigterm():
        place, key_given = _place()
        from django.db.migrations.loader import MigrationLoader

        from . import restoring, starting
        from .supervisor import Supervisor

        known = restoring.on_disk(MigrationLoader(None).disk_migrations or {})
        with _progress() as tell:
            if check:
                manifest = restoring.check_backup(file, known, tell)
            else:
                starting.claim(supervisor := Supervisor(starting.data_dir(), {}), "")
                manifest = restoring.restore(file, place, known, tell)
        assert check or supervisor  # its hold on the place lasts until here
        ledger, told = manifest.ledger, f"of {manifest.made_at}, version {manifest.version}"
        holds = f"{manifest.database} database, {ledger.facts} facts, {len(manifest.uploads)} uploaded files"
        if check:
            typer.echo(f"{file} is whole: {told}: {holds}, ledger sealed to position {ledger.position}")
            return
        typer.echo(f"restored {file} {told}: {holds}")
        _say_key(manifest.key, key_given)
        found = _up_to_date_and_checked(manifest.migrations, ledger.hash)
    for finding in found:
        typer.echo(finding, err=True)
    if found:
        raise typer.Exit(1)
    typer.echo("ok")


def _place() -> "tuple[Place, bool]":
    """Load the product without making a key, and return the place with whether the key is given."""
    key_given = bool(os.environ.get("SECRET_KEY"))
    if not key_given:
        os.environ["SECRET_KEY"] = "only for this command"  # noqa: S105 - loading the settings would write one
    import django

    django.setup()
    from django.conf import settings

    from .backup import Place
    from .dumps import database_of

    place = Place(
        database_of(settings.DATABASES["default"]), Path(settings.DATA_DIR), Path(settings.MEDIA_ROOT)
    )
    return place, key_given


def _say_key(kept: str, key_given: bool) -> None:
    if kept != "archive":
        typer.echo(
            "  there was no secret key in it: without the old SECRET_KEY everybody has to sign in again"
        )
    elif key_given:
        typer.echo("  SECRET_KEY of the environment holds, not the one in DATA_DIR/secret_key")


def _up_to_date_and_checked(applied: list[str], head: str) -> list[str]:
    """Migrate and return what `servicelane check` finds. Raises NotDone when the migration fails."""
    from django.core.management import call_command
    from django.db import DatabaseError
    from django.db.migrations.recorder import MigrationRecorder
    from django.utils import translation

    from servicelane.kernel.checking import check as findings

    try:
        call_command("migrate", interactive=False, verbosity=0)
    except DatabaseError as error:
        raise NotDone(
            f"The data were restored as they were, but not brought up to date: {error}. "
            "The version that made the backup can read them."
        ) from error
    new = MigrationRecorder.Migration.objects.count() - len(applied)
    typer.echo(f"  database brought up to date: {new} migrations applied")
    with translation.override("en"):
        return findings(head)


@contextmanager
def _progress() -> Iterator[Tell]:
    """Say on one line of a terminal how far each step is; into a file or a log, nothing."""
    shown, said = sys.stderr.isatty(), [""]

    def tell(step: str, done: int, whole: int) -> None:
        text = f"{step}: {min(done * 100 // whole, 100)} %" if whole else f"{step}: {done // 1024**2} MiB"
        if shown and text != said[0]:
            sys.stderr.write(f"\r{text:<40}")
            sys.stderr.flush()
            said[0] = text

    try:
        yield tell
    finally:
        if said[0]:
            sys.stderr.write(f"\r{'':<40}\r")


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the command as Ctrl-C does, so that it clears away what is unfinished."""

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
