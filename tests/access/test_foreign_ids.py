"""Ids of other stores inside bodies and query strings: refused, nothing changed, nothing shown (PLT-1)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps
from django.urls import reverse

from servicelane.org.models import Bay, Region, Store
from servicelane.org.services import StoreDetails, add_store
from servicelane.org.views import home
from servicelane.people.models import Employee
from servicelane.people.roles import Role
from servicelane.people.services import grant_role
from servicelane.project import ledger
from servicelane.workshop.models import PlanLine
from tests.access.forms import TYPED, forms
from tests.access.markup import Form, Markup
from tests.access.operations import BASE, operations
from tests.access.pages import Page, pages
from tests.access.rows import digest
from tests.access.stores import Side, Stores
from tests.access.visitor import Visitor, program, visitor
from tests.undrawn import undrawn

ID = re.compile(r"^(?:([a-z]+)-)?([0-9]+)$")
IDS = {
    "store": Store, "region": Region, "employee": Employee, "person": Employee, "advisor": Employee,
    "technician": Employee, "bay": Bay,
    "owner": Employee, "lines": PlanLine,
}  # fmt: skip
"""What the fields and query parameters of these names hold the id of."""
KINDS = {"store": Store, "region": Region}
"""What `store-7` in a field says beside the number."""
NUMBERS = {
    "version", "level", "break_minutes", "value", "year", "before", "page", "skill", "once", "day", "pin",
    "again", "quantity", "unit_cost", "price", "counted", "min_quantity",
}  # fmt: skip
"""Fields of numbers that are nobody's: no id, or the id of what all stores share.

