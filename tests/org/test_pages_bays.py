"""Bays, the calendar and the store rules as a browser meets them."""

import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from servicelane.kernel.models import Event
from servicelane.org.models import Bay, BayKind, CalendarDay, CalendarYear, StoreRule
from servicelane.people.models import Employee, Membership
from servicelane.people.roles import Role
from tests.screen import Screen

PIN_RULE = "people.pin_session_minutes"


@pytest.fixture
def gu(cast) -> Screen:
    """The browser of the service manager of Shinan."""
    return Screen(cast.gu)


@pytest.fixture
def other(cast) -> Screen:
    """The browser of the service manager of Laoshan."""
    Membership.objects.create(employee=cast.gao, store=cast.laoshan, role=Role.SERVICE_MANAGER)
    return Screen(cast.gao)


@pytest.fixture
def lift(cast) -> Bay:
    return Bay.objects.get(store=cast.shinan, code="L1")


def page(name: str, bay: Bay) -> str:
    return reverse(f"org:{name}", args=[bay.pk])


def queries(screen: Screen, url: str) -> int:
    from django.db import connection

    with CaptureQueriesContext(connection) as asked:
        assert screen.get(url).status_code == 200
    return len(asked)


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "喷漆房"), ("en", "Paint booth")])
def test_bays_are_listed_by_kind_with_their_state(gu, cast, language, words):
    Employee.objects.filter(pk=cast.gu.pk).update(language=language)

    text = gu.get(reverse("org:bays")).text

    assert words in text
    assert text.count('class="chip chip-ok"') == Bay.objects.filter(store=cast.shinan).count()


def test_the_list_costs_the_same_for_few_and_for_many(gu, cast):
    queries(gu, reverse("org:bays"))
    few = queries(gu, reverse("org:bays"))
    for number in range(50):
        Bay.objects.create(store=cast.shinan, code=f"X{number}", kind=BayKind.LIFT)

    assert queries(gu, reverse("org:bays")) == few


def test_a_store_without_bays_says_how_to_begin(gu, cast):
    Bay.objects.filter(store=cast.shinan).delete()

    text = gu.get(reverse("org:bays")).text

    assert "从第一个工位开始" in text
    assert reverse("org:bay_new") in text


def test_a_bay_is_added_to_the_current_store(gu, cast):
    answer = gu.post(reverse("org:bay_new"), {"code": "Q9", "kind": "quick_service", "name": ""})

    assert answer["Location"] == reverse("org:bays")
    assert Bay.objects.get(code="Q9").store == cast.shinan


@pytest.mark.parametrize("wrong", [{"code": ""}, {"code": "é 1"}, {"kind": "space"}, {"name": "x" * 41}])
def test_a_bad_bay_keeps_what_was_typed(gu, cast, wrong):
    before = Bay.objects.count()
    sent = {"code": "Q9", "kind": "lift", "name": "靠窗", **wrong}

    answer = gu.post(reverse("org:bay_new"), sent)

    assert answer.status_code == 422
    assert f'value="{sent["name"]}"' in answer.text
    assert Bay.objects.count() == before


def test_a_taken_code_is_the_three_part_panel(gu, cast):
    answer = gu.post(
        reverse("org:bay_new"), {"code": "L1", "kind": "lift", "name": ""}, headers={"hx-request": "true"}
    )

    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#problem")
    assert "您可以" in answer.text


def test_a_bay_is_changed_and_an_older_form_is_refused(gu, lift):
    sent = {"code": "L9", "kind": "general", "name": "北侧", "version": lift.version}

    assert gu.post(page("bay_change", lift), sent)["Location"] == page("bay", lift)
    assert gu.post(page("bay_change", lift), {**sent, "name": "late"}).status_code == 409
    lift.refresh_from_db()
    assert (lift.code, lift.kind, lift.name) == ("L9", "general", "北侧")


def test_a_bay_goes_out_of_service_with_a_reason_and_comes_back(gu, lift):
    assert gu.post(page("bay_out", lift), {"note": ""}).status_code == 422
    assert gu.post(page("bay_out", lift), {"note": "液压泵漏油"}).status_code == 302
    lift.refresh_from_db()
    assert not lift.in_service
    text = gu.get(page("bay", lift)).text
    assert "液压泵漏油" in text
    assert "停用" in text

    assert gu.post(page("bay_back", lift)).status_code == 302
    assert gu.post(page("bay_back", lift)).status_code == 422
    lift.refresh_from_db()
    assert lift.in_service


