"""Every form of the own pages, as a browser would send it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from servicelane.kernel.clock import today
from servicelane.people.roles import Role

from .markup import Form, Markup
from .pages import pages
from .stores import Stores
from .visitor import Visitor, visitor

TYPED = {
    "name": "Ownhaus Neu",
    "name_zh": "Ownhaus Neu",
    "name_en": "Ownhaus Neu",
    "short_zh": "Neu",
    "user_name": "ownhaus-neu",
    "code": "OWN-N1",
    "role": Role.CASHIER,
    "day": "2031-02-03",
    "week": "2031-W06",
    "starts": "08:30",
    "ends": "17:00",
    "note": "kaputt",
    "reason": "kaputt",
    "words": "kaputt",
    "about": "鲁BOWN",
    "colour": "Ownhaus Rot",
    "pin": "271828",
    "again": "271828",
    "number": "W-1",
    "issued_on": "2031-02-03",
    "expires_on": "2032-02-03",
    "year": "2031",
    "opens_0": "07:30",
    "price": "99.50",
    "quantity": "2",
    "unit_cost": "55",
    "counted": "6",
    "min_quantity": "4",
    "bin": "OWN-A2",
    "plate": "鲁B54321",
    "mobile": "15400007321",
    "comes_on": f"{today(ZoneInfo('Asia/Shanghai')) + timedelta(days=1)}",
    "comes_at": "14:00",
    "work": "Ownhaus wish",
    "hours": "1",
    "part": "OWN-P1",
}
"""What a person would type in a field that is drawn empty, or that a second row must not repeat."""
TEXTS = {"text", "search", "tel", "email", "textarea"}


@dataclass(frozen=True)
class Sent:
    """One form of one page, and where it is sent."""

    page: str
    form: Form
    url: str

    def values(self) -> dict[str, str]:
        """What is sent: as drawn, with what a person would type."""
        open_fields = {name for name, one in self.form.fields.items() if name in TYPED and not one.offers}
        return {**self.form.values(), **{name: TYPED[name] for name in open_fields}}

    @property
    def texts(self) -> list[str]:
        """The fields in which one types freely."""
        return [one.name for one in self.form.fields.values() if one.kind in TEXTS]


def forms(client: Visitor, stores: Stores, method: str = "post") -> Iterator[Sent]:
    """Yield each form once that stands on a page the visitor may open."""
    seen = set()
    for page in pages():
        if "GET" not in page.methods or page.route.kind != "staff":
            continue
        url = page.url(stores)
        answer = client.get(url)
        if answer.status_code != 200:
            continue
        for form in Markup(answer.content.decode(errors="replace")).forms:
            target = urlsplit(form.action or url).path
            if form.method == method and target not in seen:
                seen.add(target)
                yield Sent(page.name, form, target)


def boss_forms(stores: Stores) -> list[Sent]:
    """All forms of the boss as the tests of a module find them: before any of them changed anything."""
    if stores.made not in _of_boss:
        _of_boss.clear()
        _of_boss[stores.made] = list(forms(visitor(stores.own.boss, trying=True), stores))
    return _of_boss[stores.made]


_of_boss: dict[str, list[Sent]] = {}
