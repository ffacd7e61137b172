"""The check-in in steps at the car: hints, guided questions, damage marks (RCP-2, RCP-3, RCP-4)."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from servicelane.billing.models import Invoice
from servicelane.care.complaint_services import ComplaintDetails, open_complaint
from servicelane.care.models import ComplaintSource
from servicelane.customers.vehicle_services import set_next_due
from servicelane.kernel.clock import moved, now
from servicelane.kernel.models import Event
from servicelane.kernel.versions import touch
from servicelane.orders import photo_services
from servicelane.orders.hints import Weight, hints_of
from servicelane.orders.models import Consent, Job, Photo, RepairOrder, Shows, Status
from servicelane.orders.order_services import CheckIn
from servicelane.org.queries import today_in
from servicelane.people.models import Membership
from servicelane.people.roles import Role
from servicelane.reception import errors, services
from servicelane.reception.models import Damage
from servicelane.reception.services import MOST_MARKS, Mark
from servicelane.reception.zones import CENTRES, Zone
from tests.delivered import delivered
from tests.pictures import jpeg
from tests.reception.test_pages import SEEN
from tests.screen import Screen
from tests.visit import arrived, car

DOOR = {"kind": "scratch", "zone": "left_front_door", "x": 190, "y": 430, "note": "约12 cm", "old": False}
NOTED = CheckIn(odometer=20_150, fuel=4, key_tag="K-17")


def address(order: RepairOrder) -> str:
    return reverse("reception:check_in", args=[order.pk])


def test_the_drawing_has_a_place_for_every_zone():
    assert set(CENTRES) == set(Zone)
    assert all(0 <= x <= 1000 and 0 <= y <= 1000 for x, y in CENTRES.values())


def test_a_car_is_checked_in_at_the_car_with_its_damages(cast, django_assert_max_num_queries):
    order, screen = arrived(cast), Screen(cast.chen)
    with django_assert_max_num_queries(20):
        page = screen.get(address(order))
    assert "data-walk" in page.text

    done = screen.post(address(order), {**SEEN, "marks": json.dumps([DOOR]), "version": order.version})

    assert done.status_code == 302
    (damage,) = Damage.objects.filter(order=order)
    assert (damage.kind, damage.zone, damage.x, damage.y) == ("scratch", "left_front_door", 190, 430)
    fact = Event.objects.about(order).get(kind="reception.walked_around")
    assert (fact.data["marks"], fact.data["old"]) == (1, 0)
    assert "约12 cm" not in json.dumps(fact.data)
    assert "约12 cm" in screen.get(reverse("orders:order", args=[order.pk])).text
    assert "data-walk" not in screen.get(address(order)).text


@pytest.mark.parametrize(
    "sent",
    [
        "x",
        "{}",
        "[1]",
        "[[]]",
        json.dumps([{**DOOR, "x": 1001}]),
        json.dumps([{**DOOR, "x": -1}]),
        json.dumps([{**DOOR, "y": "1"}]),
        json.dumps([{**DOOR, "x": True}]),
        json.dumps([{**DOOR, "kind": "stolen"}]),
        json.dumps([{**DOOR, "zone": "moon"}]),
        json.dumps([{**DOOR, "note": 7}]),
        "[" * 9_000,
    ],
)
def test_marks_that_cannot_be_read_are_refused_and_nothing_typed_is_lost(cast, sent):
    order = arrived(cast)
    answer = Screen(cast.chen).post(address(order), {**SEEN, "marks": sent})

    assert answer.status_code == 422
    assert "怠速抖动" in answer.text
    assert not Damage.objects.exists()
    assert RepairOrder.objects.get().status == Status.ARRIVED


def test_more_marks_than_a_drawing_holds_are_refused(cast):
    order, mark = arrived(cast), Mark("dent", "roof", 500, 520)
    with pytest.raises(errors.TooManyMarks):
        services.check_in(order, NOTED, marks=[mark] * (MOST_MARKS + 1), by=cast.chen)
    assert not Damage.objects.exists()
    services.check_in(order, NOTED, marks=[mark] * MOST_MARKS, by=cast.chen)
    assert Damage.objects.count() == MOST_MARKS


def test_what_was_marked_at_the_last_visit_is_known_at_the_next(cast):
    first = arrived(cast)
    services.check_in(first, NOTED, marks=[Mark("dent", "roof", 500, 520, "4 cm")], by=cast.chen)
    again = arrived(cast)

    (known,) = services.known_marks(again)

    assert (known.zone, known.note, known.is_old) == ("roof", "4 cm", True)
    assert "4 cm" in Screen(cast.chen).get(address(again)).text
    customer, vehicle = car(cast, "鲁B99999", "别人")
    assert services.known_marks(arrived(cast, customer=customer, vehicle=vehicle)) == []


def test_another_store_sees_and_marks_nothing(cast):
    order = arrived(cast)
    Membership.objects.filter(employee=cast.song).update(role=Role.SERVICE_ADVISOR)
    screen = Screen(cast.song)
    assert screen.get(address(order)).status_code == 404
    assert screen.post(address(order), {**SEEN, "marks": json.dumps([DOOR])}).status_code == 404
    assert not Damage.objects.exists()


def test_a_car_that_left_days_ago_may_be_a_comeback(shop):
    first = delivered(shop)
    with moved(now() + timedelta(days=29)):
        (hint,) = hints_of(arrived(shop), shop.chen)
    assert hint.weight == Weight.STOP
    assert first.number in hint.advice
    with moved(now() + timedelta(days=31)):
        assert hints_of(arrived(shop), shop.chen) == []


def test_hints_tell_of_declined_work_due_maintenance_debts_and_complaints(shop):
    first = delivered(shop)
    Job.objects.filter(order=first).update(consent=Consent.DECLINED, state="waiting", decline_reason="price")
    Invoice.objects.create(
        order=first, store=first.store, payer_kind="customer", number="IN-1", gross=100, net=88, tax=12,
        is_owed=True, issued_at=now(), issued_by=shop.shen,
    )  # fmt: skip
    set_next_due(first.vehicle, today_in(first.store) + timedelta(days=30), None, by=shop.chen)
    details = ComplaintDetails(
        customer=first.customer, words="等太久", source=ComplaintSource.DESK, order=first
    )
    open_complaint(first.store, details, by=shop.lin)

    with moved(now() + timedelta(days=40)):
        order = arrived(shop)
        found = hints_of(order, shop.chen)
        text = Screen(shop.chen).get(address(order)).text

    told = " ".join(hint.title for hint in found)
    assert "IN-1" in told
    assert "等太久" in told
    assert "等太久" in text
    assert [hint.weight for hint in found] == sorted((hint.weight for hint in found), key=list(Weight).index)
    assert sum("¥" in hint.title for hint in found) == 1 + Job.objects.filter(order=first).count()
    assert hints_of(order, shop.song) == []


def taken(screen: Screen, order: RepairOrder, sent, version: int, **more):
    path = reverse("reception:damage_photo", args=[order.pk])
    return screen.post(path, {"photo": sent, "version": version}, headers={"HX-Request": "true"}, **more)


def test_a_damage_is_photographed_while_the_car_is_checked_in(cast):
    order, screen = arrived(cast), Screen(cast.chen)
    shown = taken(screen, order, jpeg(), order.version)

    photo = Photo.objects.get(order=order)
    assert (photo.shows, photo.taken_by) == (Shows.DAMAGE, cast.chen)
    assert reverse("orders:photo", args=[order.pk, photo.pk]) in shown.text
    now_seen = RepairOrder.objects.get(pk=order.pk).version
    assert f'value="{now_seen}" id="check_in_version" hx-swap-oob="true"' in shown.text
    assert reverse("orders:photo", args=[order.pk, photo.pk]) in screen.get(address(order)).text
    done = screen.post(address(order), {**SEEN, "marks": "[]", "version": now_seen})
    assert done.status_code == 302
    assert "photos" in screen.get(reverse("orders:order", args=[order.pk])).text


def test_a_photo_does_not_hide_what_a_colleague_changed(cast):
    order, screen = arrived(cast), Screen(cast.chen)
    drawn = order.version
    taken(Screen(cast.fang), order, jpeg(), drawn)

    shown = taken(screen, order, jpeg(), drawn)

    assert "check_in_version" not in shown.text
    done = screen.post(address(order), {**SEEN, "marks": "[]", "version": drawn})
    assert done.status_code == 409
    assert RepairOrder.objects.get(pk=order.pk).status == Status.ARRIVED


def test_what_is_no_picture_is_refused_at_the_car(cast):
    order, screen = arrived(cast), Screen(cast.chen)
    lie = SimpleUploadedFile("door.jpg", b"no picture at all", content_type="image/jpeg")

    assert taken(screen, order, lie, order.version).status_code == 422
    assert screen.post(reverse("reception:damage_photo", args=[order.pk])).status_code == 422
    assert not Photo.objects.exists()
    assert taken(Screen(cast.tao), order, jpeg(), order.version).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_two_photos_are_taken_in_the_middle_of_a_check_in_and_nothing_typed_is_lost(cast, page_of, tmp_path):
    order = arrived(cast)
    door = tmp_path / "door.jpg"
    door.write_bytes(jpeg().getvalue())
    page = page_of(cast.chen, width=820)
    page.goto(address(order))
    page.locator("#check_in_words").fill("左前门响")
    page.locator("[data-step-go='2']").click()
    for nth in range(2):
        page.set_input_files("#walk-photos input[type=file]", door)
        page.locator("#walk-photos img").nth(nth).wait_for()
    page.locator("[data-step-go='3']").click()
    page.locator("#check_in_odometer").fill("20150")
    page.locator("[name=fuel][value='4']").check(force=True)
    page.locator("#check_in_key_tag").fill("K-17")
    page.locator("[data-step-go='4']").click()
    page.locator("[data-step-send]").click()
    page.wait_for_url("**/orders/*/")

    order.refresh_from_db()
    assert (order.words, order.status != Status.ARRIVED) == ("左前门响", True)
    assert order.photos.filter(shows=Shows.DAMAGE).count() == 2


def test_what_a_colleague_changes_at_that_moment_is_not_hidden_either(cast, monkeypatch):
    order = arrived(cast)
    keep = photo_services.add_photo

    def after_a_colleague(order, *args, **named):
        touch(RepairOrder.objects.get(pk=order.pk))
        return keep(order, *args, **named)

    monkeypatch.setattr(photo_services, "add_photo", after_a_colleague)
    assert "check_in_version" not in taken(Screen(cast.chen), order, jpeg(), order.version).text
