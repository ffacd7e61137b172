"""Customers' and vehicles' files as a browser meets them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from servicelane.customers import panels
from servicelane.customers.customer_services import CustomerDetails, add_customer, serve
from servicelane.customers.models import Customer, Vehicle
from servicelane.customers.panels import Panel, customer_panel
from servicelane.customers.queries import owner_of
from servicelane.customers.vehicle_services import VehicleDetails, add_vehicle
from servicelane.kernel.models import Answer, Event
from servicelane.org.queries import forget_zones
from tests.screen import Screen

NEW = {
    "name": "刘洋",
    "kind": "person",
    "salutation": "ms",
    "mobile": "154 0000 8765",
    "contact_way": "any",
    "language": "zh-hans",
}


@pytest.fixture
def chen(cast) -> Screen:
    """The browser of an advisor of Shinan."""
    return Screen(cast.chen)


def page(name, row, *more):
    return reverse(f"customers:{name}", args=[row.pk, *more])


def text(answer):
    return answer.content.decode()


def test_the_list_shows_own_files_with_masked_numbers(cast, chen, zhang, car):
    shown = text(chen.get(reverse("customers:list")))
    assert "张伟" in shown
    assert "154****3456" in shown
    assert "15400003456" not in shown
    assert 'aria-label="鲁 B 6 F 8 2 K"' in shown
    assert "张伟" in text(chen.get(reverse("customers:list"), {"q": "82k"}))
    assert "张伟" not in text(chen.get(reverse("customers:list"), {"q": "钱"}))


def test_the_list_costs_the_same_for_five_and_for_fifty(cast, chen, zhang, car):
    def cost():
        forget_zones()  # so that the reading that follows is remembered for all of the counted one
        chen.get(reverse("customers:list"))
        with CaptureQueriesContext(connection) as caught:
            chen.get(reverse("customers:list"))
        return len(caught)

    def add(first, last):
        for number in range(first, last):
            person = add_customer(cast.shinan, CustomerDetails(f"客户{number}"), by=None)
            add_vehicle(cast.shinan, VehicleDetails(f"鲁B{number:05}"), owner=person, by=None)

    add(0, 5)
    few = cost()
    add(5, 49)
    assert cost() == few


def test_no_page_shows_a_full_number_but_the_recorded_look_up(cast, chen, zhang, car):
    for url in (page("customer", zhang), page("change", zhang), page("vehicle", car)):
        assert "15400003456" not in text(chen.get(url))
    assert chen.post(page("show_phone", zhang)).status_code == 302
    shown = text(chen.get(page("customer", zhang)))
    assert "15400003456" in shown
    assert "15400003456" not in text(Screen(cast.fang).get(page("customer", zhang)))
    assert Event.objects.about(zhang).filter(kind="customers.phone_shown").count() == 1
    assert not [row for row in Answer.objects.all() if "15400003456" in row.body]
    other = add_customer(cast.shinan, CustomerDetails("王芳", mobile="15400001111"), by=cast.chen)
    assert "15400001111" not in text(chen.get(page("customer", other)))
    assert Screen(cast.shen).post(page("show_phone", zhang)).status_code == 403


def test_a_customer_is_added(cast, chen):
    answer = chen.post(reverse("customers:new"), NEW)
    added = Customer.objects.get(name="刘洋")
    assert answer["Location"] == page("customer", added)
    assert (added.mobile, added.salutation) == ("15400008765", "ms")


def test_a_doubt_stands_beside_its_field_and_keeps_what_was_typed(cast, chen):
    answer = chen.post(reverse("customers:new"), {**NEW, "mobile": "12345"})
    assert answer.status_code == 422
    shown = text(answer)
    assert 'value="12345"' in shown
    assert 'name="mobile_reason"' in shown
    assert "field-doubt" in shown
    assert not Customer.objects.filter(name="刘洋").exists()

    chen.post(reverse("customers:new"), {**NEW, "mobile": "12345", "mobile_reason": "on_paper"})
    assert Customer.objects.get(name="刘洋").mobile_doubt == "on_paper"
    assert 'name="mobile_reason"' not in text(chen.get(reverse("customers:new")))


def test_numbers_stay_when_nothing_is_typed_and_go_with_a_hyphen(cast, chen, zhang):
    form = {**NEW, "name": "张伟", "mobile": "", "version": zhang.version}
    chen.post(page("change", zhang), form)
    zhang.refresh_from_db()
    assert (zhang.mobile, zhang.salutation) == ("15400003456", "ms")
    chen.post(page("change", zhang), {**form, "mobile": "-", "version": zhang.version})
    zhang.refresh_from_db()
    assert zhang.mobile == ""


def test_two_people_change_one_file_and_the_second_is_told(cast, chen, zhang):
    form = {**NEW, "mobile": "", "version": 1}
    assert chen.post(page("change", zhang), {**form, "name": "张巍"}).status_code == 302
    assert chen.post(page("change", zhang), {**form, "name": "章伟"}).status_code == 409
    zhang.refresh_from_db()
    assert zhang.name == "张巍"


def test_a_car_is_added_with_a_question_back_about_a_plate_another_car_has(cast, chen, zhang, car):
    url = page("vehicle_new", zhang)
    asked = chen.post(url, {"plate": "鲁B6F82K", "vin": "LRWTMJ4P3TR086853"})
    assert asked.status_code == 422
    assert 'name="plate_reason"' in text(asked)
    assert 'name="vin_reason"' not in text(asked)
    sure = {"plate": "鲁B6F82K", "vin": "LRWTMJ4P3TR086853", "plate_reason": "on_paper"}
    added = chen.post(url, sure)
    vehicle = Vehicle.objects.get(plate="鲁B6F82K")
    assert added["Location"] == page("vehicle", vehicle)
    assert vehicle != car
    assert chen.post(url, {"plate": " "}).status_code == 422


def test_a_car_is_changed_and_its_plate_kind_follows_a_new_plate(cast, chen, car):
    form = {"plate": "鲁BD12345", "vin": car.vin, "plate_kind": "ordinary", "colour": "白", "version": 1}
    assert chen.post(page("vehicle_change", car), form).status_code == 302
    car.refresh_from_db()
    assert (car.plate_kind, car.colour) == ("new_energy", "白")
    assert "白" in text(chen.get(page("vehicle", car)))
    chen.post(page("vehicle_change", car), {**form, "plate_kind": "large", "version": 2})
    car.refresh_from_db()
    assert car.plate_kind == "large"


def test_an_odometer_is_noted_and_does_not_go_back(cast, chen, car):
    chen.post(page("odometer", car), {"km": "36940"})
    assert "36,940 km" in text(chen.get(page("vehicle", car)))
    assert chen.post(page("odometer", car), {"km": "100"}).status_code == 422
    assert chen.post(page("odometer", car), {"km": "-5"}).status_code == 422


def test_drivers_come_and_go_and_owners_change(cast, chen, zhang, car):
    form = {"party": "driver", "name": "小王", "mobile": "15400004444"}
    chen.post(page("party_new", car), form)
    seat = car.parties.get(role="driver")
    assert seat.customer.name == "小王"
    chen.post(page("party_end", car, seat.pk))
    seat.refresh_from_db()
    assert seat.until is not None
    assert chen.post(page("party_end", car, car.parties.get(role="owner").pk)).status_code == 404
    assert chen.post(page("party_new", car), {**form, "mobile": "1"}).status_code == 422
    chen.post(page("party_new", car), {**form, "party": "owner"})
    assert owner_of(car).name == "小王"
    assert "张伟" in text(chen.get(page("vehicle", car)))


def test_consent_and_confirmation_are_one_tap(cast, chen, zhang):
    chen.post(page("consent", zhang), {"given": "yes", "way": "signed"})
    assert zhang.may_be_contacted
    assert chen.post(page("consent", zhang), {"given": "maybe"}).status_code == 422
    chen.post(page("confirm", zhang))
    zhang.refresh_from_db()
    assert zhang.confirmed_on is not None


def test_a_file_of_another_store_is_offered_by_its_whole_number_and_taken_over(cast, zhang, car):
    wu = Screen(cast.wu)
    serve(zhang, cast.shinan, by=None)
    far = add_customer(cast.laoshan, CustomerDetails("钱进", mobile="15400009900"), by=cast.wu)
    add_vehicle(cast.laoshan, VehicleDetails("鲁B00001"), owner=far, by=cast.wu)
    chen = Screen(cast.chen)
    listed = text(chen.get(reverse("customers:list"), {"q": "鲁B00001"}))
    assert "钱**" in listed
    assert "钱进" not in listed
    assert chen.get(page("customer", far)).status_code == 404

    url = reverse("customers:take_over")
    assert "钱**" in text(chen.get(url, {"q": "鲁B00001"}))
    assert "钱" not in text(chen.get(url, {"q": "00001"}))
    assert chen.post(url, {"q": "鲁B00001", "reason": ""}).status_code == 422
    taken = chen.post(url, {"q": "鲁B00001", "reason": "moved to Shinan"})
    assert taken["Location"] == page("customer", far)
    assert "钱进" in text(chen.get(page("customer", far)))
    assert wu.get(page("customer", far)).status_code == 200


def test_the_top_bar_finds_cars_and_customers(cast, chen, zhang, car):
    found = text(chen.get(reverse("search"), {"q": "82k"}))
    assert page("vehicle", car) in found
    assert page("customer", zhang) in text(chen.get(reverse("search"), {"q": "zw"}))
    assert "154****3456" in text(chen.get(reverse("search"), {"q": "3456"}))


def test_apps_above_show_their_panels(cast, chen, zhang, monkeypatch):
    monkeypatch.setattr(panels, "_of_customers", [])

    @customer_panel(order=10)
    def nothing(viewer, customer, store):
        return None

    @customer_panel(order=20)
    def known(viewer, customer, store):
        return Panel("customers/no_field.html", {"customer": customer})

    found = panels.panels_of_customer(cast.chen, zhang, cast.shinan)
    assert [panel.context["customer"] for panel in found] == [zhang]
    assert chen.get(page("customer", zhang)).status_code == 200
