from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.models import Event
from servicelane.org.services import Names, add_group, add_region
from servicelane.people import services
from servicelane.people.errors import (
    AboveOwnRights,
    HasLeft,
    IsActiveAlready,
    LastAdministrator,
    NotYourself,
    OtherGroup,
    UnknownLanguage,
    UserNameRefused,
    UserNameTaken,
)
from servicelane.people.models import Employee, Shift
from servicelane.people.roles import Role
from servicelane.people.services import NewPerson, Personal
from servicelane.people.sign_in_services import issue_token, set_pin
from tests.unchanged import refused, rows


def new(cast, user_name="li", role=Role.TECHNICIAN, place=None, **personal) -> NewPerson:
    return NewPerson(
        Personal(personal.pop("name", "李强"), **personal), user_name, role, place or cast.shinan
    )


def test_a_person_is_hired_with_a_temporary_password_and_a_first_role(cast):
    li, password = services.hire(cast.group, new(cast), by=cast.meng)

    li.refresh_from_db()
    assert li.check_password(password)
    assert li.must_change_password
    assert (li.name_en, li.sort_key, li.is_demo) == ("Li Qiang", "li qiang", False)
    assert li.may("people.see_today", cast.shinan)
    facts = Event.objects.about(li).order_by("pk")
    assert [fact.kind for fact in facts] == ["people.hired", "people.role_granted"]
    assert facts[1].data == {"role": "technician", "store": cast.shinan.pk}
    assert password not in repr(rows()["kernel.Event"])
    assert "李强" not in repr(rows()["kernel.Event"])


def test_a_user_name_is_kept_small_and_belongs_to_one_person(cast):
    li, _ = services.hire(cast.group, new(cast, " Ｌi "), by=cast.meng)
    assert li.user_name == "li"

    with refused(UserNameTaken, user_name="li"):
        services.hire(cast.group, new(cast, "LI"), by=cast.meng)


def test_a_user_name_can_be_typed_everywhere(cast):
    for user_name in ("l", "1li", "李强", "li qiang", "li\u0000x", "x" * 31, ""):
        with refused(UserNameRefused):
            services.hire(cast.group, new(cast, user_name), by=cast.meng)


def test_only_languages_on_offer_are_spoken(cast):
    with refused(UnknownLanguage, language="fr"):
        services.hire(cast.group, new(cast, language="fr"), by=cast.meng)
    with refused(UnknownLanguage):
        services.change_language(cast.chen, "fr", by=cast.chen)


def test_nobody_is_hired_into_more_than_the_hirer_may_do(cast):
    """HR hires a technician, but no service manager, and nobody into the other store."""
    with refused(AboveOwnRights, place=cast.shinan):
        services.hire(cast.group, new(cast, role=Role.SERVICE_MANAGER), by=cast.meng)
    with refused(AboveOwnRights, place=cast.laoshan):
        services.hire(cast.group, new(cast, place=cast.laoshan), by=cast.meng)
    with refused(AboveOwnRights, place=cast.region):
        services.hire(cast.group, new(cast, place=cast.region), by=cast.meng)
    with refused(AboveOwnRights):
        services.hire(cast.group, new(cast), by=cast.chen)


def test_a_first_role_is_in_the_own_group(cast):
    elsewhere = add_region(add_group(Names("别家", "Others"), by=None), Names("北", "North"), by=None)
    with refused(OtherGroup, place=elsewhere):
        services.hire(cast.group, new(cast, place=elsewhere), by=None)


def test_personal_data_change_under_a_version(cast):
    seen = cast.tao.version
    services.change_person(
        cast.tao, Personal("陶健国", email="tao@example.org", language="en"), by=cast.meng, version=seen
    )

    tao = Employee.objects.get(pk=cast.tao.pk)
    assert (tao.name, tao.name_en, tao.version) == ("陶健国", "Tao Jianguo", seen + 1)
    fact = Event.objects.about(tao).get(kind="people.person_changed")
    assert fact.data == {"changed": ["email", "language", "name"]}
    assert [row.name for row in tao.history.all()][:2] == ["陶健国", "陶建国"]

    with refused(ChangedMeanwhile):
        services.change_person(tao, Personal("陶国"), by=cast.meng, version=seen)


def test_history_never_holds_a_secret(cast):
    columns = {field.name for field in Employee.history.model._meta.fields}
    assert columns.isdisjoint({"password", "pin", "last_login"})


