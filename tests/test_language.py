"""Every page speaks one language: no Chinese in English, no English in Chinese, but what people typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.urls import reverse
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

import servicelane
from servicelane.customers.customer_services import CustomerDetails, add_customer, set_consent
from servicelane.customers.models import (
    Customer,
    CustomerKind,
    PartyRole,
    Salutation,
    Vehicle,
    VehicleParty,
)
from servicelane.customers.party_services import add_party
from servicelane.customers.vehicle_services import VehicleDetails, add_vehicle, note_odometer
from servicelane.demo.cast import PARTS
from servicelane.kernel.clock import now
from servicelane.kernel.events import kinds
from servicelane.kernel.models import Event
from servicelane.orders.models import Job, RepairOrder
from servicelane.org.models import Bay, Region, Store
from servicelane.org.services import take_bay_out_of_service
from servicelane.parts.demo_catalogue import FILE as DEMO_PARTS
from servicelane.parts.demo_catalogue import load_demo_parts
from servicelane.parts.models import Part, StockItem
from servicelane.people.models import Certificate, Employee, EmployeeSkill, Membership, Shift, Terminal
from servicelane.people.sign_in_services import register_terminal
from servicelane.schedule.services import assign
from tests.access.desk_rows import booking_row
from tests.access.markup import Markup, Text
from tests.access.money_rows import money_rows
from tests.access.pages import pages
from tests.access.stores import Side, Stores
from tests.access.visit_rows import visit_rows
from tests.access.visitor import Visitor, visitor

CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
LATIN = re.compile(r"[A-Za-z]{2,}")

KNOWN = {
    "VIN", "RO", "CSI", "PIN", "API", "ServiceLane", "EN", "English", "Ctrl", "SHA", "ID", "Asia", "Shanghai",
    "SN", "LS", "KPI", "PDI", "IN", "EP", "km", "JPEG", "PNG", "WebP",
}  # fmt: skip
"""Latin words that Chinese readers use as they are: abbreviations, names, the other language's name."""
NAMED_IN_SENTENCES = (
    "演示 job",
    "演示 extra",
    "演示 finding",
    *(line.split(",")[0] for line in DEMO_PARTS.read_text(encoding="utf-8").splitlines()[1:]),
)
CODES = re.compile(r"^(?:[a-z]+(?:[._/-][A-Za-z0-9_]+)+|v?\d+(\.\d+)+|[A-Z]{2}-\d{4,8}-\d+|[A-Z]{1,3}\d+)$")
"""Codes as a whole text: dotted names, versions, certificate numbers, bays."""


def _catalogues() -> set[str]:
    found: set[str] = set()
    for file in Path(servicelane.__file__).parent.glob("*/locale/zh_Hans/LC_MESSAGES/django.po"):
        with file.open("rb") as po:
            for message in read_po(po, locale="zh_Hans"):
                ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
                said = message.string if isinstance(message.string, tuple | list) else (message.string,)
                found |= {" ".join(one.split()) for one in ids if one and one not in said}
    return found


@pytest.fixture
def house(cast: Any) -> Stores:
    """The cast's two stores as sides of the walk over all pages."""
    load_demo_parts(cast.group, [cast.shinan, cast.laoshan], by=cast.admin)
    sides = [_side(cast, cast.shinan, cast.tao), _side(cast, cast.laoshan, cast.gao)]
    task = DBTaskResult.objects.create(
        status=TaskResultStatus.FAILED,
        task_path="servicelane.kernel.events.react",
        args_kwargs={"args": [], "kwargs": {}},
        backend_name="default",
        queue_name="default",
        exception_class_path="builtins.ValueError",
        finished_at=now(),
    )
    bay = Bay.objects.filter(store=cast.shinan).first()
    assert bay
    take_bay_out_of_service(bay, by=cast.gu, note="升降机漏油")
    return Stores(sides[0], sides[1], sides[1], task)