Also those named `before-7`, one for each row of a form."""


def _id_fields(page: str, form: Form) -> dict[str, str]:
    """The fields of a form that hold an id, with the kind of `kind-id` values."""
    found = {}
    for one in form.fields.values():
        for value in (one.value, *one.offers):
            shape = ID.match(value or "")
            if not shape or one.kind in ("text", "tel", "number", "search", "password", "date"):
                continue
            if one.name.partition("-")[0] in NUMBERS and not shape[1]:
                continue
            assert one.name in IDS or shape[1] in KINDS, (
                f"the form on {page} has a field {one.name!r} with the value {value!r}: say in IDS of this "
                "test what it names, or in NUMBERS that it names nobody's row"
            )
            found[one.name] = shape[1] or ""
    return found


def _boss_of_two(stores: Stores) -> Employee:
    """Own boss who may switch stores: else the switch is not drawn, and no form has a store to choose."""
    details = StoreDetails(code="OWN2", name_zh="Ownhaus Zwei", name_en="Ownhaus Zwei")
    second = add_store(stores.own.region, details, by=None)
    grant_role(stores.own.boss, Role.SYSTEM_ADMINISTRATOR, second, by=None)
    return Employee.objects.get(pk=stores.own.boss.pk)


def _foreign(stranger: Side, name: str, kind: str) -> str:
    model = KINDS[kind] if kind else IDS[name]
    return f"{kind}-{stranger.pk(model)}" if kind else str(stranger.pk(model))


def test_a_foreign_id_in_a_form_is_refused_and_changes_nothing(stores: Stores) -> None:
    client = visitor(_boss_of_two(stores), store=stores.own.store, trying=True)
    before = {side.mark: digest(side) for side in stores.strangers}
    found = [(sent, ids) for sent in forms(client, stores) if (ids := _id_fields(sent.page, sent.form))]

    for sent, ids in found:
        own = client.post(sent.url, sent.values())
        assert own.status_code in (200, 302), (
            f"{sent.url} on {sent.page} is refused with own ids as well ({own.status_code}): say in TYPED of "
            f"tests/access/forms.py what a person would type in {sorted(sent.form.fields)}"
        )
        for stranger in stores.strangers:
            for name, kind in ids.items():
                value = _foreign(stranger, name, kind)
                if value in (sent.form.fields[name].offers or [sent.form.fields[name].value]):
                    continue
                answer = client.post(sent.url, {**sent.values(), name: value})
                assert 400 <= answer.status_code < 500, f"{sent.url} took {name}={value} of {stranger.mark}"
                assert stranger.mark not in answer.content.decode(), f"{sent.url} names {stranger.mark}"
    assert {sent.url for sent, _ids in found} >= {
        reverse("people:switch_store"),
        reverse("people:new"),
        reverse("people:shift_new"),
        reverse("people:grant_role", args=[stores.own.worker.pk]),
    }
    assert {side.mark: digest(side) for side in stores.strangers} == before


def _everything(stranger: Side) -> dict[str, str]:
    """Every id of a side under every name that a body or a query could give it."""
    given = {}
    for model, row in stranger.rows.items():
        name = model._meta.model_name or ""
        given |= {name: str(row.pk), f"{name}_id": str(row.pk)}
    place = stranger.store.pk
    return {**given, "person": str(stranger.worker.pk), "place": f"store-{place}", "pk": str(place)}


def test_ids_nobody_asked_for_move_nothing_to_another_store(stores: Stores) -> None:
    """Every form is sent with all foreign ids beside its own fields."""
    client = visitor(stores.own.boss)
    before = {side.mark: digest(side) for side in stores.strangers}

    for page in pages():
        if "POST" not in page.methods or page.route.kind != "staff":
            continue
        for stranger in stores.strangers:
            client.trying = True
            body = {**TYPED, "value": "30", "kind": "lift", "language": "en", **_everything(stranger)}
            with undrawn():
                answer = client.send("POST", page.url(stores), body, HTTP_HX_REQUEST="true")
            assert answer.status_code < 500
    for stranger in stores.strangers:
        for operation in operations():
            if operation.method != "GET" and operation.route.kind == "staff":
                operation.send(program(stores.own.boss, trying=True), stores.own, more=_everything(stranger))
    assert {side.mark: digest(side) for side in stores.strangers} == before


def _shown(client: Visitor, stores: Stores) -> Iterator[tuple[Page, str]]:
    for page in pages():
        if "GET" in page.methods and page.route.kind == "staff":
            yield page, page.url(stores)


def _parameters(client: Visitor, stores: Stores) -> set[str]:
    """Every name that any page reads from its query, as its forms and links say."""
    names: set[str] = set()
    for _page, url in _shown(client, stores):
        drawn = Markup(client.get(url).content.decode(errors="replace"))
        for form in drawn.forms:
            if form.method == "get":
                names |= set(form.fields)
        for link in drawn.links:
            names |= set(parse_qs(urlsplit(link).query, keep_blank_values=True))
    return names


WORDS = {"week": "2031-W06", "day": "2031-02-03", "state": "all", "year": "2031", "before": "999999"}
"""What is asked for beside ids, that answers may be long."""


def test_no_page_shows_another_store(stores: Stores) -> None:
    """With nothing asked, with every foreign id asked for, with the other stores' names searched."""
    client = visitor(stores.own.boss, trying=True)
    names = _parameters(client, stores)
    assert {"q", "week", "person", "kind", "role", "state"} <= names
    queries: list[dict[str, str]] = [{}]
    for stranger in stores.strangers:
        words = {**WORDS, "q": stranger.mark[:4].lower()}
        queries.append({**{name: words[name] for name in names if name in words}, **_everything(stranger)})
    for page, url in _shown(client, stores):
        for query in queries:
            answer = client.get(url, query)
            body = answer.content.decode(errors="replace")
            assert answer.status_code in (200, 204, 302), f"{page.name} {query}: {answer.status_code}"
            for mark in (word for side in stores.strangers for word in (side.mark, side.store.code)):
                assert mark not in body, f"{page.name} with {query} shows {_around(body, mark)}"


def test_no_figure_counts_another_store(stores: Stores) -> None:
    assert home.stores(stores.own.boss, stores.own.store) == 1


