"""Every form met with odd text, a double click, an old page: it is taken as it is, or refused in words."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.urls import reverse

from servicelane.kernel.models import Answer, Event
from servicelane.org.models import Bay
from servicelane.people.models import Employee, Shift
from tests.access.forms import TEXTS, Sent, boss_forms
from tests.access.markup import Markup
from tests.access.rows import digest
from tests.access.stores import Stores
from tests.access.visitor import Visitor, visitor
from tests.unchanged import Writes
from tests.undrawn import undrawn

ODD = {
    "emoji": "修🚗👩🏽‍🔧",
    "full-width digits": "１２３",
    "right to left": "אב\u202eגד",
    "markup": "<b>&amp;</b>",
    "quotes": 'O\'Neil "x" ; -- %s {0}',
    "lone surrogate": "a\ud800b",
    "combining": "e\u0301" * 6,
    "spaces": "\u3000 \t",
}


KEYS = {"once", "csrfmiddlewaretoken", "next"}
KEPT = {"emoji", "markup", "quotes"}
"""What a name or a note may hold, and is then kept to the last sign."""


@pytest.fixture
def client(stores: Stores) -> Visitor:
    # To find them somebody signs in, which is a write.
    boss_forms(stores)
    return visitor(stores.own.boss)


def test_odd_text_comes_back_as_it_was_or_is_refused(stores: Stores, client: Visitor) -> None:
    kept: set[str] = set()
    for asked, sent in enumerate(boss_forms(stores)):
        if not sent.texts:
            continue
        # A session that was rolled back is signed out.
        client = visitor(Employee.objects.get(pk=stores.own.boss.pk))
        for kind, text in _odd(asked):
            whole = {name: text[: sent.form.fields[name].longest or 200] for name in sent.texts}
            for more in (whole, *({name: typed} for name, typed in whole.items() if kind == "emoji")):
                with transaction.atomic():
                    answer = _post(client, sent, more)
                    if answer.status_code in (200, 302) and more and kind in KEPT:
                        rows = {typed for typed in set(more.values()) if _is_kept(typed)}
                        lost = {name: typed for name, typed in more.items() if typed not in rows}
                        assert not lost, f"{sent.url} takes {kind} otherwise: {lost}"
                        kept.add(kind)
                    transaction.set_rollback(True)
                assert answer.status_code in (200, 302, 422), f"{sent.url} {kind}: {answer.status_code}"
                assert reverse("account_login") not in answer.get("Location", ""), f"{sent.url} signs out"
                if answer.status_code == 422 and kind in KEPT:
                    assert _is_shown_again(answer, more), f"{sent.url} {kind}: what was typed is gone"
    assert kept == KEPT


def _odd(asked: int) -> list[tuple[str, str]]:
    """What the form of this number is met with: an emoji, and two or three of the others in turn.

    TEST_LONG=1 meets every form with all.
    """
    others = [kind for kind in ODD if kind != "emoji"]
    if not os.environ.get("TEST_LONG"):
        others = others[asked % 3 :: 3]
    return [(kind, text) for kind, text in ODD.items() if kind == "emoji" or kind in others]


def _post(client: Visitor, sent: Sent, more: dict[str, Any]) -> Any:
    values = {**sent.values(), "once": uuid4().hex, **more}
    try:
        return client.post(sent.url, values)
    except UnicodeEncodeError:
        # A browser never sends one; a program can, as the bytes of its code point.
        raw = urlencode(values, errors="surrogatepass", encoding="utf-8")
        return client.post(sent.url, raw, content_type="application/x-www-form-urlencoded")


def _is_kept(text: str) -> bool:
    """Whether the text stands in a row, as it was typed. One query over the text columns of all tables."""
    quoted = connection.ops.quote_name
    held = []
    for model in apps.get_models():
        columns = [
            quoted(field.column)
            for field in model._meta.concrete_fields
            if field.get_internal_type() in ("CharField", "TextField")
        ]
        if columns and model.__module__.startswith("servicelane."):
            table = quoted(model._meta.db_table)
            held.append(f"EXISTS (SELECT 1 FROM {table} WHERE %s IN ({', '.join(columns)}))")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {' OR '.join(held)}", [text] * len(held))
        return bool(cursor.fetchone()[0])


def _is_shown_again(answer: Any, typed: dict[str, str]) -> bool:
    """Whether the refused form is drawn with what was typed; a refusal of a rule draws none."""
    drawn = [form for form in Markup(answer.content.decode()).forms if set(typed) <= set(form.fields)]
    return not drawn or any(
        all(form.fields[name].value.strip() == text.strip() for name, text in typed.items()) for form in drawn
    )


def test_a_double_click_is_one_request(stores: Stores, client: Visitor) -> None:
    """Every form sent twice with one key: one effect, the same answer."""
    doubled = 0
    for sent in boss_forms(stores):
        if "once" not in sent.form.fields:
            continue
        with transaction.atomic():
            values = {**sent.values(), "once": uuid4().hex}
            with undrawn():
                first = client.post(sent.url, values)
            answers, writes = Answer.objects.count(), Writes()
            with undrawn(), connection.execute_wrapper(writes):
                again = client.post(sent.url, values)
            # That the key is taken is what asking to keep an answer once more finds out.
            standing = [sql for sql in writes.standing if "INTO kernel_answer" not in sql]
            assert (standing, Answer.objects.count()) == ([], answers), f"{sent.url} had two effects"
            if first.status_code < 400:
                doubled += 1
                assert again.status_code == first.status_code, sent.url
                assert again.get("Location") == first.get("Location"), sent.url
                assert again["Idempotent-Replay"] == "true", sent.url
            transaction.set_rollback(True)
        client = visitor(Employee.objects.get(pk=stores.own.boss.pk))
    assert doubled > 12


def test_a_form_without_its_key_does_nothing(stores: Stores, client: Visitor) -> None:
    before = Event.objects.count(), digest(stores.own)
    for sent in boss_forms(stores):
        if "once" not in sent.form.fields:
            continue
        values = {name: value for name, value in sent.values().items() if name != "once"}
        for extra in ({}, {"HTTP_HX_REQUEST": "true"}):
            answer = client.post(sent.url, values, **extra)
            assert answer.status_code == 409, f"{sent.url}: {answer.status_code}"
            assert "one-time key" in answer.content.decode()
    assert (Event.objects.count(), digest(stores.own)) == before
    assert Answer.objects.count() == 0


def test_a_refused_form_may_be_sent_again_with_its_key(stores: Stores, client: Visitor) -> None:
    url, key = reverse("org:bay_new"), uuid4().hex
    for body, status in (({"code": "no spaces"}, 422), ({"code": "OWN-B1"}, 422), ({"code": "OWN-N1"}, 302)):
        assert client.post(url, {"kind": "lift", "once": key, **body}).status_code == status, body
        assert Answer.objects.count() == (status == 302)


def test_an_old_page_does_not_overwrite_a_new_row(stores: Stores, client: Visitor) -> None:
    """Every form with a version, sent with the one before: 409, nothing changed, the page can be had back."""
    refused = []
    before = Event.objects.count(), digest(stores.own)
    for sent in boss_forms(stores):
        if "version" not in sent.form.fields or not sent.form.fields["version"].value:
            continue
        seen = int(sent.form.fields["version"].value)
        values = {**sent.values(), "version": str(seen - 1)}
        page = client.post(sent.url, {**values, "once": uuid4().hex})
        panel = client.post(sent.url, {**values, "once": uuid4().hex}, HTTP_HX_REQUEST="true")
        if page.status_code == 422:
            # What is typed for it here does not fit its shape, whatever the version.
            again = client.post(sent.url, {**values, "version": str(seen), "once": uuid4().hex})
            assert again.status_code == 422, sent.url
            continue
        assert (page.status_code, panel.status_code) == (409, 409), f"{sent.url}: {page.status_code}"
        assert panel["HX-Retarget"] == "#problem", "the form with what was typed stays where it is"
        assert "What you typed is kept." in panel.content.decode()
        assert "data-back" in page.content.decode() or "history" in page.content.decode(), sent.url
        assert Event.objects.count() == before[0], sent.url
        refused.append(sent.url)
    assert (Event.objects.count(), digest(stores.own)) == before
    assert len(refused) >= 20


def test_ids_out_of_range_are_not_there(stores: Stores, client: Visitor) -> None:
    for pk in (0, 2**31, 2**63 - 1, 2**63, 2**64, 10**30):
        for name in ("org:bay", "org:store", "people:person", "people:shift", "fact"):
            answer = client.get(reverse(name, args=[pk]), HTTP_HX_REQUEST="true")
            assert answer.status_code == 404, f"{name} {pk}"
    assert client.get("/settings/bays/" + "9" * 5000 + "/").status_code == 404
    for query in ({"week": "2031-W99"}, {"week": "0000-W01"}, {"week": "9999-W53"}, {"week": "２０３１-W01"}):
        assert client.get(reverse("people:shifts"), query).status_code == 200, query
    for year in ("0", "-1", "99999999999999999999", "２０３１", "x"):
        assert client.get(reverse("org:calendar"), {"year": year}).status_code == 200, year
    for page in ("0", "-1", "x", "99999999999999999999"):
        assert client.get(reverse("people:list"), {"page": page}).status_code == 200, page
    for before in ("0", "-1", "x", str(2**63), str(2**64)):
        assert client.get(reverse("facts"), {"before": before}).status_code == 200, before
    for word in ("%", "_", "\\", "(", "[a-", "*", "' OR 1=1 --", "🚗", "a" * 5000, "\ud800"):
        raw = word.encode("utf-8", "surrogatepass")
        assert client.get(reverse("search"), {"q": raw}).status_code == 200, word
        assert client.get(reverse("people:list"), {"q": raw}).status_code == 200, word


def test_posted_numbers_out_of_range_are_refused(stores: Stores, client: Visitor) -> None:
    client.trying = True
    rows = Bay.objects.count(), Shift.objects.count()
    for sent in boss_forms(stores):
        drawn = sent.form.fields.items()
        numbers = [name for name, one in drawn if one.kind not in TEXTS and name not in KEYS]
        for value in ("-1", "99999999999999999999", "1e9", "٣", "0001-01-01", "9999-12-31", "25:61", "x"):
            answer = _post(client, sent, dict.fromkeys(numbers, value))
            assert answer.status_code < 500, f"{sent.url} {numbers} = {value}"
        for name in numbers:
            answer = _post(client, sent, {name: "99999999999999999999"})
            assert answer.status_code < 500, f"{sent.url} {name}"
    assert (Bay.objects.count(), Shift.objects.count()) == rows