def _side(cast: Any, store: Store, worker: Employee) -> Side:
    terminal, token = register_terminal(store, "一号工位", by=cast.admin)
    side = Side("", cast.region, store, cast.admin, worker, token, "")
    side.rows = {
        Store: store,
        Region: cast.region,
        Employee: worker,
        Terminal: terminal,
        Bay: Bay.objects.filter(store=store).first(),
        Shift: Shift.objects.filter(store=store).first(),
        EmployeeSkill: worker.skills.first(),
        Certificate: worker.certificates.first(),
        Membership: worker.memberships.first(),
        StockItem: StockItem.objects.filter(store=store).first(),
        Event: Event.objects.filter(store_id=store.pk).first(),
    }  # type: ignore[dict-item]
    side.rows |= _file(store, cast.admin)
    part = Part.objects.filter(stock__store=store).first()
    visit = visit_rows(store, "演示", store.code, cast.admin, part)
    order = next(row for row in visit if isinstance(row, RepairOrder))
    job = next(row for row in visit if isinstance(row, Job))
    rows = [*visit, *money_rows(order, "演示", cast.admin), booking_row(order, "演示", cast.admin)]
    rows.append(assign(job.order, job, worker, None, by=cast.admin))
    side.rows |= {type(row): row for row in rows if type(row) not in side.rows}
    return side


def _file(store: Store, by: Employee) -> dict[Any, Any]:
    """A customer with a car and a driver, whose numbers are doubted and confirmed."""
    company = CustomerDetails("海晏物流", kind=CustomerKind.COMPANY, mobile="12345", mobile_reason="old")
    owner = add_customer(store, replace(company, notes="先打电话", family="两个孩子", advisor=by), by=by)
    set_consent(owner, False, by=by)
    plate = f"鲁B{store.code}01"
    details = VehicleDetails(plate=plate, vin=f"{store.code}1", model_name="轿车", colour="白")
    sure = replace(details, plate_reason="old", vin_reason="on_paper")
    vehicle = add_vehicle(store, sure, owner=owner, by=by)
    note_odometer(vehicle, 36_940, by=by)
    driver = add_customer(store, CustomerDetails("张伟", salutation=Salutation.MR), by=by)
    party = add_party(vehicle, driver, PartyRole.DRIVER, by=by)
    return {Customer: owner, Vehicle: vehicle, VehicleParty: party}


def _speaking(client: Visitor, language: str, employee: Employee | None = None) -> Visitor:
    client.cookies["language"] = language
    if employee is not None:
        Employee.objects.filter(pk=employee.pk).update(language=language)
    return client


def _answers(house: Stores, language: str) -> Iterator[tuple[str, str]]:
    """Every page as a person meets it: opened, refused, sent empty, signed out."""
    boss = _speaking(visitor(house.own.boss, store=house.own.store, trying=True), language, house.own.boss)
    worker = _speaking(visitor(house.own.worker, trying=True), language, house.own.worker)
    guest = _speaking(visitor(trying=True), language)
    guest.cookies["terminal"] = house.own.terminal_token
    for page in pages():
        url = page.url(house)
        if "GET" in page.methods:
            yield f"{page.name} opened", _content(boss, "GET", url)
            if page.route.kind == "public":
                yield f"{page.name} signed out", _content(guest, "GET", url)
        if "POST" in page.methods and page.name != "account_logout":
            yield f"{page.name} sent empty", _content(boss, "POST", url)
            if page.route.kind == "public":
                yield f"{page.name} sent empty, signed out", _content(guest, "POST", url)
    for name, client, path in (
        ("today of a technician", worker, "/"),
        ("no right", worker, reverse("system")),
        ("no page", boss, "/nowhere"),
        ("no page signed out", guest, "/nowhere"),
        ("search", boss, f"{reverse('search')}?q=e"),
        ("nothing found", boss, f"{reverse('search')}?q=xyzzy"),
        ("people, everybody", boss, f"{reverse('people:list')}?state=all&q=a"),
        ("customers, found", boss, f"{reverse('customers:list')}?q=01"),
        ("customers, nobody", boss, f"{reverse('customers:list')}?q=xyzzy"),
        ("customers, none to take over", boss, f"{reverse('customers:take_over')}?q=xyzzyxyzzy"),
        ("people, nobody", boss, f"{reverse('people:list')}?q=xyzzy"),
        ("parts, few", boss, f"{reverse('parts:stock')}?q=HY-OF"),
        ("parts, none", boss, f"{reverse('parts:stock')}?q=xyzzy"),
        ("year not announced", boss, f"{reverse('org:calendar')}?year=2040"),
    ):
        yield name, client.get(path).content.decode()
    for before in (60, 120, 10**6):
        yield "facts", boss.get(reverse("facts"), {"before": before}).content.decode()


