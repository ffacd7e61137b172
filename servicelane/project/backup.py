"""`servicelane backup`: the database of one moment, the key and the uploaded files in one file (PLT-9)."""

import contextlib
import errno
import fcntl
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path

from servicelane import __version__
from servicelane.kernel.clock import now

from .archive import DATABASES, FILES, KEY, Damaged, Manifest, Tell, Writer, is_known, opened
from .dumps import Database
from .refusals import NotDone

OWN_NAME = re.compile(r"servicelane-\d{4}-\d{2}-\d{2}T\d{6}Z\.zip")
PREFIX, SUFFIX = ".servicelane-", ".part"
YOUNG = timedelta(minutes=1)  # a working folder may not have taken its lock yet
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class Place:
    """What belongs together: a database, the data directory with the key, the folder of uploaded files."""

    database: Database
    data_dir: Path
    files: Path

    @property
    def key(self) -> Path:
        """The file of the secret key."""
        return self.data_dir / "secret_key"


def default_name() -> str:
    """Return the name of a backup made now; its time is UTC, the same wherever the stores are."""
    return f"servicelane-{now().astimezone(UTC):%Y-%m-%dT%H%M%SZ}.zip"


def make_backup(place: Place, target: Path, tell: Tell, *, key_given: bool = False) -> Manifest:
    """Write a backup of `place` to `target` and return its manifest. Others may go on working meanwhile.

    The file is there only when it is whole, and readable by its owner alone. `key_given`: the key comes
    from the environment, so that it is not put in. Raises NotDone when `target` exists, the disk is full
    or the database cannot be copied; OSError when the folder cannot be written.
    """
    if target.exists():
        raise NotDone(f"No backup was written: {target} exists already. Give another name.")
    if target.resolve().is_relative_to(place.files.resolve()):
        raise NotDone(f"No backup was written: {place.files} is itself backed up. Choose another folder.")
    try:
        if place.database.is_empty():
            raise NotDone(
                "There is nothing to back up: the database is not set up yet. Start ServiceLane once."
            )
        if not target.parent.exists():
            target.parent.mkdir(parents=True, mode=0o700)
        with _workplace(target.parent) as workplace:
            unfinished = workplace / "archive"
            manifest = _pack(place, unfinished, workplace, tell, key_given)
            _publish(unfinished, target)
    except OSError as error:
        if error.errno in FULL:
            raise NotDone(_full(target.parent)) from error
        raise
    except sqlite3.Error as error:
        said = " ".join(str(error).split())
        if "full" in said or "disk I/O" in said:
            raise NotDone(_full(target.parent)) from error
        raise NotDone(f"No backup was written: the database cannot be copied ({said}).") from error
    return manifest


def _full(folder: Path) -> str:
    return (
        f"No backup was written: there is no room left in {folder}, or a limit on file sizes was reached. "
        "What was written of it is removed. Free some space, or give a file on another disk."
    )


def _pack(place: Place, file: Path, workplace: Path, tell: Tell, key_given: bool) -> Manifest:
    descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    with os.fdopen(descriptor, "w+b") as out, Writer(out) as writer:
        with place.database.dumped(workplace, tell) as (dump, state):
            size = os.fstat(dump.fileno()).st_size
            writer.add(
                DATABASES[place.database.kind], dump, lambda done: tell("packing the database", done, size)
            )
        has_key = not key_given and place.key.is_file()
        if has_key:
            with place.key.open("rb") as key:
                writer.add(KEY, key)
        _add_files(place.files, writer, tell)
        manifest = Manifest(
            version=__version__,
            made_at=now().astimezone(UTC).isoformat(timespec="seconds"),
            database=place.database.kind,
            server=state.server,
            migrations=state.migrations,
            ledger=state.ledger,
            key="archive" if has_key else "environment" if key_given else "none",
            members=writer.members,
        )
        writer.finish(manifest)
        out.flush()
        os.fsync(out.fileno())
    return manifest


def _add_files(folder: Path, writer: Writer, tell: Tell) -> None:
    """Add the uploaded files; links are not followed, and one deleted meanwhile is no longer wanted."""
    found = sorted(file for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
    for number, file in enumerate(found, start=1):
        name = FILES + file.relative_to(folder).as_posix()
        if not is_known(name):
            raise NotDone(f"No backup was written: {file} has a name that cannot be restored. Rename it.")
        with contextlib.suppress(FileNotFoundError), file.open("rb") as source:
            writer.add(name, source)
        tell("packing files", number, len(found))


def _publish(unfinished: Path, target: Path) -> None:
    """Give a finished file its name, in one step and never over another file."""
    try:
        os.link(unfinished, target)
    except FileExistsError:
        raise NotDone(f"No backup was written: {target} exists already. Give another name.") from None
    except OSError:  # a disk without hard links, such as a stick
        if target.exists():
            raise NotDone(f"No backup was written: {target} exists already. Give another name.") from None
        unfinished.rename(target)
    with contextlib.suppress(OSError):
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextlib.contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """A folder for what is unfinished, beside the target and for its owner only; gone afterwards.

    What a killed backup left is removed first: nobody holds its lock any more.
    """
    for left in folder.glob(f"{PREFIX}*{SUFFIX}"):
        _remove_if_left(left)
    workplace = Path(tempfile.mkdtemp(prefix=PREFIX, suffix=SUFFIX, dir=folder))
    try:
        with (workplace / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield workplace
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


def _remove_if_left(workplace: Path) -> None:
    with contextlib.suppress(OSError):
        if workplace.stat().st_mtime > (now() - YOUNG).timestamp():
            return
        with (workplace / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(workplace, ignore_errors=True)


def remove_older(newest: Path, keep: int) -> list[Path]:
    """Remove own backups beside `newest` until `keep` are left, the newest ones; return the removed.

    Own is a file with a default name and of the same ledger: backups of other installations in the same
    folder, and files with other names, stay.
    """
    with opened(newest) as archive:
        ledger = archive.manifest.ledger.first
    if not ledger:
        return []
    older = sorted(file for file in newest.parent.iterdir() if OWN_NAME.fullmatch(file.name))
    own = [file for file in older if file != newest and _ledger_of(file) == ledger]
    gone = own[: max(len(own) - (keep - 1), 0)]
    for file in gone:
        file.unlink(missing_ok=True)
    return gone


def _ledger_of(file: Path) -> str:
    try:
        with opened(file) as archive:
            return archive.manifest.ledger.first
    except (Damaged, OSError):
        return ""
