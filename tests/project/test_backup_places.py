"""Backup and restore when something is in the way: nothing half is left, what is killed begins again."""

import os
import resource
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from servicelane.project import backup, dumps, restoring, starting
from servicelane.project.archive import opened
from servicelane.project.backup import Place, default_name, make_backup, remove_older
from servicelane.project.refusals import NotDone
from servicelane.project.restoring import check_backup, refuse_half_restored, restore

KNOWN = {"kernel.0001_initial"}


def quiet(_step: str, _done: int, _whole: int) -> None:
    """Tell nobody."""


def place_in(folder: Path) -> Place:
    folder.mkdir(exist_ok=True)
    return Place(dumps.Sqlite(folder / "servicelane.sqlite3"), folder, folder / "files")


@pytest.fixture
def place(tmp_path) -> Place:
    """An installation with the tables that a backup reads, a key and an uploaded file."""
    place = place_in(tmp_path / "from")
    with closing(sqlite3.connect(place.database.file)) as database:  # type: ignore[attr-defined]
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE django_migrations (id INTEGER PRIMARY KEY, app TEXT, name TEXT)")
        database.execute("INSERT INTO django_migrations VALUES (1, 'kernel', '0001_initial')")
        database.execute("CREATE TABLE kernel_seal (id INTEGER PRIMARY KEY, number INT, last INT, hash TEXT)")
        database.execute("INSERT INTO kernel_seal VALUES (1, 1, 2, 'aa'), (2, 2, 5, 'bb')")
        database.execute("CREATE TABLE kernel_event (id INTEGER PRIMARY KEY, data BLOB)")
        database.executemany("INSERT INTO kernel_event (data) VALUES (?)", [(os.urandom(2000),)] * 300)
        database.commit()
    place.key.write_text("the key")
    (place.files / "a").mkdir(parents=True)
    (place.files / "a/photo.jpg").write_bytes(b"picture")
    (place.files / "outside").symlink_to("/etc/hostname")
    return place


@pytest.fixture
def kept(place, tmp_path) -> Path:
    """A backup of the place."""
    make_backup(place, tmp_path / "kept.zip", quiet)
    return tmp_path / "kept.zip"


def facts(place: Place) -> list[tuple]:
    with closing(sqlite3.connect(place.database.file)) as database:  # type: ignore[attr-defined]
        return database.execute("SELECT id, data FROM kernel_event ORDER BY id").fetchall()


def in_child(do: Callable[[], object]) -> int:
    """Do it in a process of its own; returns how that ended, as waitstatus_to_exitcode tells it."""
    child = os.fork()
    if child == 0:
        try:
            do()
        except NotDone as refused:
            os.write(2, str(refused).encode())
            os._exit(1)
        except BaseException as odd:
            os.write(2, repr(odd).encode())
            os._exit(70)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(function: str, module: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, function, lambda *_a, **_k: os.kill(os.getpid(), signal.SIGKILL))


def test_a_backup_says_what_is_in_it_and_its_owner_alone_can_read_it(place, kept):
    assert kept.stat().st_mode & 0o777 == 0o600
    with opened(kept) as archive:
        manifest = archive.manifest
    assert sorted(manifest.members) == ["database.sqlite3", "files/a/photo.jpg", "secret_key"]
    assert (manifest.ledger.hash, manifest.ledger.position, manifest.ledger.facts) == ("bb", 5, 300)
    assert (manifest.migrations, manifest.key, manifest.database) == (sorted(KNOWN), "archive", "sqlite")


def test_a_key_of_the_environment_is_not_put_in(place, tmp_path):
    assert make_backup(place, tmp_path / "k.zip", quiet, key_given=True).key == "environment"
    assert "secret_key" not in check_backup(tmp_path / "k.zip", KNOWN, quiet).members


def test_a_backup_is_restored_into_an_empty_place(place, kept, tmp_path):
    other = place_in(tmp_path / "to")
    other.key.write_text("made by an early start")

    restore(kept, other, KNOWN, quiet)

    assert facts(other) == facts(place)
    assert other.key.read_text() == "the key"
    assert (other.files / "a/photo.jpg").read_bytes() == b"picture"
    assert other.key.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in other.data_dir.iterdir()) == [
        "files",
        "secret_key",
        "servicelane.sqlite3",
    ]


def test_nothing_is_written_over(place, kept, tmp_path):
    before = kept.read_bytes()
    with pytest.raises(NotDone, match="exists already"):
        make_backup(place, kept, quiet)
    with pytest.raises(NotDone, match="itself backed up"):
        make_backup(place, place.files / "b.zip", quiet)
    assert kept.read_bytes() == before
    there = facts(place)
    with pytest.raises(NotDone, match="already"):
        restore(kept, place, KNOWN, quiet)
    assert facts(place) == there
    other = place_in(tmp_path / "to")
    other.files.mkdir()
    (other.files / "theirs").write_text("kept")
    with pytest.raises(NotDone, match="not in the backup"):
        restore(kept, other, KNOWN, quiet)
    assert [path.name for path in other.data_dir.rglob("*")] == ["files", "theirs"]


@pytest.mark.parametrize("name", ["newer", "unknown", "kind", "damaged"])
def test_what_does_not_fit_is_refused_before_anything_is_touched(place, kept, tmp_path, monkeypatch, name):
    other, known, why = place_in(tmp_path / "to"), KNOWN, name
    if name == "newer":
        monkeypatch.setattr(restoring, "__version__", "0.0.9")
    elif name == "unknown":
        known, why = set(), "newer"
    elif name == "kind":
        other, why = Place(dumps.PostgreSQL({}), other.data_dir, other.files), "of a sqlite database"
    else:
        content = bytearray(kept.read_bytes())
        content[len(content) // 2] ^= 1
        kept.write_bytes(content)

    with pytest.raises(NotDone, match=why):
        restore(kept, other, known, quiet)
    assert list(other.data_dir.iterdir()) == []


def test_a_damaged_database_is_not_taken_for_a_backup(place, tmp_path):
    with place.database.file.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * 40000)
    with pytest.raises(NotDone):
        make_backup(place, tmp_path / "b.zip", quiet)
    assert not (tmp_path / "b.zip").exists()


