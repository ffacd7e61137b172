"""Whatever people typed is text on every page, in the address as in the rows; numbers stay masked (PLT-1)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from pypdf import PdfReader

from servicelane.billing.models import Invoice
from servicelane.kernel.clock import now
from servicelane.orders.models import RepairOrder, Status
from servicelane.people.models import Employee
from servicelane.reception.models import Delivery
from servicelane.reception.services import HandOver, hand_over
from servicelane.workshop.models import QualityCheck
from tests.access.operations import BASE, operations
from tests.access.pages import pages
from tests.access.poison import EMPTY, HIDDEN, LONG, PHONE, poison, taken_in
from tests.access.stores import Stores
from tests.access.visitor import program, visitor

pytestmark = pytest.mark.django_db  # the pages below are drawn before any test asks for the database
NEVER_SHOWN = {"orders.authorisation.phone_tail", "billing.discountrelease.reason", "care.call.said"}
"""Texts of which the three stores have no row that could be poisoned."""

PICTURE = "image/jpeg"
"""What a photo is shown as: made by the product itself, so that no typed text is in it."""
FORM = "application/pdf"


@cache
def _words_of(form: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(form)).pages)


@dataclass(frozen=True)
class Drawn:
    """One page, or one answer of the API, with the markup that people typed somewhere in it."""

    name: str
    answer: Any

    @property
    def body(self) -> str:
        if self.answer["Content-Type"] == FORM:
            return _words_of(self.answer.content)
        return str(self.answer.content.decode(errors="replace"))


@pytest.fixture(scope="module")
def drawn(stores_of_module: Stores, django_db_blocker: Any) -> Iterator[list[Drawn]]:
    """Every page and every list of the API over rows that are full of markup, as the boss gets them."""
    stores = stores_of_module
    with django_db_blocker.unblock(), transaction.atomic():
        order = _handed_over(stores)
        done = poison(stores.own)
        _empty = {f"{model}.{field}" for model, fields in EMPTY.items() for field in fields}
        assert _empty - NEVER_SHOWN <= done, f"not poisoned: {_empty - NEVER_SHOWN - done}"
        boss = Employee.objects.get(pk=stores.own.boss.pk)
        client = visitor(boss, trying=True, HTTP_X_FORWARDED_HOST="zqhost.example")
        found = [Drawn(page.name, client.get(page.url(stores))) for page in pages() if "GET" in page.methods]
        found.append(Drawn("a delivered order", client.get(reverse("orders:order", args=[order.pk]))))
        found += [
            Drawn("search", client.get(reverse("search"), {"q": words}, HTTP_HX_REQUEST="true"))
            for words in ("<zq", "own", "154")
        ]
        robot = program(boss, trying=True)
        found += [
            Drawn(f"API {one.path}", robot.get(one.url(stores.own)))
            for one in operations()
            if one.method == "GET"
        ]
        yield found
        transaction.set_rollback(True)


def _handed_over(stores: Stores) -> RepairOrder:
    """The settled visit of the own store, inspected once and handed over."""
    order = Invoice.objects.get(pk=stores.own.pk(Invoice)).order
    boss = stores.own.boss
    QualityCheck.objects.create(
        order=order, inspector=boss, passed=True, words="good", released_reason="alone", inspected_at=now()
    )
    assert order.status == Status.SETTLED
    told = HandOver(explained=True, belongings_seen=True, note="Ownhaus note", extras="Ownhaus extra")
    hand_over(order, told, by=boss)
    assert Delivery.objects.filter(order=order).exists()
    return RepairOrder.objects.get(pk=order.pk)


def test_no_typed_text_becomes_markup(drawn: list[Drawn]) -> None:
    wrong = {
        one.name: taken_in(one.body)
        for one in drawn
        if one.answer["Content-Type"].startswith("text/html") and taken_in(one.body)
    }
    shown = sum("zq" in one.body for one in drawn)

    assert wrong == {}
    assert shown > 90
    assert all(one.answer.status_code in (200, 302) for one in drawn)


def test_a_program_gets_typed_text_as_json_and_nothing_else(drawn: list[Drawn]) -> None:
    answers = [one.answer for one in drawn if one.name.startswith("API")]

    assert len(answers) > 15
    for answer in answers:
        assert answer["X-Content-Type-Options"] == "nosniff"
        if answer["Content-Type"] in (PICTURE, FORM):
            continue
        assert answer["Content-Type"].startswith("application/json")
        json.loads(answer.content)
    assert any(json.dumps(LONG)[1:-1] in answer.content.decode(errors="replace") for answer in answers)


def test_a_full_number_is_on_no_page_and_in_no_list(drawn: list[Drawn]) -> None:
    """The one way to it is the look-up, which is recorded."""
    masked = f"{PHONE[:3]}****{PHONE[-4:]}"

    assert [one.name for one in drawn if HIDDEN in one.body] == []
    assert any(masked in str(json.loads(one.body)) for one in drawn if one.name == "API /customers")


def test_every_answer_carries_the_same_few_headers(drawn: list[Drawn]) -> None:
    """Scripts of the site only, no guessing of types, no frame, nothing for a cache between (PLT-1)."""
    for one in drawn:
        headers = one.answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", one.name
        assert headers["X-Frame-Options"] == "DENY", one.name
        to_customers = one.name.startswith("orders:customer_")
        assert headers["Referrer-Policy"] == ("no-referrer" if to_customers else "same-origin"), one.name
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", one.name
        assert "script-src 'self'" in headers["Content-Security-Policy"], one.name
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], one.name
        kept = {word.strip() for word in headers["Cache-Control"].split(",")}
        assert "private" in kept, one.name
        assert kept & {"no-store", "no-cache"}, one.name
        if one.name.startswith("API"):
            assert "no-store" in kept, one.name
        for cookie in one.answer.cookies.values():
            assert cookie["httponly"], f"{one.name} sets {cookie.key} for scripts to read"
            assert cookie["samesite"] in ("Lax", "Strict"), f"{one.name} sends {cookie.key} to other sites"


def test_no_page_is_a_file_that_a_spreadsheet_opens(drawn: list[Drawn]) -> None:
    """There is no export yet; one that comes has to say here how it quotes what begins a formula."""
    kinds = {one.answer["Content-Type"].split(";")[0] for one in drawn if one.answer.status_code == 200}

    assert kinds == {"text/html", "application/json", PICTURE, FORM}
    named = [one for one in drawn if "Content-Disposition" in one.answer]
    assert {one.answer["Content-Type"] for one in named} == {FORM}
    assert all(one.answer["Content-Disposition"].startswith("inline; ") for one in named)


def test_a_forged_forwarded_host_is_in_no_page_and_no_redirect(drawn: list[Drawn]) -> None:
    assert [one.name for one in drawn if "zqhost" in one.body] == []
    assert [one.name for one in drawn if "zqhost" in str(one.answer.headers)] == []


def test_what_stands_in_the_address_is_text_too(stores: Stores) -> None:
    """Every parameter that a form or link of the pages knows, full of markup."""
    client = visitor(stores.own.boss, trying=True)
    names = (
        "q", "day", "week", "person", "kind", "role", "state", "year", "before", "page", "advisor", "store",
        "next", "v", "tab", "about", "plate", "customer", "vehicle", "booking", "order", "month", "from",
    )  # fmt: skip
    query = dict.fromkeys(names, LONG)
    for page in pages():
        if "GET" in page.methods and not page.names_rows:
            answer = client.get(page.url(stores), query)
            assert answer.status_code in (200, 302), f"{page.name}: {answer.status_code}"
            assert taken_in(answer.content.decode()) == [], page.name
            assert "<zq" not in answer.get("Location", "")
    refused = program(stores.own.boss, trying=True).get(f"{BASE}/search", {"q": LONG, "limit": LONG})
    assert refused.status_code == 422
    assert refused["Content-Type"].startswith("application/problem+json")


def test_the_eye_for_markup_sees_it() -> None:
    """The walk above proves nothing unless this one sees what a careless page would do."""
    for careless in (f"<p>{LONG}</p>", f'<input value="{LONG}">', f"<script>x = '{LONG}'</script>"):
        assert taken_in(careless)
    assert taken_in(f"<p title={LONG[2:]}>")
    assert taken_in('<p onzq="1">')
    assert taken_in("<p>&lt;zq onzq=1&gt;</p>") == []
