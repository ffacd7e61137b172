"""The staff file as a browser meets it: list, new person, roles, skills, certificates, sign-in, leaving."""

from datetime import date, timedelta

import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from servicelane.demo.cast import PASSWORD
from servicelane.kernel.clock import now
from servicelane.kernel.models import Answer, Event
from servicelane.people.models import Certificate, Employee, EmployeeSkill, Membership, Skill
from servicelane.people.roles import Role
from tests.screen import Screen

NEW = {
    "name": "林小雨",
    "name_en": "",
    "user_name": "xiaoyu",
    "role": "technician",
    "email": "",
    "language": "zh-hans",
    "joined_on": "",
}


@pytest.fixture
def gu(cast) -> Screen:
    """The browser of the service manager of Shinan."""
    return Screen(cast.gu)


@pytest.fixture
def other(cast) -> Screen:
    """The browser of somebody who manages people in Laoshan only."""
    Membership.objects.create(employee=cast.gao, store=cast.laoshan, role=Role.SERVICE_MANAGER)
    return Screen(cast.gao)


def page(name: str, person: Employee, *more: int) -> str:
    return reverse(f"people:{name}", args=[person.pk, *more])


def add_people(cast, count: int) -> None:
    rows = [
        Employee(
            group=cast.group,
            user_name=f"extra{number}",
            name=f"员工{number}",
            name_en=f"Extra {number}",
            sort_key=f"zz extra{number:03}",
            joined_on=date(2026, 1, 5),
        )
        for number in range(count)
    ]
    for person in Employee.objects.bulk_create(rows):
        Membership.objects.create(employee=person, store=cast.shinan, role=Role.WASH_STAFF)


def queries(client: Screen, url: str, connection) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


def test_the_list_costs_the_same_for_few_and_for_many(gu, cast, django_assert_max_num_queries):
    from django.db import connection

    url = reverse("people:list")
    few = queries(gu, url, connection)
    add_people(cast, 34)

    assert queries(gu, url, connection) == few
    with django_assert_max_num_queries(24):
        gu.get(url)


@pytest.mark.parametrize(
    ("asked", "found"),
    [("陶", True), ("tao jian", True), ("taojg", False), ("tjg", True), ("Tao Ji", True), ("陈", False)],
)
def test_people_are_found_by_characters_pinyin_and_initials(gu, cast, asked, found):
    text = gu.get(reverse("people:list"), {"q": asked}).text

    assert (page("person", cast.tao) in text) is found


def test_the_list_is_narrowed_by_role_and_state_and_shows_no_other_store(gu, cast):
    text = gu.get(reverse("people:list"), {"role": "technician"}).text
    assert page("person", cast.tao) in text
    assert page("person", cast.gao) not in text
    assert page("person", cast.chen) not in text

    assert "没有符合筛选条件的人员" in gu.get(reverse("people:list"), {"state": "left"}).text


def test_an_impossible_filter_narrows_nothing(gu, cast):
    answer = gu.get(reverse("people:list"), {"role": "emperor", "state": "x", "page": "99999999999999999999"})

    assert answer.status_code == 200
    assert page("person", cast.tao) in answer.text


def test_a_new_person_gets_a_temporary_password_that_is_shown_once(gu, cast):
    answer = gu.post(reverse("people:new"), {**NEW, "place": f"store-{cast.shinan.pk}"})

    person = Employee.objects.get(user_name="xiaoyu")
    assert (answer.status_code, answer["Location"]) == (302, page("person", person))
    assert person.name_en == "Lin Xiaoyu"
    assert person.must_change_password
    first, second = gu.get(page("person", person)), gu.get(page("person", person))
    password = first.context["password"]
    assert person.check_password(password)
    assert password in first.text
    assert password not in second.text
    assert second.context["password"] == ""


def test_a_temporary_password_is_kept_nowhere_on_the_server(gu, cast):
    sent = {**NEW, "place": f"store-{cast.shinan.pk}", "once": "a" * 32}
    gu.post(reverse("people:new"), sent)
    person = Employee.objects.get(user_name="xiaoyu")
    password = gu.get(page("person", person)).context["password"]

    kept = Answer.objects.latest("created_at")
    assert password not in f"{kept.body} {kept.headers}"
    assert password not in str(list(Event.objects.values_list("data", flat=True)))
    assert password not in str(dict(gu.session))


