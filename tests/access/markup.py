"""What stands on a page: its forms with their fields, its links, its texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SAID = ("title", "placeholder", "aria-label", "alt")
"""Attributes that are read by people."""


@dataclass
class Field:
    """One field of a form: its value as drawn, and all it offers to choose."""

    name: str
    kind: str
    value: str = ""
    offers: list[str] = field(default_factory=list)
    longest: int | None = None


@dataclass
class Form:
    """One form: where it goes, how, and with what."""

    method: str
    action: str
    fields: dict[str, Field] = field(default_factory=dict)

    def values(self) -> dict[str, str]:
        """What a browser sends when nothing is changed; the first offer where a choice is open."""
        sent = {}
        for one in self.fields.values():
            if one.kind == "checkbox" and not one.value:
                continue
            value = one.value or (one.offers[0] if one.offers else "")
            sent[one.name] = value
        return sent


@dataclass
class Text:
    """One piece of text a reader meets, whether a person typed it, and whether it is set as a code."""

    words: str
    place: str
    is_users: bool
    is_code: bool = False


class Markup(HTMLParser):
    """One page, read whole."""

    def __init__(self, content: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.texts: list[Text] = []
        self._open: list[tuple[str, bool, bool]] = []
        self._form: Form | None = None
        self._select: Field | None = None
        self._textarea: Field | None = None
        self.feed(content)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        is_users = "data-user-text" in known or bool(self._open and self._open[-1][1])
        is_code = "mono" in known.get("class", "").split() or bool(self._open and self._open[-1][2])
        if tag not in VOID:
            self._open.append((tag, is_users, is_code))
        for name in SAID:
            if known.get(name):
                self.texts.append(Text(known[name], f"{tag}[{name}]", is_users))
        if tag == "a" and "href" in known:
            self.links.append(known["href"])
        if tag == "form":
            self._form = Form(known.get("method", "get").lower(), known.get("action", ""))
            self.forms.append(self._form)
        elif self._form is not None:
            self._read_field(tag, known)

    def _read_field(self, tag: str, known: dict[str, str]) -> None:
        assert self._form is not None
        fields = self._form.fields
        if tag == "option" and self._select is not None:
            self._select.offers.append(known.get("value", ""))
            if "selected" in known:
                self._select.value = known.get("value", "")
            return
        name = known.get("name")
        if not name or tag not in ("input", "select", "textarea", "button"):
            return
        kind = known.get("type", "text") if tag == "input" else tag
        longest = int(known["maxlength"]) if known.get("maxlength", "").isdigit() else None
        one = fields.setdefault(name, Field(name, kind, longest=longest))
        if kind in ("radio", "button"):
            one.offers.append(known.get("value", ""))
            if "checked" in known:
                one.value = known.get("value", "")
        elif kind == "checkbox":
            one.offers.append(known.get("value", "on"))
            one.value = known.get("value", "on") if "checked" in known else ""
        elif tag == "select":
            self._select = one
        elif tag == "textarea":
            self._textarea = one
        else:
            one.value = known.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None
        if any(name == tag for name, *_marks in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if self._textarea is not None:
            self._textarea.value = data.strip()
            return
        if not words or any(tag in ("script", "style") for tag, *_marks in self._open):
            return
        tag, is_users, is_code = self._open[-1] if self._open else ("", False, False)
        self.texts.append(Text(words, tag, is_users, is_code))
