"""Stock, one part, the catalogue and their forms as a browser meets them."""

from decimal import Decimal

import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from servicelane.kernel.models import Event
from servicelane.parts import purposes
from servicelane.parts.catalogue_services import PartDetails, add_part
from servicelane.parts.models import Movement, Part, StockItem
from servicelane.parts.purposes import Purpose, describe
from servicelane.parts.reservation_services import reserve
from servicelane.parts.services import issue, receive
from servicelane.people.models import Employee, Membership
from servicelane.people.roles import Role
from tests.parts.conftest import LINE
from tests.screen import Screen


@pytest.fixture
def he(cast) -> Screen:
    """The browser of the parts clerk of Shinan."""
    return Screen(cast.he)


@pytest.fixture
def other(cast) -> Screen:
    """The browser of the service manager of Laoshan."""
    Membership.objects.create(employee=cast.gao, store=cast.laoshan, role=Role.SERVICE_MANAGER)
    return Screen(cast.gao)


def page(name: str, item: StockItem) -> str:
    return reverse(f"parts:{name}", args=[item.pk])


def queries(screen: Screen, url: str) -> int:
    from django.db import connection

    with CaptureQueriesContext(connection) as asked:
        assert screen.get(url).status_code == 200
    return len(asked)


def more(cast, count: int) -> None:
    """That many further parts in stock."""
    for number in range(count):
        details = PartDetails(f"X-{number}", "件", "part", Decimal(10))
        receive(cast.shinan, add_part(cast.group, details, by=None), Decimal(1), Decimal(1), by=None)


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "前刹车片"), ("en", "front brake pads")])
def test_the_stock_shows_what_is_free_and_hides_the_cost_without_the_right(cast, stock, language, words):
    reserve(cast.shinan, stock.part, Decimal(4), for_type=LINE, for_id=1, by=cast.chen)
    Employee.objects.filter(pk__in=[cast.he.pk, cast.chen.pk]).update(language=language)

    clerk, advisor = (Screen(who).get(reverse("parts:stock")).text for who in (cast.he, cast.chen))

    assert words in clerk
    assert ">6</b>" in clerk
    assert "¥100.00" in clerk
    assert "¥468.00" in advisor
    assert "¥100.00" not in advisor
    assert reverse("parts:new") not in advisor


def test_the_list_costs_the_same_for_few_and_for_many(cast, he, stock):
    more(cast, 4)
    queries(he, reverse("parts:stock"))
    few = queries(he, reverse("parts:stock"))
    more_stock = [f"Y-{number}" for number in range(45)]
    for number in more_stock:
        part = add_part(cast.group, PartDetails(number, "件", "part", Decimal(10)), by=None)
        receive(cast.shinan, part, Decimal(1), Decimal(1), by=None)

    assert queries(he, reverse("parts:stock")) == few


def test_the_ledger_of_a_part_costs_the_same_for_few_and_for_many(cast, he, stock):
    def book(times):
        for _ in range(times):
            receive(cast.shinan, stock.part, Decimal(1), Decimal(1), by=cast.he)

    book(4)
    queries(he, page("item", stock))
    few = queries(he, page("item", stock))
    book(18)
    assert queries(he, page("item", stock)) == few
    book(30)
    assert "?page=2" in he.get(page("item", stock)).text


def test_parts_are_found_by_number_name_and_bin_and_what_is_short(cast, he, stock):
    more(cast, 2)
    url = reverse("parts:stock")
    StockItem.objects.filter(pk=stock.pk).update(bin="A-07", is_short=True)

    for asked in ({"q": "t-pad"}, {"q": "刹车"}, {"q": "Brake"}, {"q": "a-07"}, {"short": "on"}):
        found = he.get(url, asked).context["page"].object_list
        assert [item.part.number for item in found] == ["T-PAD-9"], asked
    assert len(he.get(url, {"kind": "genuine"}).context["page"].object_list) == 3
    assert "清除筛选" in he.get(url, {"q": "nothing like it"}).text


