"""Every page speaks one language: no Chinese in English, no English in Chinese, but what people typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from django.urls import reverse
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

import servicelane
from servicelane.demo.cast import PARTS
from servicelane.kernel.clock import now
from servicelane.kernel.events import kinds
from servicelane.kernel.models import Event
from servicelane.org.models import Bay, Region, Store
from servicelane.org.services import take_bay_out_of_service
from servicelane.people.models import Certificate, Employee, EmployeeSkill, Membership, Shift, Terminal
from servicelane.people.sign_in_services import register_terminal
from tests.access.markup import Markup, Text
from tests.access.pages import pages
from tests.access.stores import Side, Stores
from tests.access.visitor import Visitor, visitor

CJK = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
LATIN = re.compile(r"[A-Za-z]{2,}")

KNOWN = {
    "VIN", "RO", "CSI", "PIN", "API", "ServiceLane", "EN", "English", "Ctrl", "SHA", "ID", "Asia", "Shanghai",
    "SN", "LS", "KPI",
}  # fmt: skip
"""Latin words that Chinese readers use as they are: abbreviations, names, the other language's name."""
CODES = re.compile(r"^(?:[a-z]+(?:[._/-][A-Za-z0-9_]+)+|v?\d+(\.\d+)+|[A-Z]{2}-\d{4}-\d+|[A-Z]{1,3}\d+)$")
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
        Event: Event.objects.filter(store_id=store.pk).first(),
    }  # type: ignore[dict-item]
    return side


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
        ("people, nobody", boss, f"{reverse('people:list')}?q=xyzzy"),
        ("year not announced", boss, f"{reverse('org:calendar')}?year=2040"),
    ):
        yield name, client.get(path).content.decode()
    for before in (60, 120, 10**6):
        yield "facts", boss.get(reverse("facts"), {"before": before}).content.decode()


def _content(client: Visitor, method: str, url: str) -> str:
    answer = client.send(method, url)
    return "" if answer.get("Content-Type", "").startswith("application/json") else answer.content.decode()


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
    """Take what people typed out of a title or label: no mark can stand there, it stands elsewhere."""
    if text.place != "title" and "[" not in text.place:
        return text
    words = text.words
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
