"""What all forms of a visit share: letterhead, the visit's own facts, how amounts and times are written.

Each app builds its own forms; `printed` answers with one as a PDF in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from servicelane.channels.printing.forms import Column, Facts, Form, Letterhead, Row, Sign
from servicelane.kernel.clock import now
from servicelane.org.models import Store
from servicelane.people.models import Employee

from .models import RepairOrder, Signature

LANGUAGES = {"zh": "zh-hans", "zh-hans": "zh-hans", "en": "en"}
"""What `?lang=` may say, and the language it means."""

WITH_PEOPLE = tuple(
    f"order__{name}" for name in ("vehicle", "customer", "driver", "advisor", "store__region")
)
"""What a row that hangs on an order reads along for its form."""

PDF = {
    "responses": {200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}}
}
"""What the description of the API says beside an operation that answers with a form."""

NONE = "–"
MINUS = "\u2212"


def amount(yuan: Decimal) -> str:
    """Write an amount in yuan, `¥1,286.00`, with a true minus."""
    return f"{MINUS if yuan < 0 else ''}¥{abs(yuan):,.2f}"


def figure(number: Decimal) -> str:
    """Write a quantity without useless zeros, with a true minus."""
    return f"{MINUS if number < 0 else ''}{abs(number).normalize():,f}"


def moment(at: datetime | None, store: Store) -> str:
    """Write day and time at the store, `2026-11-25 16:40`; a dash for none."""
    return f"{at.astimezone(ZoneInfo(store.zone)):%Y-%m-%d %H:%M}" if at else NONE


def ten_minutes(at: datetime | None, store: Store) -> str:
    """Write a moment down to ten minutes, as a repair order names its times."""
    return moment(at.replace(minute=at.minute // 10 * 10) if at else None, store)


def km(odometer: int | None) -> str:
    """Write an odometer reading; a dash for none."""
    return NONE if odometer is None else f"{odometer:,} km"


def visit_facts(order: RepairOrder, *extra: tuple[str, str]) -> Facts:
    """Who came with which car. The telephone number is masked: the paper leaves the house."""
    car = order.vehicle
    who = [(_("Customer"), order.customer.display_name)]
    if order.driver:
        who.append((_("Brought by"), order.driver.display_name))
    items = [
        *who,
        (_("Phone"), order.visitor.masked_mobile or NONE),
        (_("Plate"), car.plate or NONE),
        (_("Car"), car.title),
        (_("VIN"), car.vin or NONE),
        (_("Odometer"), km(order.odometer)),
        (_("Repair order"), order.number),
        (_("Advisor"), order.advisor.display_name),
        *extra,
    ]
    return Facts(items)


def sign(label: str, signature: Signature | None, store: Store) -> Sign:
    """Return a place to sign, with what was written on the screen where somebody has."""
    if signature is None:
        return Sign(label)
    return Sign(label, signature.name, moment(signature.signed_at, store), signature.strokes)


def work_columns() -> list[Column]:
    """The columns of a list of work with prices."""
    return [
        Column(_("Job or part"), "1fr"),
        Column(_("Work and payer"), "34mm"),
        Column(_("Quantity"), "19mm", end=True),
        Column(_("Unit price"), "25mm", end=True),
        Column(_("Price"), "27mm", end=True),
    ]


@dataclass(frozen=True, slots=True)
class Link:
    """One form that can be printed now: its name, the address of its PDF, and a remark."""

    title: str
    address: str
    remark: str = ""


Source = Callable[[RepairOrder, Employee], list[Link]]
_sources: list[tuple[int, Source]] = []


def offers_documents(rank: int) -> Callable[[Source], Source]:
    """Declare which forms an app offers on the order page; the lower rank stands first."""

    def declared(source: Source) -> Source:
        _sources.append((rank, source))
        _sources.sort(key=lambda entry: entry[0])
        return source

    return declared


def documents_of(order: RepairOrder, viewer: Employee) -> list[Link]:
    """Return all forms of an order that `viewer` may print."""
    return [link for _rank, source in _sources for link in source(order, viewer)]


@dataclass(frozen=True, slots=True)
class Paper:
    """One form before it is dressed: what it is called, its number, the page it opens, its blocks."""

    store: Store
    title: str
    number: str
    opens: str
    blocks: Sequence[Any]
    stamp: str = ""


def dressed(paper: Paper, request: HttpRequest, reader: Employee) -> Form:
    """Put a form under its store's letterhead; the QR code opens the record at the address asked."""
    store = paper.store
    by = _("Printed {at} by {name}").format(at=moment(now(), store), name=reader.display_name)
    return Form(
        letterhead=Letterhead(store.name, store.brand, store.address, store.phone),
        title=paper.title,
        number=paper.number,
        address=request.build_absolute_uri(paper.opens),
        blocks=paper.blocks,
        page_words=_("Page {page} of {pages}"),
        lang="zh" if (translation.get_language() or "").startswith("zh") else "en",
        foot=by,
        stamp=paper.stamp,
    )


def printed(request: HttpRequest, reader: Employee, build: Callable[[], Paper]) -> HttpResponse:
    """Answer with a form as a PDF, in the language of `?lang=` or else the reader's."""
    from servicelane.channels.printing.typesetting import pdf

    asked = LANGUAGES.get(request.GET.get("lang", "").lower())
    with translation.override(asked or translation.get_language()):
        form = dressed(build(), request, reader)
    answer = HttpResponse(pdf(form), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{form.number}.pdf"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def group_row(label: object, remark: str = "") -> Row:
    """Return a row that stands above others."""
    return Row([capfirst(str(label)), remark], group=True)
