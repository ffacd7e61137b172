"""`servicelane user …` as an operator at the machine runs it, when nobody else can help."""

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import authenticate
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.urls import reverse

from servicelane.kernel.clock import now
from servicelane.kernel.models import ActorKind, Event
from servicelane.org.models import Group, Region, Store
from servicelane.people import second_factor
from servicelane.people.models import Employee
from servicelane.people.roles import Role
from servicelane.project import cli


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Run the command and return its code, what it said, and its one line when it refused."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def ran(*words: str) -> tuple[int, list[str], str]:
        monkeypatch.setattr(cli.sys, "argv", ["servicelane", "user", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out.splitlines(), said.err.rstrip("\n")

    return ran


def last_fact(kind: str) -> Event:
    fact = Event.objects.filter(kind=kind).latest("id")
    assert fact.actor_kind == ActorKind.SYSTEM
    return fact


def opens(user: str, password: str) -> bool:
    return authenticate(RequestFactory().post("/"), username=user, password=password) is not None


def test_the_first_administrator_of_an_empty_system_signs_in_and_is_asked_for_an_own_password(db, run):
    code, said, _ = run("add", "Han", "--name", "韩冰", "--group", "海晏汽车", "--store", "SN")

    assert (code, said[0]) == (0, "han was added.")
    person = Employee.objects.get()
    assert person.roles_in(Region.objects.get()) == {Role.SYSTEM_ADMINISTRATOR}
    assert person.stores.get() == Store.objects.get(code="SN")
    assert opens("han", said[-1])
    assert person.must_change_password
    assert not person.is_demo
    last_fact("people.hired")
    assert not any(said[-1] in str(fact.data) for fact in Event.objects.all())


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--group", "海晏汽车"),
        ("--group", "海晏汽车", "--store", "no code!"),
        ("--group", "海晏汽车", "--store", "SN", "--role", "technician"),
    ],
)
def test_without_a_group_and_a_store_an_empty_system_stays_empty(db, run, words):
    code, _, why = run("add", "han", "--name", "韩冰", *words)

    assert (code, why.count("\n")) == (1, 0)
    assert why.startswith("Nobody was added")
    assert not Group.objects.exists()
    assert not Event.objects.exists()


def test_people_are_added_with_a_role_in_a_place(cast, run):
    assert run("add", "xu", "--name", "徐一", "--role", "technician", "--store", "LS")[0] == 0
    assert Employee.objects.get(user_name="xu").roles_in(cast.laoshan) == {Role.TECHNICIAN}
    assert run("add", "pan", "--name", "潘二", "--role", "system_administrator")[0] == 0
    assert Employee.objects.get(user_name="pan").roles_in(cast.region) == {Role.SYSTEM_ADMINISTRATOR}

    people, facts = Employee.objects.count(), Event.objects.count()
    for words, why in {
        ("xu", "--role", "technician", "--store", "LS"): "xu is taken",
        ("two", "--role", "technician", "--store", "XX"): "no store 'XX'",
        ("two", "--role", "king"): "no role 'king'",
        ("two",): "Give --role",
        ("2", "--role", "technician"): "no user name",
    }.items():
        code, _, said = run("add", *words, "--name", "某人")
        assert (code, said.count("\n")) == (1, 0)
        assert why in said
    assert (Employee.objects.count(), Event.objects.count()) == (people, facts)


def test_a_forgotten_password_is_replaced_by_a_temporary_one(cast, run):
    code, said, _ = run("reset-password", "Gu")

    assert code == 0
    cast.gu.refresh_from_db()
    assert cast.gu.check_password(said[-1])
    assert cast.gu.must_change_password
    assert last_fact("people.password_reset").subject_id == cast.gu.pk


def test_a_locked_person_may_try_again_at_once(cast, run):
    cast.gu.is_demo = False
    cast.gu.save()
    password = run("reset-password", "gu")[1][-1]
    sign_in = reverse("account_login")
    for _ in range(5):
        Client().post(sign_in, {"login": "Gu", "password": "wrong"})
    assert Client().post(sign_in, {"login": "gu", "password": password}).status_code == 429
    assert any(line.startswith("gu\t") and "locked" in line for line in run("list")[1])

    # The sixth was the right password, refused because of the five before it.
    assert run("unlock", "gu")[1] == ["6 failed tries of gu forgotten."]
    assert last_fact("people.unlocked").data == {"failed_tries": 6}
    assert Client().post(sign_in, {"login": "gu", "password": password}).status_code == 302
    assert not AccessAttempt.objects.filter(username="gu").exists()

    facts = Event.objects.count()
    assert run("unlock", "gu")[1] == ["0 failed tries of gu forgotten."]
    assert Event.objects.count() == facts


def test_sessions_of_one_person_end_and_those_of_others_go_on(cast, run):
    gu, tao = Client(), Client()
    for client, person in ((gu, cast.gu), (tao, cast.tao), (Client(), cast.gu)):
        client.force_login(person, backend="servicelane.people.backends.PasswordBackend")

    assert run("end-sessions", "gu")[1] == ["2 sessions of gu ended."]
    assert last_fact("people.sessions_ended").data == {"sessions": 2}
    assert Session.objects.count() == 1
    assert gu.get(reverse("today")).status_code == 302
    assert tao.get(reverse("today")).status_code == 200


def test_a_lost_second_factor_is_switched_off(cast, run):
    key = second_factor.new_key()
    second_factor.switch_on(cast.admin, key, second_factor.code_of(key, now()), here=None)

    said = run("reset-second-factor", "admin")[1]
    assert said == ["The second factor of admin is off; the password is enough now."]
    last_fact("people.second_factor_reset")
    assert not second_factor.is_on(cast.admin)


def test_who_leaves_cannot_sign_in_and_the_last_administrator_stays(cast, run):
    assert run("deactivate", "gu")[0] == 0
    cast.gu.refresh_from_db()
    assert not cast.gu.is_active
    last_fact("people.left")
    listed = run("list")[1]
    assert next(line for line in listed if line.startswith("gu\t")).split("\t")[3] == "has left, demo"
    assert len(listed) == Employee.objects.count()

    facts = Event.objects.count()
    for words, why in {
        ("deactivate", "admin"): "last system administrator",
        ("deactivate", "gu"): "has left",
        ("reactivate", "admin"): "works here",
        ("unlock", "gu"): "has left",
        ("reset-password", "gu"): "has left",
        ("reset-second-factor", "tao"): "second factor is off",
        ("unlock", "nobody"): "no person 'nobody'",
    }.items():
        code, _, said = run(*words)
        assert (code, said.count("\n")) == (1, 0)
        assert why in said
    assert Event.objects.count() == facts

    code, said, _ = run("reactivate", "gu")
    assert code == 0
    cast.gu.refresh_from_db()
    assert (cast.gu.is_active, cast.gu.must_change_password) == (True, True)
    assert cast.gu.check_password(said[-1])
    last_fact("people.came_back")


def test_the_list_speaks_the_language_of_the_terminal(cast, run, monkeypatch):
    assert any("system administrator (Qingdao region)" in line for line in run("list")[1])
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert any("系统管理员 (青岛区域)" in line and "演示" in line for line in run("list")[1])
