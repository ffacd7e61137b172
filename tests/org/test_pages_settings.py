"""Settings home, stores, opening hours and exceptional days as a browser meets them."""

from datetime import date, timedelta

import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from servicelane.kernel.models import Event
from servicelane.org.models import OpeningHours, Region, Store, StoreDay
from servicelane.org.queries import today_in, usual_hours
from servicelane.people.models import Employee, Membership
from servicelane.people.roles import Role
from tests.screen import Screen

STORE = {
    "code": "HD",
    "name_zh": "黄岛店",
    "name_en": "Huangdao",
    "short_zh": "",
    "short_en": "",
    "brand": "",
    "phone": "154 0000 0300",
    "address_zh": "",
    "address_en": "",
    "zone": "Asia/Shanghai",
}


@pytest.fixture
def admin(cast) -> Screen:
    """The browser of the administrator of the region."""
    return Screen(cast.admin)


@pytest.fixture
def gu(cast) -> Screen:
    """The browser of the service manager of Shinan."""
    return Screen(cast.gu)


@pytest.fixture
def other(cast) -> Screen:
    """The browser of somebody who manages Laoshan only."""
    Membership.objects.create(employee=cast.gao, store=cast.laoshan, role=Role.SYSTEM_ADMINISTRATOR)
    return Screen(cast.gao)


def page(name: str, store: Store) -> str:
    return reverse(f"org:{name}", args=[store.pk])


def speak(person: Employee, language: str) -> None:
    Employee.objects.filter(pk=person.pk).update(language=language)


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "举升机"), ("en", "opening hours")])
def test_the_settings_are_cards_with_counts(admin, cast, language, words):
    speak(cast.admin, language)

    text = admin.get(reverse("org:settings")).text

    assert words in text
    assert reverse("org:stores") in text
    assert '<span class="num strong">2</span>' in text


def test_only_permitted_topics_are_shown(gu, cast):
    text = gu.get(reverse("org:settings")).text

    assert reverse("org:bays") in text
    assert reverse("system") not in text
    assert Screen(cast.tao).get(reverse("org:settings")).status_code == 403


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "海晏汽车市南店"), ("en", "Haiyan Auto Shinan")])
def test_stores_are_listed_with_todays_hours(admin, cast, language, name):
    speak(cast.admin, language)

    text = admin.get(reverse("org:stores")).text

    assert name in text
    assert "08:00–18:00" in text


def test_the_list_costs_the_same_for_few_and_for_many(admin, cast):
    from django.db import connection

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            admin.get(reverse("org:stores"))
        return len(queries)

    admin.get(reverse("org:stores"))
    few = asked()
    for number in range(48):
        Store.objects.create(region=cast.region, code=f"X{number}", name_zh="店", name_en="Store")

    assert asked() == few


def test_somebody_of_one_store_sees_only_that_store(gu, cast):
    text = gu.get(reverse("org:stores")).text

    assert page("store", cast.shinan) in text
    assert page("store", cast.laoshan) not in text
    assert reverse("org:store_new") not in text


def test_a_store_is_opened_in_a_region(admin, cast):
    answer = admin.post(reverse("org:store_new"), {**STORE, "region": cast.region.pk})

    store = Store.objects.get(code="HD")
    assert answer["Location"] == page("store", store)
    assert "黄岛店已开设" in admin.get(answer["Location"]).text


@pytest.mark.parametrize("wrong", [{"code": "a b"}, {"name_zh": ""}, {"region": "foreign"}, {"zone": ""}])
def test_a_bad_store_keeps_what_was_typed(admin, cast, wrong):
    foreign = Region.objects.create(group=cast.group, name_zh="外区", name_en="Elsewhere")
    sent = {**STORE, "region": cast.region.pk, **wrong}
    if sent["region"] == "foreign":
        sent["region"] = foreign.pk

    answer = admin.post(reverse("org:store_new"), sent)

    assert answer.status_code == 422
    assert 'value="154 0000 0300"' in answer.text
    assert Store.objects.count() == 2


def test_who_manages_no_region_is_told_who_does(cast):
    Membership.objects.create(employee=cast.gu, store=cast.shinan, role=Role.SYSTEM_ADMINISTRATOR)

    assert "您不管理任何整个区域" in Screen(cast.gu).get(reverse("org:store_new")).text


