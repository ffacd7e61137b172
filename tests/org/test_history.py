from dataclasses import replace
from datetime import timedelta

from django.test import RequestFactory
from simple_history.models import HistoricalRecords

from servicelane.demo.cast import SHINAN
from servicelane.kernel.clock import moved, now
from servicelane.org import services


def test_a_change_outside_a_request_has_a_time_of_the_products_clock_and_no_author(cast):
    then = now() + timedelta(days=2)
    with moved(then):
        services.change_store(cast.shinan, replace(SHINAN, brand="Haiyan"), by=cast.admin)

    row = cast.shinan.history.first()
    assert (row.history_date, row.history_user_id, row.history_type) == (then, None, "~")


def test_a_change_in_a_request_has_the_guarded_person_as_author(cast):
    request = RequestFactory().post("/")
    request.employee = cast.gu
    HistoricalRecords.context.request = request
    try:
        services.change_store(cast.shinan, replace(SHINAN, brand="Haiyan"), by=cast.gu)
    finally:
        del HistoricalRecords.context.request

    row = cast.shinan.history.first()
    assert row.history_user_id == cast.gu.pk
    assert row.history_user == cast.gu