def test_a_double_click_adds_one_person(gu, cast):
    sent = {**NEW, "place": f"store-{cast.shinan.pk}", "once": "b" * 32}

    answers = [gu.post(reverse("people:new"), sent)["Location"] for _ in range(2)]

    assert answers[0] == answers[1]
    assert Employee.objects.filter(user_name="xiaoyu").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"user_name": ""}, {"role": "emperor"}, {"email": "no address"}, {"place": "foreign"}],
)
def test_a_bad_new_person_keeps_what_was_typed(gu, cast, wrong):
    place = f"store-{cast.laoshan.pk}" if wrong.get("place") else f"store-{cast.shinan.pk}"
    before = Employee.objects.count()

    answer = gu.post(reverse("people:new"), {**NEW, **wrong, "place": place})

    assert answer.status_code == 422
    typed = {**NEW, **wrong}
    assert f'value="{typed["name"]}"' in answer.text or not typed["name"]
    assert Employee.objects.count() == before


def test_a_taken_user_name_is_the_three_part_panel(gu, cast):
    sent = {**NEW, "user_name": "chen", "place": f"store-{cast.shinan.pk}"}
    answer = gu.post(reverse("people:new"), sent, headers={"hx-request": "true"})

    assert (answer.status_code, answer["HX-Retarget"]) == (422, "#problem")
    assert "chen" in answer.text


def test_hr_hires_for_the_own_store_but_not_into_a_role_with_more_rights(client, cast):
    client.force_login(cast.meng)
    shown = client.get(reverse("people:new")).text
    assert f'value="store-{cast.shinan.pk}"' in shown
    assert f'value="store-{cast.laoshan.pk}"' not in shown
    entered = {
        "name": "李强",
        "user_name": "liqiang",
        "place": f"store-{cast.shinan.pk}",
        "language": "zh-hans",
    }

    refused = client.post(reverse("people:new"), {**entered, "role": "service_manager", "once": "a"})
    assert refused.status_code == 403
    assert not Employee.objects.filter(user_name="liqiang").exists()
    done = client.post(reverse("people:new"), {**entered, "role": "technician", "once": "b"})
    assert done.status_code == 302
    assert Employee.objects.get(user_name="liqiang").roles_in(cast.shinan) == {"technician"}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_person_page_tells_the_whole_file(gu, cast, language):
    Employee.objects.filter(pk=cast.gu.pk).update(language=language)

    text = gu.get(page("person", cast.tao)).text

    expected = {
        "zh-hans": ["陶建国", "维修技师", "证书", "变更记录"],
        "en": ["Tao Jianguo", "technician", "Certificates", "Changes"],
    }
    assert all(word in text for word in expected[language])
    assert cast.tao.password not in text
    assert cast.tao.pin not in text


def test_the_staff_file_is_changed_and_an_older_form_is_refused(gu, cast):
    sent = {"name": "陶建国", "name_en": "Tao J.", "email": "", "language": "en", "version": cast.tao.version}

    assert gu.post(page("change", cast.tao), sent)["Location"] == page("person", cast.tao)
    assert gu.post(page("change", cast.tao), {**sent, "name_en": "Late"}).status_code == 409
    cast.tao.refresh_from_db()
    assert cast.tao.name_en == "Tao J."


def test_a_role_is_granted_and_withdrawn(gu, cast):
    sent = {"role": "quality_inspector", "place": f"store-{cast.shinan.pk}"}
    assert gu.post(page("grant_role", cast.tao), sent).status_code == 302
    role = Membership.objects.get(employee=cast.tao, role="quality_inspector")

    assert gu.post(page("withdraw_role", cast.tao, role.pk)).status_code == 302
    assert not Membership.objects.filter(pk=role.pk).exists()


def test_a_role_of_another_store_cannot_be_granted_by_its_id(gu, cast):
    sent = {"role": "technician", "place": f"store-{cast.laoshan.pk}"}

    assert gu.post(page("grant_role", cast.tao), sent).status_code == 422
    assert not Membership.objects.filter(employee=cast.tao, store=cast.laoshan).exists()


def test_the_only_role_is_not_withdrawn(gu, cast):
    role = cast.tao.memberships.get()

    answer = gu.post(page("withdraw_role", cast.tao, role.pk))

    assert answer.status_code == 422
    assert "请先授予" in answer.text or "您可以" in answer.text
    assert Membership.objects.filter(pk=role.pk).exists()


def test_a_skill_is_set_and_removed(gu, cast):
    skill = Skill.objects.exclude(pk__in=cast.tao.skills.values("skill")).first()
    assert gu.post(page("set_skill", cast.tao), {"skill": skill.pk, "level": "3"}).status_code == 302
    held = EmployeeSkill.objects.get(employee=cast.tao, skill=skill)
    assert held.level == 3

    assert gu.post(page("set_skill", cast.tao), {"skill": skill.pk, "level": "4"}).status_code == 422
    assert gu.post(page("remove_skill", cast.tao, held.pk)).status_code == 302
    assert not EmployeeSkill.objects.filter(pk=held.pk).exists()