@pytest.mark.parametrize("name", ["bay", "bay_change", "bay_out"])
def test_a_bay_of_another_store_is_not_found(other, lift, name):
    assert other.get(page(name, lift)).status_code == 404


@pytest.mark.parametrize("name", ["bay_change", "bay_out", "bay_back"])
def test_a_bay_of_another_store_is_not_written(other, lift, name):
    facts = Event.objects.count()

    assert other.post(page(name, lift), {"code": "Z", "kind": "lift", "note": "x"}).status_code == 404
    assert Event.objects.count() == facts


def test_who_only_sees_settings_sees_no_forms(cast, lift):
    zhou = Screen(cast.zhou)

    assert reverse("org:bay_new") not in zhou.get(reverse("org:bays")).text
    assert page("bay_change", lift) not in zhou.get(page("bay", lift)).text
    assert zhou.get(page("bay_change", lift)).status_code == 403


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "国庆节"), ("en", "National Day")])
def test_the_calendar_names_holidays_and_make_up_workdays(gu, cast, language, words):
    Employee.objects.filter(pk=cast.gu.pk).update(language=language)

    text = gu.get(reverse("org:calendar"), {"year": 2026}).text

    assert words in text
    assert (
        text.count('class="is-holiday"') == CalendarDay.objects.filter(day__year=2026, kind="holiday").count()
    )
    assert (
        text.count('class="is-workday"') == CalendarDay.objects.filter(day__year=2026, kind="workday").count()
    )


def test_a_year_is_loaded_and_one_not_announced_yet_says_so(gu, cast):
    assert "尚未载入" in gu.get(reverse("org:calendar"), {"year": 2025}).text
    answer = gu.post(reverse("org:calendar_load"), {"year": 2025})
    assert answer["Location"].endswith("?year=2025")
    assert CalendarYear.objects.get(year=2025).announced

    gu.post(reverse("org:calendar_load"), {"year": 2080})
    assert "尚未公布" in gu.get(reverse("org:calendar"), {"year": 2080}).text


@pytest.mark.parametrize("year", ["x", "-5", "0", "99999", "１９９０"])
def test_an_impossible_year_shows_a_possible_one(gu, cast, year):
    answer = gu.get(reverse("org:calendar"), {"year": year})

    assert answer.status_code == 200
    assert 2004 <= answer.context["page"].year <= 2099


def test_a_year_out_of_reach_is_refused(gu, cast):
    assert gu.post(reverse("org:calendar_load"), {"year": 1990}).status_code == 422
    assert not CalendarYear.objects.filter(year=1990).exists()


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "尚无人决定"), ("en", "nobody yet")])
def test_rules_show_value_default_and_who_decided(gu, cast, language, words):
    Employee.objects.filter(pk=cast.gu.pk).update(language=language)

    assert words in gu.get(reverse("org:rules")).text
    gu.post(reverse("org:rule_set", args=[PIN_RULE]), {"value": "45"})

    row = next(row for row in gu.get(reverse("org:rules")).context["rows"] if row.rule.code == PIN_RULE)
    assert (row.text, row.last.by) == ("45", cast.gu)
    assert len(gu.get(reverse("org:rule", args=[PIN_RULE])).context["story"].values) == 1


def test_the_rules_cost_the_same_however_long_their_history(gu, cast):
    queries(gu, reverse("org:rules"))
    gu.post(reverse("org:rule_set", args=[PIN_RULE]), {"value": "45"})
    few = queries(gu, reverse("org:rules"))
    for value in range(10, 60):
        gu.post(reverse("org:rule_set", args=[PIN_RULE]), {"value": str(value)})

    assert queries(gu, reverse("org:rules")) == few


@pytest.mark.parametrize("value", ["", "soon", "4", "721", "60.5"])
def test_a_value_that_is_not_allowed_changes_nothing(gu, cast, value):
    assert gu.post(reverse("org:rule_set", args=[PIN_RULE]), {"value": value}).status_code == 422
    assert not StoreRule.objects.exists()


def test_an_unknown_rule_is_not_found(gu, cast):
    assert gu.get(reverse("org:rule", args=["people.nonsense"])).status_code == 404
    assert gu.post(reverse("org:rule_set", args=["people.nonsense"]), {"value": "1"}).status_code == 404


def test_who_does_not_set_rules_is_not_let_in(cast):
    luo = Screen(cast.luo)

    assert luo.get(reverse("org:rules")).status_code == 200
    assert luo.post(reverse("org:rule_set", args=[PIN_RULE]), {"value": "45"}).status_code == 403
