"""Reading a table of customers from a CSV file: encodings, separators, headings, and what is no table."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _

from .errors import ImportRefused

_COLUMNS = Path(__file__).parent / "data" / "columns.json"
MOST_BYTES = 100 * 1024 * 1024
LONGEST_CELL = 10_000
SEPARATORS = ",;\t"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula, or cuts off before one."""
NEEDED = ("name",)
KNOWN_BY = ("mobile", "plate", "vin")
MARKS = {
    b"PK\x03\x04": "Excel",
    b"\xd0\xcf\x11\xe0": "Excel",
    b"%PDF": "PDF",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: its number as a spreadsheet counts them, and its cells by column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read whole: how it is encoded, and its rows."""

    encoding: str
    rows: list[Row]


def read_table(path: Path) -> Table:
    """Read a CSV file of customers. Raises ImportRefused for what is no such file.

    UTF-8 with or without mark and GB 18030 are told apart; commas, semicolons and tabs as well.
    """
    text, encoding = _text(path)
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    csv.field_size_limit(LONGEST_CELL)
    heads = next(_lines(reader), [])
    columns = _columns(heads)
    return Table(encoding, list(_rows(reader, columns)))


def cell(text: str) -> str:
    """Return a text as a cell to write: a spreadsheet shows it, and never calculates it."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def printable(text: str) -> str:
    """Return a text without signs that would steer the terminal it is printed on."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _text(path: Path) -> tuple[str, str]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ImportRefused(why=_("the file is larger than {mb} MB.").format(mb=MOST_BYTES // 2**20))
        content = path.read_bytes()
    except OSError as error:
        raise ImportRefused(
            why=_("{file} cannot be read ({reason}).").format(file=path, reason=error.strerror)
        ) from error
    if not content.strip():
        raise ImportRefused(why=_("the file is empty."))
    for mark, kind in MARKS.items():
        if content.startswith(mark):
            raise ImportRefused(
                why=_("{file} is a file of {kind}, no CSV.").format(file=path.name, kind=kind)
            )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise ImportRefused(why=_("the file is neither UTF-8 nor GB 18030 text."))


def _lines(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    while True:
        try:
            line = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number = getattr(reader, "line_num", 0)
            raise ImportRefused(
                why=_("line {n} is no line of a table ({reason}).").format(n=number, reason=error)
            ) from error
        yield line


def _columns(heads: list[str]) -> list[str]:
    known = _known()
    names = [" ".join(head.lower().replace("\ufeff", "").split()) for head in heads]
    unknown = [head for head, name in zip(heads, names, strict=True) if name not in known]
    columns = [known.get(name, "") for name in names]
    if unknown:
        shown = ", ".join(printable(head.strip()[:30]) or "–" for head in unknown[:5])
        raise ImportRefused(
            why=_("unknown columns: {unknown}. Known are: {known}.").format(
                unknown=shown, known=", ".join(_spelled())
            )
        )
    doubled = {column for column in columns if columns.count(column) > 1}
    if doubled:
        raise ImportRefused(why=_("the column {name} stands twice.").format(name=min(doubled)))
    missing = [name for name in NEEDED if name not in columns]
    if missing or not set(KNOWN_BY) & set(columns):
        raise ImportRefused(
            why=_("missing columns: it needs name, and one of {others}.").format(others=", ".join(KNOWN_BY))
        )
    return columns


def _rows(reader: Iterator[list[str]], columns: list[str]) -> Iterator[Row]:
    for number, line in enumerate(_lines(reader), start=2):
        if any(cell.strip() for cell in line):
            padded = [*line, *[""] * (len(columns) - len(line))]
            yield Row(number, {name: cell.strip() for name, cell in zip(columns, padded, strict=False)})


@cache
def _known() -> dict[str, str]:
    said = json.loads(_COLUMNS.read_text(encoding="utf-8"))
    return {word: column for column, words in said.items() for word in words}


def _spelled() -> list[str]:
    return list(json.loads(_COLUMNS.read_text(encoding="utf-8")))
