"""The file of a backup: what is not exactly as it was packed is refused, and nothing leaves its place."""

import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from servicelane.project.archive import (
    FILES,
    KEY,
    MANIFEST,
    Damaged,
    Ledger,
    Manifest,
    Member,
    Writer,
    is_known,
    is_newer,
    opened,
)

DATABASE = "database.sqlite3"
PLAIN = Manifest("0.1.0", "2026-03-02T01:00:00+00:00", "sqlite", "3", [], Ledger(), "archive")


def quiet(_step: str, _done: int, _whole: int) -> None:
    """Tell nobody."""


def write(file: Path, members: dict[str, bytes]) -> bytes:
    """Write a backup as the product does; returns its bytes."""
    with file.open("wb") as out, Writer(out) as writer:
        for name, content in members.items():
            writer.add(name, io.BytesIO(content))
        writer.finish(replace(PLAIN, members=writer.members))
    return file.read_bytes()


def forge(file: Path, members: list[tuple[str, bytes]], change: Callable[[dict], None] = lambda told: None):
    """Write a zip that claims to be a backup of these members."""
    told = json.loads(
        replace(
            PLAIN, members={name: Member(len(text), sha256(text).hexdigest()) for name, text in members}
        ).as_json()
    )
    change(told)
    with zipfile.ZipFile(file, "w") as out:
        for name, content in members:
            out.writestr(name, content)
        out.writestr(MANIFEST, json.dumps(told))


def read(file: Path) -> dict[str, bytes]:
    with opened(file) as archive:
        archive.verify(quiet)
        return {name: b"".join(archive.read(name)) for name in archive.manifest.members}


@pytest.fixture
def members() -> dict[str, bytes]:
    chance = random.Random(7)
    return {DATABASE: chance.randbytes(4000) + b"a" * 4000, KEY: b"key", f"{FILES}照片/1.jpg": b"picture"}


def test_what_was_packed_comes_back(tmp_path, members):
    write(tmp_path / "a.zip", members)

    assert read(tmp_path / "a.zip") == members


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "files/../../evil",
        "/etc/evil",
        "files//etc/evil",
        "files/./evil",
        "files/",
        "files\\..\\evil",
        "files/a\\..\\..\\evil",
        "files/C:evil",
        "secret_key/evil",
        "servicelane.pid",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    forge(tmp_path / "a.zip", [(DATABASE, b"x"), (name, b"evil")])

    assert not is_known(name)
    with pytest.raises(Damaged):
        read(tmp_path / "a.zip")


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("members", "change", "why"),
    [
        ([(DATABASE, b"x"), (DATABASE, b"x")], {}, "twice"),
        ([(KEY, b"x")], {}, "no database"),
        ([(DATABASE, b"x")], {"format": 2}, "newer"),
        ([(DATABASE, b"x")], {"product": "Other"}, "not of ServiceLane"),
        ([(DATABASE, b"x")], {"ledger": {"number": 1, "odd": 2}}, "not complete"),
        ([(DATABASE, b"x")], {"members": []}, "not complete"),
        ([(DATABASE, b"x")], {"members": {}}, "not in both"),
        ([(DATABASE, b"x")], {"members": {DATABASE: {"size": 1, "sha256": "0" * 64}}}, "checksum"),
        ([(DATABASE, b"x" * 9)], {"members": {DATABASE: {"size": 1, "sha256": "0" * 64}}}, "checksum"),
    ],
)
def test_what_does_not_agree_with_the_manifest_is_refused(tmp_path, members, change, why):
    forge(tmp_path / "a.zip", members, lambda told: told.update(change))

    with pytest.raises(Damaged, match=why):
        read(tmp_path / "a.zip")


def test_a_file_cut_off_anywhere_is_refused(tmp_path, members):
    whole = write(tmp_path / "a.zip", members)
    for length in [0, 1, 21, 22, *range(30, len(whole), 97), len(whole) - 1]:
        (tmp_path / "cut.zip").write_bytes(whole[:length])
        with pytest.raises(Damaged):
            read(tmp_path / "cut.zip")


def test_a_changed_byte_is_refused_or_changes_nothing(tmp_path, members):
    """Some bytes of a zip mean nothing, such as its times; no change may reach what is restored."""
    whole = write(tmp_path / "a.zip", members)
    chance, refused = random.Random(11), 0
    for _ in range(400):
        bad = bytearray(whole)
        bad[chance.randrange(len(bad))] ^= 1 << chance.randrange(8)
        (tmp_path / "bad.zip").write_bytes(bad)
        try:
            assert read(tmp_path / "bad.zip") == members
        except Damaged:
            refused += 1
    assert refused > 300


def test_versions_are_compared_by_their_numbers():
    assert is_newer("0.10.0", "0.9.3")
    assert is_newer("1.0", "0.9.3")
    assert not is_newer("0.1.0", "0.1.0")
    assert not is_newer("0.1", "0.1.1")