def _content(client: Visitor, method: str, url: str) -> str:
    answer = client.send(method, url)
    is_page = answer.get("Content-Type", "text/html").startswith("text/html")
    return answer.content.decode() if is_page else ""


def _texts(house: Stores, language: str) -> Iterator[tuple[str, Text]]:
    seen: set[tuple[str, str]] = set()
    for name, content in _answers(house, language):
        texts = Markup(content).texts
        typed = sorted({text.words for text in texts if text.is_users}, key=len, reverse=True)
        for text in texts:
            if not text.is_users and (text.words, text.place) not in seen:
                seen.add((text.words, text.place))
                yield name, _without(text, typed)


def _without(text: Text, typed: list[str]) -> Text:
    """Take what people typed out of a title or label: no mark can stand there, it stands elsewhere.

    A refusal names things in the middle of its sentence, and a fact the part it is about: these names are
    known beforehand.
    """
    words = text.words
    for one in NAMED_IN_SENTENCES:
        words = words.replace(one, "")
    if text.place != "title" and "[" not in text.place:
        return Text(words, text.place, text.is_users, text.is_code)
    for one in typed:
        words = words.replace(one, "") if len(one) > 1 else words
    return Text(words, text.place, text.is_users)


def test_english_pages_hold_no_chinese(house: Stores) -> None:
    found = _texts(house, "en")
    wrong = [f"{name}: <{text.place}> {text.words}" for name, text in found if CJK.search(text.words)]

    assert not wrong, "mark what people typed with data-user-text, translate the rest:\n" + "\n".join(wrong)


def test_chinese_pages_hold_no_english(house: Stores) -> None:
    english = _catalogues()
    assert len(english) > 300
    wrong = []
    known = KNOWN | set(PARTS)
    of_tests = {str(kind.label) for code, kind in kinds().items() if code.startswith("goods.")}
    for name, text in _texts(house, "zh-hans"):
        if text.is_code or text.words in of_tests:
            continue
        words = [word for word in LATIN.findall(text.words) if word not in known]
        if text.words in english - known or (words and not CODES.match(text.words)):
            wrong.append(f"{name}: <{text.place}> {text.words}")

    assert not wrong, "translate it, or mark what people typed with data-user-text:\n" + "\n".join(wrong)


def test_one_text_has_one_translation_in_all_catalogues() -> None:
    """All catalogues are read as one: of two translations of a text, every page would show the same one."""
    said: dict[tuple[str | None, str], dict[str, str]] = {}
    for file in Path(servicelane.__file__).parent.glob("*/locale/zh_Hans/LC_MESSAGES/django.po"):
        with file.open("rb") as po:
            for message in read_po(po, locale="zh_Hans"):
                text = message.id[0] if isinstance(message.id, tuple) else message.id
                if text:
                    said.setdefault((message.context, text), {})[_one(message.string)] = file.parts[-5]
    twice = {text: words for text, words in said.items() if len(words) > 1}
    assert twice == {}, "use one translation, another English text, or a context"


def _one(words: str | tuple[str, ...]) -> str:
    return words if isinstance(words, str) else words[0]
