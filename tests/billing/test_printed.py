"""The forms as PDF: what stands on them, on how many pages, in which language, for whom."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pytest
from django.urls import reverse
from pypdf import PdfReader

from servicelane.billing.exit_services import Collector, issue_exit_pass
from servicelane.billing.invoice_services import Settlement, settle
from servicelane.billing.models import ExitPass, Invoice, Way
from servicelane.billing.payment_services import Paid, take_payment
from servicelane.channels.printing.forms import Column, Facts, Form, Letterhead, Row, Sign, Signs, Table, Text
from servicelane.channels.printing.typesetting import pdf, qr_code
from servicelane.kernel.clock import now
from servicelane.orders.models import PayType, RepairOrder
from servicelane.reception.models import Damage
from servicelane.workshop.models import QualityCheck
from tests.billing.conftest import again, invoice_of
from tests.screen import Screen

HOSTILE = '#let x = 1 $a^2$ \\ *bold* _it_ @ref <tag> = h `raw` // c /* d */ #panic("no") ~ -- "q"'


def read(answer):
    assert answer.status_code == 200, answer.status_code
    assert answer["Content-Type"] == "application/pdf"
    return pages_of(answer.content)


def pages_of(content):
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def plain(text):
    """Text without what a line break or a place to break puts into it."""
    return re.sub(r"[\s\u200b]", "", text)


@pytest.fixture
def settled(shop, ready):
    order = ready(("1000", PayType.CUSTOMER), parts=True)
    RepairOrder.objects.filter(pk=order.pk).update(words=HOSTILE)
    check = QualityCheck.objects.create(
        order=order, inspector=shop.chen, passed=False, faults=["leak"], words=HOSTILE, inspected_at=now()
    )
    Damage.objects.create(order=order, kind="dent", zone="bonnet", x=500, y=150, note="*5 cm* #x")
    settle(again(order), Settlement(Decimal(10), "eighth visit"), by=shop.chen)
    invoice = invoice_of(again(order))
    take_payment(invoice, Paid(Way.CASH, Decimal(40), "R-1"), by=shop.shen)
    take_payment(invoice, Paid(Way.ON_ACCOUNT, invoice.open, "fleet contract"), by=shop.gu)
    released = issue_exit_pass(again(order), Collector("$张*大*全"), by=shop.shen)
    return again(order), invoice_of(again(order)), released, check


def addresses(settled):
    order, invoice, released, check = settled
    return {
        "F01": reverse("orders:repair_order_pdf", args=[order.pk]),
        "F03": reverse("orders:estimate_pdf", args=[order.estimates.get().pk]),
        "F05": reverse("billing:settlement_pdf", args=[invoice.pk]),
        "F07": reverse("billing:exit_pass_pdf", args=[released.pk]),
        "F14": reverse("reception:walk_around_pdf", args=[order.pk]),
        "F21": reverse("workshop:inspection_pdf", args=[check.pk]),
    }


def test_each_form_says_what_it_must_in_the_language_asked_for(shop, settled):
    order, invoice, released, _ = settled
    chen, urls = Screen(shop.gu), addresses(settled)
    titles = {
        "F01": ("委托维修派工单", "Repair order"),
        "F03": ("维修估价单", "Estimate only, final amount by settlement."),
        "F05": ("维修结算单", "Settlement list"),
        "F07": ("出厂通知单", "Exit pass"),
        "F14": ("随车物品及环车检查单", "Belongings and walk-around"),
        "F21": ("返工单", "Rework order"),
    }
    for code, address in urls.items():
        for lang, title in zip(("zh", "en"), titles[code], strict=True):
            (page,) = read(chen.get(f"{address}?lang={lang}"))
            assert plain(title) in plain(page), (code, lang)
            assert order.vehicle.plate in page
            assert order.store.name_zh in page if lang == "zh" else order.store.name_en in page
            assert order.customer.mobile not in page
            assert ("第 1 页，共 1 页" if lang == "zh" else "Page 1 of 1") in page

    (money,) = read(chen.get(urls["F05"] + "?lang=en"))
    for amount in (invoice.gross, invoice.net, invoice.tax, invoice.discount, invoice.owed):
        assert f"¥{amount:,.2f}" in money
    assert "元" in money
    assert "labour" in money
    assert "parts" in money
    (gate,) = read(chen.get(urls["F07"] + "?lang=en"))
    assert "fleet contract" in gate
    assert "$张*大*全" in gate
    assert released.number in gate


def test_odd_text_comes_out_as_text(shop, settled):
    boss, urls = Screen(shop.gu), addresses(settled)

    for code in ("F01", "F03", "F21"):
        (page,) = read(boss.get(urls[code]))
        assert plain(HOSTILE) in plain(page), code
    assert plain("*5 cm* #x") in plain(read(boss.get(urls["F14"]))[0])


def test_a_pdf_is_shown_in_the_browser_and_guessed_as_nothing_else(shop, settled):
    answer = Screen(shop.gu).get(addresses(settled)["F05"])

    assert answer["Content-Disposition"] == f'inline; filename="{settled[1].number}.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]


def test_who_may_not_see_money_gets_no_settlement_list(shop, settled):
    technician = Screen(shop.tao)

    assert technician.get(addresses(settled)["F05"]).status_code in (403, 404)
    page = technician.get(reverse("orders:order", args=[settled[0].pk])).text
    assert addresses(settled)["F01"] in page
    assert addresses(settled)["F05"] not in page
    assert (
        addresses(settled)["F05"] in Screen(shop.gu).get(reverse("orders:order", args=[settled[0].pk])).text
    )


def form(lines):
    columns = [Column("job"), Column("price", "25mm", end=True)]
    table = Table(columns, [Row([f"line {n} {'W' * 80}", "1.00"]) for n in range(lines)])
    signs = Signs([Sign("here", strokes=[[1, 2]])])
    blocks = [Facts([("name", "V" * 300)]), Text("words", "x"), table, signs]
    opens, words = "http://testserver/x", "{page} of {pages}"
    return Form(Letterhead("Haus"), "Form", "N-1", opens, blocks, page_words=words, lang="en")


def test_120_lines_go_over_pages_that_each_have_their_head_and_number():
    pages = pages_of(pdf(form(120)))

    assert len(pages_of(pdf(form(1)))) == 1
    assert len(pages) > 2
    for n, page in enumerate(pages, 1):
        assert f"{n} of {len(pages)}" in page
        assert "Haus" in page
        assert "N-1" in page
    assert all("price" in page for page in pages[:-1])
    assert "line 0 " in pages[0]
    assert "line 119 " in "".join(pages[1:])


def test_nothing_runs_out_of_the_page():
    reader = PdfReader(io.BytesIO(pdf(form(3))))
    places = []
    reader.pages[0].extract_text(visitor_text=lambda text, cm, tm, *_: places.append((text, tm[4])))

    words = "".join(text for text, _ in places).replace("\u200b", "")
    assert words.count("V") == 300
    # A line of 300 letters was broken: no piece of it is wider than the page.
    assert max(len(line) for page in pages_of(pdf(form(3))) for line in page.split("\n")) < 120


def test_the_code_holds_the_address_asked(monkeypatch, shop, settled):
    seen = []
    monkeypatch.setattr(
        "servicelane.channels.printing.typesetting.qr_code", lambda text: seen.append(text) or qr_code(text)
    )
    Screen(shop.gu).get(addresses(settled)["F05"])

    assert seen == [f"http://testserver{reverse('billing:invoice', args=[settled[1].pk])}"]


def test_another_stores_forms_do_not_exist(stores):
    boss = Screen(stores.own.boss)
    other = stores.other

    for name, model in (("settlement_pdf", Invoice), ("exit_pass_pdf", ExitPass)):
        assert boss.get(reverse(f"billing:{name}", args=[other.pk(model)])).status_code == 404
        assert boss.get(reverse(f"billing:{name}", args=[stores.own.pk(model)])).status_code == 200