def test_an_empty_place_has_nothing_to_back_up(tmp_path):
    with pytest.raises(NotDone, match="nothing to back up"):
        make_backup(place_in(tmp_path / "empty"), tmp_path / "b.zip", quiet)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty"]


@pytest.mark.parametrize("limit", [100_000, 800_000])
def test_a_full_disk_leaves_no_half_backup(place, tmp_path, limit, capfd):
    """At the first limit the copy of the database does not fit, at the second the archive beside it."""
    folder = tmp_path / "disk"
    (place.files / "big").write_bytes(os.urandom(900_000))

    def do():
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        make_backup(place, folder / "b.zip", quiet)

    assert in_child(do) == 1
    assert "no room left" in capfd.readouterr().err
    assert list(folder.iterdir()) == []


def test_a_full_disk_leaves_no_half_restore(kept, tmp_path, capfd):
    other = place_in(tmp_path / "to")

    def do():
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        restore(kept, other, KNOWN, quiet)

    assert in_child(do) == 1
    assert "no room left" in capfd.readouterr().err
    assert list(other.data_dir.iterdir()) == []


@pytest.mark.parametrize("function", ["_add_files", "_publish"])
def test_a_killed_backup_leaves_nothing_that_looks_like_one(place, tmp_path, monkeypatch, function):
    folder = tmp_path / "backups"
    with monkeypatch.context() as patch:
        killed_at(function, backup, patch)
        assert in_child(lambda: make_backup(place, folder / "a.zip", quiet)) == -signal.SIGKILL
    assert [path.suffix for path in folder.iterdir()] == [".part"]

    make_backup(place, folder / "b.zip", quiet)
    assert len(list(folder.glob(".servicelane-*"))) == 1  # it could be another backup that begins just now
    os.utime(next(folder.glob(".servicelane-*")), (1, 1))
    make_backup(place, folder / "c.zip", quiet)
    assert sorted(path.name for path in folder.iterdir()) == ["b.zip", "c.zip"]


@pytest.mark.parametrize("function", ["_unpack", "_put", "_sync"])
def test_a_killed_restore_begins_again(place, kept, tmp_path, monkeypatch, function):
    other = place_in(tmp_path / "to")
    with monkeypatch.context() as patch:
        killed_at(function, restoring, patch)
        assert in_child(lambda: restore(kept, other, KNOWN, quiet)) == -signal.SIGKILL
    if function == "_sync":
        refuse_half_restored(other)  # all of it is there
        assert not (other.data_dir / restoring.UNFINISHED).exists()
    else:
        with pytest.raises(NotDone, match="broken off"):
            refuse_half_restored(other)
        assert other.database.is_empty()
        restore(kept, other, KNOWN, quiet)
    assert facts(other) == facts(place)
    assert not (other.data_dir / restoring.UNFINISHED).exists()


def test_a_restore_killed_just_before_its_database_begins_again(place, kept, tmp_path, monkeypatch):
    other = place_in(tmp_path / "to")
    with monkeypatch.context() as patch:
        killed_at("load", dumps.Sqlite, patch)
        assert in_child(lambda: restore(kept, other, KNOWN, quiet)) == -signal.SIGKILL
    assert (other.files / "a/photo.jpg").exists()
    with pytest.raises(NotDone, match="broken off"):
        refuse_half_restored(other)

    restore(kept, other, KNOWN, quiet)
    assert facts(other) == facts(place)
    assert (other.files / "a/photo.jpg").read_bytes() == b"picture"


def test_a_start_asks_whether_a_restore_was_broken_off(monkeypatch):
    def refuse(_place: Place) -> None:
        raise NotDone("broken off")

    monkeypatch.setattr(starting, "refuse_half_restored", refuse)
    with pytest.raises(NotDone, match="broken off"):
        starting.make_ready()


def test_without_pg_dump_one_is_told_what_to_install(monkeypatch):
    monkeypatch.setattr(dumps.Path, "glob", lambda *_: iter(()))
    monkeypatch.setattr(dumps.shutil, "which", lambda _: None)
    with pytest.raises(NotDone, match=r"pg_dump is not installed.* version 15 or newer .*apt-get install"):
        dumps._program("pg_dump", 15)


def test_only_own_older_backups_are_removed(place, tmp_path):
    folder = tmp_path / "backups"
    days = [f"servicelane-2026-03-0{day}T010000Z.zip" for day in range(1, 5)]
    for name in days:
        make_backup(place, folder / name, quiet)
    make_backup(place, folder / "before the move.zip", quiet)
    with closing(sqlite3.connect(place.database.file)) as database:
        database.execute("UPDATE kernel_seal SET hash = 'other'")
        database.commit()
    make_backup(place, folder / "servicelane-2026-01-01T010000Z.zip", quiet)
    (folder / "servicelane-2026-01-02T010000Z.zip").write_text("no backup")

    gone = remove_older(folder / days[3], keep=2)

    assert sorted(path.name for path in gone) == days[:2]
    assert sorted(path.name for path in folder.iterdir()) == [
        "before the move.zip",
        "servicelane-2026-01-01T010000Z.zip",
        "servicelane-2026-01-02T010000Z.zip",
        *days[2:],
    ]
    assert backup.OWN_NAME.fullmatch(default_name())