def test_an_empty_stock_says_how_to_begin(cast, he):
    text = he.get(reverse("parts:stock")).text
    assert "从包装上的配件编号开始" in text
    assert reverse("parts:new") in text


def test_a_part_of_the_catalogue_that_the_store_lacks_is_offered_and_kept(cast, he, pads):
    text = he.get(reverse("parts:stock"), {"q": "T-PAD"}).text
    assert f"{reverse('parts:keep')}?number=T-PAD-9" in text

    assert he.post(reverse("parts:keep"), {"number": "NO-SUCH", "bin": ""}).status_code == 422
    answer = he.post(reverse("parts:keep"), {"number": "t-pad-9", "bin": "B-2", "min_quantity": "3"})
    item = StockItem.objects.get(part=pads)
    assert answer["Location"] == page("item", item)
    assert (item.store, item.bin, item.min_quantity) == (cast.shinan, "B-2", 3)
    again = he.post(reverse("parts:keep"), {"number": "T-PAD-9"}, headers={"hx-request": "true"})
    assert (again.status_code, again["HX-Retarget"]) == (422, "#problem")


NEW = {
    "number": "n-1",
    "name_zh": "滤芯",
    "name_en": "filter",
    "kind": "genuine",
    "unit": "piece",
    "price": "46.00",
    "vat_rate": "0.1300",
    "bin": "A-1",
    "min_quantity": "",
}


def test_a_part_is_added_to_the_catalogue_and_kept_here(cast, he):
    answer = he.post(reverse("parts:new"), NEW)

    item = StockItem.objects.get(part__number="N-1")
    assert answer["Location"] == page("item", item)
    assert (item.part.price, item.bin, item.on_hand) == (Decimal("46.00"), "A-1", 0)
    text = he.get(page("item", item)).text
    assert "这里将列出每一次入库" in text


@pytest.mark.parametrize(
    "wrong",
    [{"number": ""}, {"number": "é"}, {"price": "-1"}, {"price": "1.001"}, {"price": "1e12"}, {"kind": "x"},
     {"vat_rate": "0.99"}, {"superseded_by": "NO-SUCH"}, {"bin": "!"}, {"min_quantity": "-1"}],
)  # fmt: skip
def test_a_bad_part_keeps_what_was_typed(cast, he, wrong):
    before = Part.objects.count()

    answer = he.post(reverse("parts:new"), {**NEW, **wrong})

    assert answer.status_code == 422
    assert 'value="滤芯"' in answer.text
    assert Part.objects.count() == before


def test_a_part_is_changed_and_an_older_form_is_refused(cast, he, stock):
    new = add_part(cast.group, PartDetails("T-PAD-10", "新", "new", Decimal(1)), by=None)
    sent = {**NEW, "number": "T-PAD-9", "superseded_by": "t-pad-10", "version": stock.part.version}

    assert 'value="468.00"' in he.get(page("change", stock)).text
    assert he.post(page("change", stock), sent)["Location"] == page("item", stock)
    assert he.post(page("change", stock), {**sent, "price": "9"}).status_code == 409
    part = Part.objects.get(pk=stock.part_id)
    assert (part.price, part.superseded_by) == (Decimal("46.00"), new)
    assert "T-PAD-10" in he.get(page("item", stock)).text


def test_a_rate_of_former_years_is_kept_when_the_rest_is_changed(cast, he, stock):
    Part.objects.filter(pk=stock.part_id).update(vat_rate=Decimal("0.1600"))
    assert '<option value="0.1600" selected>' in he.get(page("change", stock)).text


def test_a_delivery_is_booked_in_from_the_page_of_the_part(cast, he, stock):
    sent = {"quantity": "5", "unit_cost": "130.50", "reference": "DN-88"}

    assert he.post(page("receive", stock), sent)["Location"] == page("item", stock)
    text = he.get(page("item", stock)).text
    assert "DN-88" in text
    assert "+5" in text
    assert StockItem.objects.get(pk=stock.pk).unit_cost == Decimal("110.166667")


