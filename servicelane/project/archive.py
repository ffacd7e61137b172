"""The file of a backup: a zip of database, key and uploaded files, with a manifest as its last member.

The checksums prove that a file is whole and undamaged, not who made it. Names inside are taken from a
short list, so nothing in a file can be written outside the place it is restored to.
"""

import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Self

FORMAT = 1
PRODUCT = "ServiceLane"
MANIFEST = "manifest.json"
KEY = "secret_key"
FILES = "files/"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
CHUNK = 1024 * 1024
LONGEST_MANIFEST = 64 * 1024 * 1024

Tell = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is (0: not known)."""

# What zipfile raises for bytes that only look like a zip.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)


class Damaged(Exception):
    """A file is no whole backup; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Member:
    """What a member must be: its size in bytes and the SHA-256 of these."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where the ledger stood: newest seal, its last position and hash, the first seal's hash, all facts."""

    number: int = 0
    position: int = 0
    hash: str = ""
    first: str = ""
    facts: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself. `key` is "archive", "environment" (not inside) or "none"."""

    version: str
    made_at: str
    database: str
    server: str
    migrations: list[str]
    ledger: Ledger
    key: str
    members: dict[str, Member] = field(default_factory=dict)

    def as_json(self) -> bytes:
        """Return the manifest as it stands in the file."""
        told = {"product": PRODUCT, "format": FORMAT, **asdict(self)}
        return json.dumps(told, ensure_ascii=False, indent=1).encode()

    @property
    def uploads(self) -> list[str]:
        """The names of the uploaded files."""
        return [name for name in self.members if name.startswith(FILES)]


class Writer:
    """Writes a backup into an open file, as a context: `add` each member, then `finish` with the manifest."""

    def __init__(self, file: IO[bytes]) -> None:
        # Level 1 packs about as well as 6 here and three times as fast.
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1, strict_timestamps=False)
        self.members: dict[str, Member] = {}

    def add(self, name: str, source: IO[bytes], told: Callable[[int], None] = lambda _: None) -> None:
        """Add a member; `told` is called with the bytes read so far."""
        digest, size = sha256(), 0
        with self._zip.open(_entry(name), "w", force_zip64=True) as member:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
                member.write(chunk)
                told(size)
        self.members[name] = Member(size, digest.hexdigest())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        """Let go of the file; what is not finished stays without a manifest."""
        with suppress(OSError, ValueError):  # the cause was raised already
            self._zip.close()

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest; a file without it is no backup."""
        self._zip.writestr(_entry(MANIFEST), manifest.as_json())
        self._zip.close()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


@dataclass(frozen=True, slots=True)
class Archive:
    """An open backup whose list of members was found sound; `verify` reads all of it."""

    manifest: Manifest
    _zip: zipfile.ZipFile

    def read(self, name: str) -> Iterator[bytes]:
        """Yield a member's bytes. Raises Damaged when they are not those that were packed."""
        told, digest, size = self.manifest.members[name], sha256(), 0
        try:
            with self._zip.open(name) as member:
                while chunk := member.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
                    if size > told.size:
                        break
                    yield chunk
        except _BROKEN as broken:
            raise Damaged(f"{name} cannot be read: {broken}") from broken
        if (size, digest.hexdigest()) != (told.size, told.sha256):
            raise Damaged(f"{name} is not what was packed: its checksum differs")

    def verify(self, tell: Tell) -> None:
        """Read every member to its end. Raises Damaged at the first that is not whole."""
        whole, done = sum(member.size for member in self.manifest.members.values()), 0
        for name in self.manifest.members:
            for chunk in self.read(name):
                done += len(chunk)
                tell("checking", done, whole)


@contextmanager
def opened(file: Path) -> Iterator[Archive]:
    """Open a backup. Raises Damaged for a file that is none, OSError when it cannot be read."""
    with file.open("rb") as source:
        try:
            archive = _archive(source)
        except _BROKEN as broken:
            raise Damaged("it is no backup of ServiceLane, or it was cut off or damaged") from broken
        yield archive


def _archive(source: IO[bytes]) -> Archive:
    try:
        found = zipfile.ZipFile(source)
    except OSError as broken:  # an offset that points nowhere
        raise zipfile.BadZipFile from broken
    entries = found.infolist()
    names = [entry.filename for entry in entries]
    if MANIFEST not in names:
        raise Damaged("it has no manifest, so it is no whole backup of ServiceLane")
    if len(set(names)) != len(names):
        raise Damaged("a member stands in it twice")
    for entry in entries:
        if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
            raise Damaged(f"{entry.filename!r} is packed in a way that no backup uses")
        if entry.filename != MANIFEST and not is_known(entry.filename):
            raise Damaged(f"{entry.filename!r} has no place in a backup")
    with found.open(MANIFEST) as member:
        manifest = _manifest(member.read(LONGEST_MANIFEST))
    names.remove(MANIFEST)
    if set(names) != set(manifest.members):
        odd = min(set(names) ^ set(manifest.members))
        raise Damaged(f"{odd!r} stands in the manifest or in the file, and not in both")
    if DATABASES.get(manifest.database) not in names:
        raise Damaged("there is no database in it")
    return Archive(manifest, found)


def is_known(name: str) -> bool:
    """Whether a member may have this name: the database, the key, or a plain path below files/."""
    if name == KEY or name in DATABASES.values():
        return True
    path = name.removeprefix(FILES)
    plain = path != name and "\\" not in path and "\0" not in path and ":" not in path
    return plain and all(part not in ("", ".", "..") for part in path.split("/"))


def _manifest(text: bytes) -> Manifest:
    """Read the manifest. Raises Damaged when it is none, or of a newer format."""
    told: Any = json.loads(text)
    if not isinstance(told, dict) or told.get("product") != PRODUCT:
        raise Damaged("its manifest is not of ServiceLane")
    if told.get("format") != FORMAT:
        raise Damaged(f"its format is {told.get('format')!r}, and this version reads {FORMAT}: it is newer")
    try:
        members = {str(name): Member(int(m["size"]), str(m["sha256"])) for name, m in told["members"].items()}
        texts = {name: str(told[name]) for name in ("version", "made_at", "database", "server", "key")}
        return Manifest(
            **texts,
            migrations=[str(name) for name in told["migrations"]],
            ledger=Ledger(**told["ledger"]),
            members=members,
        )
    except (KeyError, TypeError, AttributeError) as broken:
        raise Damaged("its manifest is not complete") from broken


def is_newer(version: str, than: str) -> bool:
    """Whether one version of the product comes after another; only the numbers in them count."""
    return _numbers(version) > _numbers(than)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]
