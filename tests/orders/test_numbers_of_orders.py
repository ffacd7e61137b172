"""Orders are found by their number as people say it, and long lists are counted only as far as one turns."""

from datetime import timedelta

import pytest
from django.db import connection

from servicelane.kernel import paging
from servicelane.kernel.clock import now
from servicelane.orders.models import RepairOrder
from servicelane.orders.pages import called, order_list
from tests import visit


@pytest.fixture
def numbered(cast):
    """Five orders: two of today, and one of yesterday, last week and last year."""
    found = {}
    for name, days, running in (("a", 0, 1), ("b", 0, 12), ("c", 1, 1), ("d", 7, 345), ("e", 400, 345)):
        customer, vehicle = visit.car(cast, f"鲁B0{ord(name):03}0")
        order = visit.arrived(cast, customer=customer, vehicle=vehicle)
        number = f"RO-{now() - timedelta(days=days):%Y%m%d}-{running:04}"
        RepairOrder.objects.filter(pk=order.pk).update(number=number)
        found[name] = number
    return found


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("1", "ac"),
        ("0012", "b"),
        ("345", "d"),
        ("{a}", "a"),
        ("{e}", "e"),
        ("{today}", "ab"),
        ("{today}-0012", "b"),
        ("{month_day}-0001", "a"),
        ("ro-{today}", "ab"),
        ("99999", ""),
    ],
)
def test_a_number_is_found_by_its_beginning_and_its_end(numbered, text, names):
    today = f"{now():%Y%m%d}"
    asked = text.format(**numbered, today=today, month_day=today[4:])

    found = RepairOrder.objects.filter(called(asked)).values_list("number", flat=True)

    assert sorted(found) == sorted(numbered[name] for name in names)


def test_a_long_list_is_cut_and_says_so(cast, numbered, monkeypatch, client):
    rows = order_list(cast.chen, cast.shinan)
    assert (paging.Pages(rows, 2).count, paging.Pages(rows, 2).is_cut) == (5, False)

    monkeypatch.setattr(paging, "COUNTED", 4)
    pages = paging.Pages(rows, 2)
    assert (pages.count, pages.num_pages, pages.is_cut) == (4, 2, True)
    client.force_login(cast.chen, backend="servicelane.people.backends.PasswordBackend")
    assert ">4+</span>" in client.get("/orders/").text


@pytest.mark.django_db
def test_no_index_leads_to_all_orders_of_a_store():
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, RepairOrder._meta.db_table)
    indexed = [made["columns"] for made in constraints.values() if made["index"]]
    assert ["store_id", "delivered_at"] in indexed
    assert ["store_id"] not in indexed
