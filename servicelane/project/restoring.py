"""`servicelane restore`: a backup into an empty place, checked before anything is touched (PLT-9)."""

import os
import shutil
import sqlite3
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from servicelane import __version__

from .archive import DATABASES, FILES, KEY, Archive, Damaged, Manifest, Tell, is_newer, opened
from .backup import FULL, Place
from .refusals import NotDone

UNFINISHED = "restore.part"
"""The folder of a restore that is under way, in the data directory; it goes once the database is in place."""


def check_backup(file: Path, known_migrations: set[str], tell: Tell) -> Manifest:
    """Read a whole backup and return its manifest. Raises NotDone when it is damaged or newer than this."""
    try:
        with opened(file) as archive:
            _refuse_newer(file, archive.manifest, known_migrations)
            archive.verify(tell)
            return archive.manifest
    except Damaged as damaged:
        raise NotDone(_damaged(file, damaged)) from damaged
    except OSError as error:
        raise NotDone(f"{file} cannot be read: {error.strerror or error}.") from error


def restore(file: Path, place: Place, known_migrations: set[str], tell: Tell) -> Manifest:
    """Put a backup into an empty place and return its manifest.

    All of it is checked and unpacked beside the place first; the database comes last and in one step, so a
    broken-off restore leaves a place without data, in which the next one begins again. Raises NotDone when
    the file is damaged, newer or of another kind of database, when data are there, or the disk is full.
    """
    manifest = check_backup(file, known_migrations, tell)
    _refuse_unfit(manifest, place)
    unfinished = place.data_dir / UNFINISHED
    try:
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        with opened(file) as archive:
            _refuse_other_files(archive, place.files)
            _unpack(archive, unfinished, tell)
        _put(unfinished, place, manifest)
    except Damaged as damaged:
        raise NotDone(_damaged(file, damaged)) from damaged
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        if error.errno in FULL:
            raise NotDone(
                f"Nothing was restored: there is no room left in {place.data_dir}, or a limit on file sizes "
                "was reached. What was unpacked is removed. Free some space and try again."
            ) from error
        raise
    except NotDone:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    shutil.rmtree(unfinished, ignore_errors=True)
    return manifest


def refuse_half_restored(place: Place) -> None:
    """Raise NotDone where a restore was broken off before its database was there: it would start empty."""
    unfinished = place.data_dir / UNFINISHED
    if not unfinished.exists():
        return
    if place.database.is_empty():
        raise NotDone(
            f"ServiceLane was not started: a restore into {place.data_dir} was broken off. Run servicelane "
            f"restore again, or remove {unfinished} to begin with an empty database."
        )
    shutil.rmtree(unfinished, ignore_errors=True)


def _damaged(file: Path, damaged: Damaged) -> str:
    return f"Nothing was restored: {file} is damaged: {damaged}. Take another backup."


def _refuse_newer(file: Path, manifest: Manifest, known: set[str]) -> None:
    unknown = [name for name in manifest.migrations if name not in known]
    if is_newer(manifest.version, __version__) or unknown:
        why = f" (its database has {unknown[0]})" if unknown else ""
        raise NotDone(
            f"Nothing was restored: {file} was made by version {manifest.version}{why}, and this is "
            f"{__version__}. Install that version or a newer one, and restore with it."
        )


def _refuse_unfit(manifest: Manifest, place: Place) -> None:
    if manifest.database != place.database.kind:
        raise NotDone(
            f"Nothing was restored: the backup is of a {manifest.database} database, and this place has "
            f"{place.database.kind}. Set DATABASE_URL to an empty {manifest.database} database."
        )
    try:
        is_empty = place.database.is_empty()
    except sqlite3.Error:
        is_empty = False
    if not is_empty:
        raise NotDone(
            f"Nothing was restored: there is a database in this place already. Nothing is ever written over: "
            f"give an empty DATA_DIR (now {place.data_dir}) or the DATABASE_URL of an empty database."
        )


def _refuse_other_files(archive: Archive, folder: Path) -> None:
    """Files may be there only when they are those of the backup: a broken-off restore had put them."""
    there = [file for file in folder.rglob("*") if file.is_file()] if folder.is_dir() else []
    for file in there:
        packed = archive.manifest.members.get(FILES + file.relative_to(folder).as_posix())
        if packed is None or sha256(file.read_bytes()).hexdigest() != packed.sha256:
            raise NotDone(
                f"Nothing was restored: {folder} holds files that are not in the backup, such as "
                f"{file.name}. Give an empty DATA_DIR."
            )


def _unpack(archive: Archive, folder: Path, tell: Tell) -> None:
    members = archive.manifest.members
    whole, done = sum(member.size for member in members.values()), 0
    for name in members:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
            for chunk in archive.read(name):
                out.write(chunk)
                done += len(chunk)
                tell("unpacking", done, whole)
            out.flush()
            os.fsync(out.fileno())


def _put(unfinished: Path, place: Place, manifest: Manifest) -> None:
    """Move what was unpacked to where it belongs, the database last."""
    if manifest.uploads:
        place.files.parent.mkdir(parents=True, exist_ok=True)
        if place.files.is_dir():  # empty, or left by a broken-off restore of the same backup
            shutil.rmtree(place.files)
        (unfinished / FILES).replace(place.files)
    if KEY in manifest.members:
        (unfinished / KEY).replace(place.key)
    place.database.load(unfinished / DATABASES[place.database.kind])
    _sync(place.data_dir)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def on_disk(migrations: Iterable[tuple[str, str]]) -> set[str]:
    """Return the names of migrations as a manifest writes them."""
    return {f"{app}.{name}" for app, name in migrations}