@pytest.mark.parametrize(
    "wrong", [{"quantity": "0"}, {"quantity": "1.0001"}, {"quantity": "1e9"}, {"unit_cost": ""}]
)
def test_a_bad_delivery_is_drawn_again_with_what_was_typed(he, stock, wrong):
    before = Movement.objects.count()

    answer = he.post(
        page("receive", stock), {"quantity": "5", "unit_cost": "1", "reference": "DN-9", **wrong}
    )

    assert answer.status_code == 422
    assert 'value="DN-9"' in answer.text
    assert Movement.objects.count() == before


def test_stock_is_corrected_to_the_count_unless_it_moved_meanwhile(cast, he, stock):
    sent = {"counted": "9", "reason": "count", "note": "两人复盘", "version": stock.version}
    assert f'value="{stock.version}"' in he.get(page("adjust", stock)).text

    assert he.post(page("adjust", stock), sent).status_code == 302
    assert he.post(page("adjust", stock), {**sent, "counted": "8"}).status_code == 409
    assert he.post(page("adjust", stock), {**sent, "version": "", "reason": "own_use"}).status_code == 422
    assert StockItem.objects.get(pk=stock.pk).on_hand == 9


def test_the_workshop_takes_out_what_is_free_and_the_manager_more(cast, he, stock):
    manager = Screen(cast.gu)
    sent = {"quantity": "11", "reason": "own_use", "note": ""}

    refused = he.post(page("take_out", stock), sent, headers={"hx-request": "true"})
    assert (refused.status_code, refused["HX-Retarget"]) == (422, "#problem")
    assert page("take_out_below_zero", stock) not in he.get(page("take_out", stock)).text
    assert he.post(page("take_out_below_zero", stock), sent).status_code == 403
    assert page("take_out_below_zero", stock) in manager.get(page("take_out", stock)).text
    assert manager.post(page("take_out_below_zero", stock), sent).status_code == 302
    assert StockItem.objects.get(pk=stock.pk).on_hand == -1
    assert "低于零" in he.get(page("item", stock)).text


def test_the_place_is_changed(he, stock):
    sent = {"bin": "C-9", "min_quantity": "2.5", "version": stock.version}
    assert he.post(page("place", stock), sent).status_code == 302
    assert (StockItem.objects.get(pk=stock.pk).bin, he.post(page("place", stock), sent).status_code) == (
        "C-9",
        302,
    )
    assert 'value="2.5"' in he.get(page("place", stock)).text


def test_a_movement_says_what_it_is_for_once_an_app_describes_it(cast, he, stock, monkeypatch):
    reserve(cast.shinan, stock.part, Decimal(2), for_type="tests.line", for_id=5, by=cast.chen)
    issue(cast.shinan, stock.part, Decimal(1), for_type="tests.line", for_id=5, by=cast.he)
    assert "用于工单" in he.get(page("item", stock)).text

    monkeypatch.setattr(purposes, "_describers", {})
    describe("tests.line", lambda ids: {pk: Purpose(f"RO-{pk}", "/orders/5/") for pk in ids})
    text = he.get(page("item", stock)).text
    assert text.count("RO-5") == 2
    assert 'href="/orders/5/"' in text


def test_the_value_of_the_stock_adds_up(cast, he, stock):
    more(cast, 3)
    answer = he.get(reverse("parts:worth"))
    assert answer.context["total"] == Decimal("1003.00")
    assert "¥1,003.00" in answer.text
    assert Screen(cast.chen).get(reverse("parts:worth")).status_code == 403


@pytest.mark.parametrize(
    "name", ["item", "receive", "adjust", "take_out", "take_out_below_zero", "change", "place"]
)
def test_stock_of_another_store_is_not_there(other, stock, name):
    facts = Event.objects.count()
    if name != "receive":
        assert other.get(page(name, stock)).status_code == 404
    if name != "item":
        assert other.post(page(name, stock), {**NEW, "quantity": "1", "unit_cost": "1"}).status_code == 404
    assert Event.objects.count() == facts