def test_a_certificate_is_added_and_withdrawn_and_a_bad_one_keeps_what_was_typed(gu, cast):
    sent = {"kind": "welder", "number": "HG-77", "issued_on": "2026-01-05", "expires_on": "2030-01-05"}
    assert gu.post(page("add_certificate", cast.tao), sent).status_code == 302
    paper = Certificate.objects.get(number="HG-77")

    bad = gu.post(page("add_certificate", cast.tao), {**sent, "number": "HG-78", "issued_on": "soon"})
    assert bad.status_code == 422
    assert 'value="HG-78"' in bad.text
    assert gu.post(page("withdraw_certificate", cast.tao, paper.pk)).status_code == 302
    assert not Certificate.objects.filter(number__startswith="HG").exists()


def test_a_certificate_that_expired_is_told_by_words(gu, cast):
    Certificate.objects.filter(employee=cast.tao).update(
        issued_on=date(2020, 1, 1), expires_on=(now() - timedelta(days=2)).date()
    )

    assert "已过期" in gu.get(page("person", cast.tao)).text


def test_a_pin_is_set_by_the_manager_and_by_oneself(gu, cast):
    assert gu.post(page("pin", cast.tao), {"pin": "859203", "again": "859204"}).status_code == 422
    assert gu.post(page("pin", cast.tao), {"pin": "123456", "again": "123456"}).status_code == 422
    assert gu.post(page("pin", cast.tao), {"pin": "859203", "again": "859203"}).status_code == 302
    cast.tao.refresh_from_db()
    before = cast.tao.pin

    assert (
        Screen(cast.tao).post(reverse("people:own_pin"), {"pin": "640917", "again": "640917"}).status_code
        == 302
    )
    cast.tao.refresh_from_db()
    assert cast.tao.pin != before


def test_a_password_is_reset_after_a_question_back(gu, cast):
    theirs = Screen(cast.tao)
    assert gu.get(page("reset_password", cast.tao)).status_code == 200
    cast.tao.refresh_from_db()
    assert cast.tao.check_password(PASSWORD)

    gu.post(page("reset_password", cast.tao))

    cast.tao.refresh_from_db()
    assert cast.tao.check_password(gu.get(page("person", cast.tao)).context["password"])
    assert theirs.get("/").status_code == 302


def test_a_person_leaves_after_a_question_back_and_returns(gu, cast):
    assert gu.get(page("deactivate", cast.tao)).status_code == 200
    assert gu.post(page("deactivate", cast.tao)).status_code == 302
    cast.tao.refresh_from_db()
    assert not cast.tao.is_active
    assert "已离职" in gu.get(page("person", cast.tao)).text

    assert gu.post(page("reactivate", cast.tao)).status_code == 302
    cast.tao.refresh_from_db()
    assert cast.tao.is_active
    assert gu.get(page("person", cast.tao)).context["password"]


def test_nobody_lets_themselves_leave(gu, cast):
    assert gu.post(page("deactivate", cast.gu)).status_code == 422
    cast.gu.refresh_from_db()
    assert cast.gu.is_active


READS = ["person"]
WRITES = ["change", "pin", "reset_password", "deactivate", "grant_role", "set_skill", "add_certificate"]


@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_a_person_of_another_store_is_not_found(other, cast, name):
    assert other.get(page(name, cast.tao)).status_code == 404


@pytest.mark.parametrize("name", [*WRITES, "reactivate"])
def test_a_person_of_another_store_is_not_written(other, cast, name):
    facts = Event.objects.count()

    assert other.post(page(name, cast.tao), {}).status_code == 404
    assert Event.objects.count() == facts


def test_rows_of_another_store_or_another_person_are_not_removed(other, gu, cast):
    role, skill, paper = cast.tao.memberships.get(), cast.tao.skills.first(), cast.tao.certificates.first()
    for name, row in (("withdraw_role", role), ("remove_skill", skill), ("withdraw_certificate", paper)):
        assert other.post(page(name, cast.tao, row.pk)).status_code == 404
        assert other.post(page(name, cast.gao, row.pk)).status_code == 404
        assert gu.post(page(name, cast.chen, row.pk)).status_code == 404
        assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("name", [*READS, *WRITES])
def test_a_technician_is_not_let_in(client, cast, name):
    client.force_login(cast.tao)

    assert client.get(page(name, cast.chen)).status_code == 403
    assert client.get(reverse("people:list")).status_code == 403


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "授予和收回角色"), ("en", "Grant and withdraw roles")]
)
def test_the_table_of_roles_says_every_right_in_words(gu, cast, language, words):
    Employee.objects.filter(pk=cast.gu.pk).update(language=language)

    answer = gu.get(reverse("people:roles"))

    assert words in answer.text
    assert all(str(right.words) != right.code for right in answer.context["rights"])
    assert len(answer.context["rows"]) == len(Role)