def test_no_fragment_and_no_search_shows_another_store(stores: Stores) -> None:
    client = visitor(stores.own.boss, trying=True, HTTP_HX_REQUEST="true")
    for asked in ("zq", "Z", "b1", "boss", "worker", "b2", "store", "店"):
        body = client.get(reverse("search"), {"q": asked}).content.decode()
        assert not re.search("Zqother|Zqforeign", body)
        assert not re.search("ZQOTHER|ZQFOREIGN", body)
    assert "OWN-B1" in client.get(reverse("search"), {"q": "own-b"}).content.decode()
    assert "Ownhaus Worker" in client.get(reverse("search"), {"q": "worker"}).content.decode()
    assert not re.search("Zqother|Zqforeign", client.get(reverse("today_shift")).content.decode())


def test_the_own_rows_are_shown(stores: Stores) -> None:
    """The counterpart: the pages that must not show other stores do show the own one."""
    client = visitor(stores.own.boss, trying=True)
    names = "today facts org:stores org:bays people:list people:shifts people:terminals parts:stock"
    for name in names.split():
        body = client.get(reverse(name)).content.decode()
        assert "Ownhaus" in body, name


def test_no_api_list_shows_another_store(stores: Stores) -> None:
    client = program(stores.own.boss, trying=True)
    events = client.get(f"{BASE}/events", {"limit": 500}).json()["items"]
    seen = {event["store_id"] for event in events}
    for stranger in stores.strangers:
        for operation in operations():
            if operation.method == "GET":
                for query in ({}, _everything(stranger)):
                    answer = client.get(operation.url(stores.own), query)
                    body = answer.content.decode(errors="replace")
                    assert answer.status_code == 200, f"{operation.path}: {answer.status_code}"
                    assert stranger.mark not in body, f"{operation.path} shows {_around(body, stranger.mark)}"
                    assert stranger.store.code not in body
        assert stranger.store.pk not in seen
        strangers = {stranger.worker.pk, stranger.boss.pk}
        about = {event["subject_id"] for event in events if event["subject_type"] == "people.employee"}
        by = {event["actor_id"] for event in events if event["actor_kind"] == "person"}
        assert not strangers & (about | by)
    assert stores.own.store.pk in seen


def test_whoever_sees_facts_that_belong_to_no_store_is_decided() -> None:
    without = {
        model._meta.label_lower
        for model in apps.get_models()
        if isinstance(vars(model).get("store_id"), property) and model is not Store
    }
    ours = {label for label in without if apps.get_model(label).__module__.startswith("servicelane.")}

    decided = {
        ledger.PERSON,
        ledger.TOKEN,
        ledger.GROUP,
        ledger.REGION,
        ledger.CUSTOMER,
        ledger.VEHICLE,
        ledger.PART,
        ledger.OPERATION,
        ledger.CHECKLIST,
        *ledger.SHARED,
    }
    assert ours == decided, "say in servicelane/project/ledger.py who sees facts about it"


def test_a_pin_on_a_terminal_of_the_other_store_does_not_work(stores: Stores) -> None:
    client = Visitor()
    for stranger in stores.strangers:
        client.cookies["terminal"] = stranger.terminal_token
        url = reverse("people:terminal_switch", args=[stores.own.worker.pk])
        assert client.send("POST", url, {"pin": "270413"}).status_code == 404
        assert "_auth_user_id" not in client.session


def _around(body: str, mark: str) -> str:
    at = body.index(mark)
    return re.sub(r"\s+", " ", body[max(0, at - 120) : at + 60])


@pytest.mark.parametrize("name", ["today", "people:list"])
def test_the_switch_offers_own_stores_only(stores: Stores, name: str) -> None:
    drawn = Markup(visitor(_boss_of_two(stores), trying=True).get(reverse(name)).content.decode())
    offers = {
        offer
        for form in drawn.forms
        if form.action == reverse("people:switch_store")
        for offer in form.fields["store"].offers
    }
    own = Store.objects.filter(code__startswith="OWN").values_list("pk", flat=True)
    assert offers == {str(pk) for pk in own}