def test_nothing_is_recorded_when_nothing_differs(cast):
    before = rows()
    services.change_person(cast.chen, Personal("陈安", "Chen An"), by=cast.meng)
    services.change_language(cast.chen, "zh-hans", by=cast.chen)
    assert rows() == before


def test_everybody_chooses_the_own_language(cast):
    services.change_language(cast.chen, "en", by=cast.chen)
    assert Employee.objects.get(pk=cast.chen.pk).language == "en"
    assert Event.objects.about(cast.chen).latest("pk").data == {"language": "en"}


def test_a_name_is_shown_as_the_readers_language_writes_it(cast):
    with override("en"):
        assert str(cast.tao) == "Tao Jianguo"
    with override("zh-hans"):
        assert str(cast.tao) == "陶建国"


def test_whoever_leaves_loses_every_way_in_at_once(cast, client):
    chen = cast.chen
    client.force_login(chen)
    token, _ = issue_token(chen, "till", by=chen)
    mine = Shift.objects.filter(employee=chen)
    assert mine.exists()

    services.deactivate(chen, by=cast.meng)

    chen.refresh_from_db()
    token.refresh_from_db()
    assert (chen.is_active, chen.pin, chen.has_usable_password()) == (False, "", False)
    assert chen.left_on is not None
    assert token.revoked_at is not None
    assert not mine.filter(starts__gt=Event.objects.latest("pk").recorded_at).exists()
    assert not chen.may("people.see_today", cast.shinan)
    assert not chen.may_anywhere("people.see_today")
    assert client.get("/").status_code == 302
    kinds = Event.objects.about(chen).values_list("kind", flat=True)
    assert "people.left" in kinds


def test_a_session_from_before_stays_dead_after_the_return(cast, client):
    client.force_login(cast.chen)
    services.deactivate(cast.chen, by=cast.meng)

    password = services.reactivate(cast.chen, by=cast.meng)

    chen = Employee.objects.get(pk=cast.chen.pk)
    assert (chen.is_active, chen.left_on, chen.must_change_password) == (True, None, True)
    assert chen.check_password(password)
    assert chen.may("people.see_today", cast.shinan)
    assert client.get("/").status_code == 302
    assert "/sign-in/" in client.get("/")["Location"]


def test_a_person_with_a_role_elsewhere_is_let_go_only_by_who_manages_people_there_too(cast):
    """孟雪 keeps the staff of one store; 郑凯 works for the region and 吴倩 in both stores."""
    for person in (cast.zheng, cast.wu):
        with refused(AboveOwnRights):
            services.deactivate(person, by=cast.meng)
    services.deactivate(cast.gu, by=cast.meng)
    services.deactivate(cast.wu, by=cast.admin)


def test_nobody_ends_the_own_access_and_nobody_leaves_twice(cast):
    with refused(NotYourself):
        services.deactivate(cast.meng, by=cast.meng)
    with refused(IsActiveAlready, who=cast.chen):
        services.reactivate(cast.chen, by=cast.meng)
    services.deactivate(cast.chen, by=cast.meng)
    with refused(HasLeft, who=cast.chen):
        services.deactivate(cast.chen, by=cast.meng)


def test_the_last_administrator_stays(cast):
    with refused(LastAdministrator, who=cast.admin):
        services.deactivate(cast.admin, by=None)

    services.grant_role(cast.zhou, Role.SYSTEM_ADMINISTRATOR, cast.region, by=cast.admin)
    services.deactivate(cast.admin, by=cast.zhou)
    with refused(LastAdministrator, who=cast.zhou):
        services.deactivate(cast.zhou, by=None)


def test_nobody_brings_back_more_rights_than_the_own(cast):
    services.deactivate(cast.gu, by=cast.admin)
    with refused(AboveOwnRights):
        services.reactivate(cast.gu, by=cast.meng)


def test_whoever_left_gets_nothing_new(cast):
    services.deactivate(cast.chen, by=cast.meng)
    with refused(HasLeft):
        services.grant_role(cast.chen, Role.CASHIER, cast.shinan, by=cast.admin)
    with refused(HasLeft):
        set_pin(cast.chen, "839201", by=cast.admin)
    with refused(HasLeft):
        issue_token(cast.chen, "till", by=cast.admin)


def test_the_database_keeps_no_half_left_person(cast):
    for half in ({"is_active": False}, {"left_on": date(2026, 1, 1)}, {"user_name": "Chen"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Employee.objects.filter(pk=cast.chen.pk).update(**half)
