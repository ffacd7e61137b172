from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from servicelane.demo.cast import SHINAN
from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.models import Event
from servicelane.org import queries, services
from servicelane.org.errors import StoreCodeTaken, UnknownZone
from servicelane.org.models import Region, Store
from servicelane.org.services import Names, StoreDetails
from tests.unchanged import refused, rows

NEW = StoreDetails(code="HD", name_zh="黄岛店", name_en="Huangdao")


def test_a_store_is_opened_in_a_region_and_its_fact_names_only_its_code(cast):
    store = services.add_store(cast.region, NEW, by=cast.admin)

    fact = Event.objects.about(store).get()
    assert (fact.kind, fact.store_id, fact.actor_id) == ("org.store_added", store.pk, cast.admin.pk)
    assert fact.data == {"code": "HD"}
    assert store.zone == "Asia/Shanghai"
    assert store.version == 1


def test_two_stores_never_share_a_code(cast):
    with refused(StoreCodeTaken, code="SN"):
        services.add_store(cast.region, replace(NEW, code="SN"), by=cast.admin)
    with refused(StoreCodeTaken, code="LS"):
        services.change_store(cast.shinan, replace(SHINAN, code="LS"), by=cast.admin)


def test_a_zone_is_one_of_the_worlds(cast):
    with refused(UnknownZone, zone="Asia/Qingdao"):
        services.add_store(cast.region, replace(NEW, zone="Asia/Qingdao"), by=cast.admin)
    with refused(UnknownZone):
        services.change_store(cast.shinan, replace(SHINAN, zone="../etc/passwd"), by=cast.admin)


def test_a_change_tells_which_fields_and_keeps_the_old_row(cast):
    store = cast.shinan
    services.change_store(store, replace(SHINAN, brand="Haiyan", phone=""), by=cast.admin)

    store.refresh_from_db()
    assert (store.brand, store.phone, store.version) == ("Haiyan", "", 3)
    assert Event.objects.about(store).get(kind="org.store_changed").data == {"changed": ["brand", "phone"]}
    assert [row.brand for row in store.history.all()] == ["Haiyan", SHINAN.brand]


def test_saving_without_a_difference_leaves_no_trace(cast):
    before = rows()
    services.change_store(cast.shinan, SHINAN, by=cast.admin)
    assert rows() == before


def test_a_form_made_from_an_older_version_is_refused(cast):
    seen = cast.shinan.version
    services.change_store(cast.shinan, replace(SHINAN, brand="Haiyan"), by=cast.admin)
    late = Store.objects.get(pk=cast.shinan.pk)

    with refused(ChangedMeanwhile, subject=late):
        services.change_store(late, replace(SHINAN, phone=""), by=cast.gu, version=seen)


def test_a_record_read_before_somebody_elses_write_is_refused(cast):
    mine, theirs = Store.objects.get(pk=cast.shinan.pk), Store.objects.get(pk=cast.shinan.pk)
    services.change_store(theirs, replace(SHINAN, brand="Haiyan"), by=cast.admin)

    with refused(ChangedMeanwhile):
        services.change_store(mine, replace(SHINAN, phone=""), by=cast.gu)


def test_a_changed_zone_counts_at_once(cast):
    assert queries.zone_of(cast.shinan.pk) == ZoneInfo("Asia/Shanghai")
    services.change_store(cast.shinan, replace(SHINAN, zone="Asia/Urumqi"), by=cast.admin)

    assert queries.zone_of(cast.shinan.pk) == ZoneInfo("Asia/Urumqi")
    eight = queries.local_moment(cast.shinan, date(2026, 7, 1), time(8))
    assert eight == datetime(2026, 7, 1, 10, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_another_process_learns_a_changed_zone_within_seconds(cast, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(queries, "monotonic", lambda: clock[0])
    queries.forget_zones()
    queries.zone_of(cast.shinan.pk)
    Store.objects.filter(pk=cast.shinan.pk).update(zone="Asia/Urumqi")

    assert queries.zone_of(cast.shinan.pk) == ZoneInfo("Asia/Shanghai")
    clock[0] += queries.ZONE_KEPT + 1
    assert queries.zone_of(cast.shinan.pk) == ZoneInfo("Asia/Urumqi")


def test_the_day_of_no_store_is_chinas():
    assert queries.zone_of(None) == ZoneInfo("Asia/Shanghai")


def test_the_zone_of_a_store_is_asked_of_the_database_once(cast, django_assert_num_queries):
    queries.forget_zones()
    with django_assert_num_queries(1):
        for _ in range(3):
            queries.zone_of(cast.shinan.pk)


def test_regions_form_a_tree_and_none_is_its_own_parent(cast):
    part = services.add_region(cast.group, Names("市区", "City"), by=cast.admin, parent=cast.region)
    assert queries.region_tree(cast.group.pk) == {cast.region.pk: None, part.pk: cast.region.pk}

    with pytest.raises(IntegrityError), transaction.atomic():
        Region.objects.filter(pk=part.pk).update(parent=part.pk)


def test_names_follow_the_reader(cast):
    with override("zh-hans"):
        assert (str(cast.shinan), cast.shinan.short_name) == ("海晏汽车市南店", "市南店")
    with override("en"):
        assert (str(cast.shinan), cast.shinan.short_name) == ("Haiyan Auto Shinan", "Shinan")
        assert cast.shinan.address.startswith("100 Donghai Road")
        assert [str(cast.group), str(cast.region)] == ["Haiyan Auto", "Qingdao region"]
    cast.shinan.name_en = ""
    with override("en"):
        assert str(cast.shinan) == "海晏汽车市南店"
