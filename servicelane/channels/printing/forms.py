"""What stands on a printed form, as plain data: words are the caller's, already in the reader's language.

Everything is text. Nothing of it is ever read as markup, so a customer's `#` or `$` comes out as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose paper it is: brand, name of the store, and how to reach it."""

    name: str
    brand: str = ""
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Pairs of a label and its value in two columns; `title` may be empty."""

    items: Sequence[tuple[str, str]]
    title: str = ""
    kind: str = field(default="facts", init=False)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `width` is a length such as `22mm` or `2fr`, `end` aligns numbers."""

    title: str
    width: str = "1fr"
    end: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; a `group` row has its name and a remark at the end, and stands above others."""

    cells: Sequence[str]
    group: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head that is repeated on every page; `empty` is said where there are none."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    title: str = ""
    empty: str = ""
    kind: str = field(default="table", init=False)


@dataclass(frozen=True, slots=True)
class Sums:
    """Labels with amounts; the `main` one is set large. `words` is a label with the amount in words."""

    items: Sequence[tuple[str, str]]
    main: tuple[str, str]
    after: Sequence[tuple[str, str]] = ()
    words: tuple[str, str] = ("", "")
    kind: str = field(default="sums", init=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph under a title; a `quote` is what somebody said."""

    title: str
    text: str
    quote: bool = False
    kind: str = field(default="text", init=False)


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence that nobody may overlook."""

    text: str
    kind: str = field(default="notice", init=False)


@dataclass(frozen=True, slots=True)
class Terms:
    """Numbered small print."""

    title: str
    items: Sequence[str]
    kind: str = field(default="terms", init=False)


@dataclass(frozen=True, slots=True)
class Big:
    """What is read from afar, such as a plate, with a remark beside it."""

    text: str
    remark: str = ""
    kind: str = field(default="big", init=False)


@dataclass(frozen=True, slots=True)
class Sign:
    """One place to sign; `strokes` are those written on a screen, on a field of 1000 by 400."""

    label: str
    name: str = ""
    at: str = ""
    strokes: Sequence[Sequence[int]] = ()


@dataclass(frozen=True, slots=True)
class Signs:
    """The places to sign, side by side."""

    items: Sequence[Sign]
    kind: str = field(default="signs", init=False)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing in SVG with its numbered marks in thousandths of width and height, and what they mean."""

    title: str
    svg: str
    marks: Sequence[tuple[int, int]]
    notes: Sequence[str]
    empty: str = ""
    kind: str = field(default="drawing", init=False)


@dataclass(frozen=True, slots=True)
class Form:
    """One form: letterhead, title and number on each page, and its blocks.

    `address` is what the QR code opens. `page_words` holds `{page}` and `{pages}`; `foot` stands beside
    it. `lang` is zh or en. `stamp` is one word such as "void" across the title.
    """

    letterhead: Letterhead
    title: str
    number: str
    address: str
    blocks: Sequence[Any]
    page_words: str
    lang: str
    foot: str = ""
    stamp: str = ""
