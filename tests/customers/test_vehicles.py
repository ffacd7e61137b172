"""Vehicle files: plate, VIN, people, odometer and what is due (ARC-1, ARC-2)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from servicelane.customers import party_services as parties
from servicelane.customers import vehicle_services as services
from servicelane.customers.customer_services import CustomerDetails, add_customer
from servicelane.customers.errors import (
    AlreadyOwner,
    Doubtful,
    NameMissing,
    OdometerBackwards,
    OdometerUnusable,
    OtherGroup,
    SpanBackwards,
    Unusable,
    VehicleUnnamed,
    VinTaken,
    YearUnusable,
)
from servicelane.customers.models import Customer, PartyRole, ServedHow, Vehicle, VehicleParty
from servicelane.customers.permissions import Perm
from servicelane.customers.queries import owner_of
from servicelane.customers.vehicle_services import VehicleDetails
from servicelane.customers.visitor_services import Visitor, find_or_add
from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.models import Event
from servicelane.org.queries import today_in
from servicelane.org.services import Names, add_group
from tests.customers.conftest import VIN
from tests.unchanged import refused, rows


@pytest.fixture
def wang(cast) -> Customer:
    return add_customer(cast.shinan, CustomerDetails("王芳", mobile="15400007788"), by=cast.chen)


def test_a_car_is_kept_in_normal_form_and_decoded(cast, zhang, car):
    assert (car.plate, car.plate_kind, car.plate_parts) == ("鲁B6F82K", "ordinary", ("鲁", "B", "6F82K"))
    assert (car.maker, car.model_year, car.title) == ("SAIC Volkswagen", 2026, "2026 SAIC Volkswagen 帕萨特")
    assert (owner_of(car), car.masked_plate, car.vin_tail) == (zhang, "鲁B6***K", "441509")
    fact = Event.objects.about(car).get()
    assert fact.data == {"owner": zhang.pk, "store": cast.shinan.pk}


def test_a_new_car_has_a_vin_only_and_a_car_has_one_of_both(cast, zhang):
    new = services.add_vehicle(
        cast.shinan, VehicleDetails(vin="LRWTMJ4P3TR086853"), owner=zhang, by=cast.chen
    )
    assert (new.plate, str(new)) == ("", "LRWTMJ4P3TR086853")
    with refused(VehicleUnnamed):
        services.add_vehicle(cast.shinan, VehicleDetails(model_name="Polo"), owner=zhang, by=cast.chen)
    with refused(VehicleUnnamed):
        services.change_vehicle(new, replace(VehicleDetails.of(new), vin=""), by=cast.chen)
    with refused(Unusable):
        services.add_vehicle(cast.shinan, VehicleDetails(plate="鲁" * 20), owner=zhang, by=cast.chen)
    with refused(YearUnusable, year=3):
        services.add_vehicle(
            cast.shinan, VehicleDetails(plate="鲁B11111", model_year=3), owner=zhang, by=cast.chen
        )
    with refused(SpanBackwards):
        services.add_vehicle(
            cast.shinan, VehicleDetails(plate="鲁B11111", interval_km=3), owner=zhang, by=cast.chen
        )


def test_a_doubtful_plate_and_vin_are_confirmed_with_reasons(cast, zhang):
    odd = VehicleDetails(plate="鲁B3210", vin="LSV2P4LJ2TJ441509")
    with refused(Doubtful, fields=["plate", "vin"]):
        services.add_vehicle(cast.shinan, odd, owner=zhang, by=cast.chen)
    with refused(Doubtful, fields=["vin"]):
        services.add_vehicle(cast.shinan, replace(odd, plate_reason="old"), owner=zhang, by=cast.chen)
    sure = replace(odd, plate_reason="old", vin_reason="on_paper")
    car = services.add_vehicle(cast.shinan, sure, owner=zhang, by=cast.chen)
    assert (car.plate_doubt, car.vin_doubt, car.plate_kind) == ("old", "on_paper", "other")

    services.change_vehicle(car, VehicleDetails("鲁B3210", "LSV2P4LJ2TJ441509", colour="red"), by=cast.chen)
    assert (car.plate_doubt, car.vin_doubt, car.colour) == ("old", "on_paper", "red")
    with refused(Doubtful, fields=["plate"]):
        services.change_vehicle(car, replace(VehicleDetails.of(car), plate="鲁B9"), by=cast.chen)


def test_a_vin_is_in_the_group_once(cast, zhang, car):
    with refused(VinTaken, plate="鲁B6***K"):
        services.add_vehicle(cast.shinan, VehicleDetails("鲁B11111", VIN), owner=zhang, by=cast.chen)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vehicle.objects.create(group=cast.group, vin=VIN)


def test_a_plate_goes_over_to_another_car_once_that_is_confirmed(cast, zhang, car):
    other = VehicleDetails("鲁B6F82K", "LRWTMJ4P3TR086853")
    with refused(Doubtful, fields=["plate"]):
        services.add_vehicle(cast.shinan, other, owner=zhang, by=cast.chen)
    new = services.add_vehicle(
        cast.shinan, replace(other, plate_reason="on_paper"), owner=zhang, by=cast.chen
    )
    car.refresh_from_db()
    assert (new.plate, new.plate_doubt, car.plate, car.version) == ("鲁B6F82K", "", "", 2)
    assert Event.objects.about(car).get(kind="customers.plate_lost").data == {"vehicle": new.pk}


def test_a_change_tells_its_fields_and_knows_its_version(cast, car):
    details = replace(VehicleDetails.of(car), colour="white", plate="鲁BD12345", plate_kind="")
    services.change_vehicle(car, details, by=cast.chen, version=1)
    assert Event.objects.about(car).get(kind="customers.vehicle_changed").data == {
        "changed": ["colour", "plate", "plate_kind"]
    }
    assert car.plate_kind == "new_energy"
    with refused(ChangedMeanwhile):
        services.change_vehicle(car, replace(details, colour="red"), by=cast.chen, version=1)
    before = rows()
    services.change_vehicle(Vehicle.objects.get(pk=car.pk), details, by=cast.chen)
    assert rows() == before


def test_an_owner_is_followed_by_another_and_stays_in_the_history(cast, zhang, car, wang):
    with refused(AlreadyOwner):
        parties.change_owner(car, zhang, by=cast.chen)
    parties.change_owner(car, wang, by=cast.chen, store=cast.laoshan)
    assert owner_of(car) == wang
    assert car.parties.filter(customer=zhang, until__isnull=False).exists()
    assert wang.stores.filter(store=cast.laoshan).exists()
    assert Event.objects.about(car).get(kind="customers.owner_changed").data == {
        "owner": wang.pk,
        "was": zhang.pk,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        VehicleParty.objects.create(
            vehicle=car, customer=zhang, role="owner", since=car.parties.first().since
        )


def test_drivers_and_payers_come_and_go(cast, zhang, car, wang):
    driver = parties.add_party(car, wang, PartyRole.DRIVER, by=cast.chen)
    before = rows()
    assert parties.add_party(car, wang, PartyRole.DRIVER, by=cast.chen) == driver
    assert rows() == before
    parties.end_party(driver, by=cast.chen)
    assert not car.parties.current().filter(customer=wang).exists()
    for wrong in (
        lambda: parties.add_party(car, wang, PartyRole.OWNER, by=cast.chen),
        lambda: parties.end_party(car.parties.get(role="owner"), by=cast.chen),
    ):
        with pytest.raises(ValueError, match="changed"):
            wrong()


def test_a_car_is_seen_where_one_of_its_people_is_served(cast, zhang, car, wang):
    def seen(person):
        return car in Vehicle.objects.visible_to(person, Perm.SEE_CUSTOMERS)

    assert seen(cast.chen)
    assert not seen(cast.song)
    assert car in Vehicle.objects.served_in(cast.shinan)
    assert car not in Vehicle.objects.served_in(cast.laoshan)


def test_cars_and_customers_do_not_cross_groups(cast, zhang, car):
    far = Customer.objects.create(group=add_group(Names("远", "Far"), by=None), name="赵")
    for cross in (
        lambda: parties.change_owner(car, far, by=cast.chen),
        lambda: parties.add_party(car, far, PartyRole.PAYER, by=cast.chen),
        lambda: services.add_vehicle(cast.shinan, VehicleDetails("鲁B11111"), owner=far, by=cast.chen),
    ):
        with refused(OtherGroup):
            cross()


def test_an_odometer_goes_forwards(cast, car):
    services.note_odometer(car, 36_940, by=cast.chen)
    assert (car.odometer, car.odometer_on) == (36_940, today_in(None))
    with refused(OdometerBackwards, km=100, last=36_940):
        services.note_odometer(car, 100, by=cast.chen)
    with refused(OdometerUnusable):
        services.note_odometer(car, -1, by=cast.chen)
    services.note_odometer(car, 30_000, by=cast.chen, on=today_in(None) - timedelta(days=9))
    assert car.odometer == 36_940
    services.note_odometer(car, 100, by=cast.chen, reason="instrument_changed")
    fact = Event.objects.about(car).filter(kind="customers.odometer_noted").latest("pk")
    assert fact.data == {"km": 100, "was": 36_940, "reason": "instrument_changed"}


def test_maintenance_is_due_by_day_or_by_odometer(cast, car):
    services.set_next_due(car, date(2031, 2, 3), 40_000, by=cast.chen)
    assert (car.is_due(date(2031, 2, 2)), car.is_due(date(2031, 2, 3))) == (False, True)
    services.note_odometer(car, 40_100, by=cast.chen)
    assert car.is_due(date(2026, 1, 1))
    with refused(OdometerUnusable):
        services.set_next_due(car, None, 3_000_000, by=cast.chen)


def test_a_visitor_is_found_by_plate_and_mobile(cast, zhang, car):
    before = rows()
    visitor = Visitor("张先生", "154 0000 3456", "鲁b·6f82k")
    assert find_or_add(cast.shinan, visitor, by=cast.chen) == (zhang, car)
    assert find_or_add(cast.shinan, replace(visitor, mobile=""), by=cast.chen) == (zhang, car)
    assert rows() == before


def test_a_visitor_of_another_store_brings_the_file_along(cast, zhang, car):
    find_or_add(cast.laoshan, Visitor("", "15400003456", "鲁B6F82K"), by=cast.wu, how=ServedHow.BOOKED)
    assert zhang.stores.get(store=cast.laoshan).how == "booked"


def test_a_new_visitor_gets_both_files_and_a_new_person_of_a_known_car_drives_it(cast, zhang, car):
    new = Visitor("刘洋", "15400001111", "鲁B12345", model_name="Model 3")
    customer, vehicle = find_or_add(cast.shinan, new, by=cast.chen)
    assert (customer.name, vehicle.plate, owner_of(vehicle)) == ("刘洋", "鲁B12345", customer)

    driver, same = find_or_add(cast.shinan, Visitor("小张", "15400002222", "鲁B6F82K"), by=cast.chen)
    assert (same, owner_of(same)) == (car, zhang)
    assert same.parties.get(customer=driver).role == PartyRole.DRIVER


def test_what_is_known_is_completed_and_not_overwritten(cast, zhang, car):
    moved = Visitor("谁", "15400003456", "鲁B99999", vin=VIN, model_name="Polo")
    customer, vehicle = find_or_add(cast.shinan, moved, by=cast.chen)
    assert (customer.name, vehicle.pk) == ("张伟", car.pk)
    assert (vehicle.plate, vehicle.model_name) == ("鲁B99999", "帕萨特")
    _customer, found = find_or_add(cast.shinan, Visitor("刘洋", "15400001111", "鲁B12345"), by=cast.chen)
    _customer, same = find_or_add(
        cast.shinan, Visitor("刘洋", "15400001111", "鲁B12345", vin="LRWTMJ4P3TR086853"), by=cast.chen
    )
    assert (found.pk, same.vin) == (same.pk, "LRWTMJ4P3TR086853")


def test_a_visitor_needs_a_car_a_name_and_confirmed_doubts(cast, zhang, car):
    with refused(VehicleUnnamed):
        find_or_add(cast.shinan, Visitor("刘洋", "15400001111"), by=cast.chen)
    with refused(NameMissing):
        find_or_add(cast.shinan, Visitor("", "15400001111", "鲁B12345"), by=cast.chen)
    odd = Visitor("刘洋", "1540000", "鲁B3210")
    with refused(Doubtful):
        find_or_add(cast.shinan, odd, by=cast.chen)
    sure = replace(odd, confirmed={"mobile": "unreadable", "plate": "old"})
    customer, vehicle = find_or_add(cast.shinan, sure, by=cast.chen)
    assert (customer.mobile_doubt, vehicle.plate_doubt) == ("unreadable", "old")