def test_a_store_is_changed_and_an_older_form_is_refused(admin, cast):
    sent = {**STORE, "code": "SN", "brand": "海晏电动", "closed_on": "", "version": cast.shinan.version}

    assert admin.post(page("store_change", cast.shinan), sent).status_code == 302
    late = admin.post(
        page("store_change", cast.shinan), {**sent, "brand": "late"}, headers={"hx-request": "true"}
    )

    assert (late.status_code, late["HX-Retarget"]) == (409, "#problem")
    cast.shinan.refresh_from_db()
    assert cast.shinan.brand == "海晏电动"


def test_a_taken_code_is_refused_and_changes_nothing(admin, cast):
    sent = {**STORE, "code": "LS", "closed_on": "", "version": cast.shinan.version}

    assert admin.post(page("store_change", cast.shinan), sent).status_code == 422
    cast.shinan.refresh_from_db()
    assert cast.shinan.code == "SN"


def week(cast, **more: str) -> dict[str, object]:
    hours = {f"opens_{day}": "09:00" for day in range(6)} | {f"closes_{day}": "18:00" for day in range(6)}
    return {"version": cast.shinan.version, **hours, "opens_6": "", "closes_6": "", **more}


def test_the_whole_week_is_set_in_one_form(gu, cast):
    assert gu.post(page("store_hours", cast.shinan), week(cast)).status_code == 302

    hours = usual_hours(cast.shinan)
    assert hours[6] is None
    assert f"{hours[0].opens:%H:%M}–{hours[0].closes:%H:%M}" == "09:00–18:00"
    assert "09:00–18:00" in gu.get(page("store", cast.shinan)).text


@pytest.mark.parametrize(
    "wrong",
    [
        {"closes_0": ""},
        {"opens_6": "09:00"},
        {"opens_0": "19:00"},
        {"opens_0": "soon"},
        {"closes_0": "25:00"},
    ],
)
def test_impossible_hours_are_said_beside_the_day_and_kept(gu, cast, wrong):
    before = list(OpeningHours.objects.values_list("opens", "closes"))

    answer = gu.post(page("store_hours", cast.shinan), week(cast, **wrong))

    assert answer.status_code == 422
    assert "field-error" in answer.text
    assert 'value="09:00"' in answer.text
    assert list(OpeningHours.objects.values_list("opens", "closes")) == before


def test_an_exceptional_day_is_set_replaced_and_cleared(gu, cast):
    day = today_in(cast.shinan) + timedelta(days=3)
    sent = {"day": day, "reason": "stocktaking", "opens": "", "closes": ""}
    assert gu.post(page("store_day", cast.shinan), sent).status_code == 302
    assert (
        gu.post(page("store_day", cast.shinan), {**sent, "opens": "10:00", "closes": "12:00"}).status_code
        == 302
    )
    assert "10:00–12:00" in gu.get(page("store", cast.shinan)).text
    assert StoreDay.objects.count() == 1

    gu.post(page("store_day_clear", cast.shinan), {"day": day})
    assert not StoreDay.objects.exists()


def test_clearing_a_day_that_is_not_there_is_refused(gu, cast):
    assert gu.post(page("store_day_clear", cast.shinan), {"day": date(2027, 1, 5)}).status_code == 422
    assert gu.post(page("store_day_clear", cast.shinan), {"day": "soon"}).status_code == 302


@pytest.mark.parametrize("name", ["store", "store_change", "store_hours", "store_day"])
def test_another_store_is_not_found(other, cast, name):
    facts = Event.objects.count()

    assert other.get(page(name, cast.shinan)).status_code == 404
    if name != "store":
        assert other.post(page(name, cast.shinan), {}).status_code == 404
    assert other.post(page("store_day_clear", cast.shinan), {}).status_code == 404
    assert Event.objects.count() == facts


def test_changes_tell_who_and_when(gu, cast):
    gu.post(page("store_hours", cast.shinan), week(cast))

    changes = gu.get(page("store", cast.shinan)).context["changes"]
    assert (changes[0].label, changes[0].by) == ("营业时间已设置", cast.gu)
