from datetime import timedelta

import pytest

from servicelane.kernel.clock import moved, now
from servicelane.kernel.models import Event
from servicelane.people import queries
from servicelane.people import sign_in_services as services
from servicelane.people.errors import AboveOwnRights, HasLeft, PasswordRefused, PinRefused, TokenTimeRefused
from servicelane.people.models import Employee, Terminal
from servicelane.people.roles import Role
from servicelane.people.services import deactivate, grant_role
from tests.unchanged import refused, rows


def test_a_pin_is_kept_as_a_hash_and_told_without_it(cast):
    services.set_pin(cast.shen, "８３９２０１", by=cast.meng)

    shen = Employee.objects.get(pk=cast.shen.pk)
    assert shen.pin
    assert "839201" not in shen.pin
    assert Event.objects.about(shen).latest("pk").data == {}
    assert shen in queries.people_with_pin(cast.shinan)
    assert shen not in queries.people_with_pin(cast.laoshan)


def test_an_easy_pin_is_refused(cast):
    for pin in ["123456", "000000", "27041", "27041x"]:
        with refused(PinRefused):
            services.set_pin(cast.chen, pin, by=cast.chen)


def test_a_reset_password_is_temporary(cast):
    password = services.reset_password(cast.chen, by=cast.meng)

    chen = Employee.objects.get(pk=cast.chen.pk)
    assert chen.check_password(password)
    assert chen.must_change_password
    assert password not in repr(rows())


@pytest.mark.parametrize(
    "take_over",
    [
        lambda who, by: services.reset_password(who, by=by),
        lambda who, by: services.set_pin(who, "839201", by=by),
        lambda who, by: services.issue_token(who, "till", by=by),
    ],
)
def test_nobody_takes_over_a_person_with_more_rights(cast, take_over):
    """HR may not become the service manager or the administrator by giving them a new password."""
    with refused(AboveOwnRights, place=cast.shinan):
        take_over(cast.gu, cast.meng)
    with refused(AboveOwnRights, place=cast.region):
        take_over(cast.admin, cast.gu)
    with refused(AboveOwnRights, place=cast.laoshan):
        take_over(cast.wu, cast.gu)
    take_over(cast.gu, cast.admin)
    take_over(cast.chen, cast.chen)


def test_an_administrator_of_one_store_is_none_in_the_other(cast):
    grant_role(cast.zhou, Role.SYSTEM_ADMINISTRATOR, cast.shinan, by=cast.admin)
    with refused(AboveOwnRights, place=cast.laoshan):
        services.reset_password(cast.gao, by=cast.zhou)


def test_the_own_password_obeys_the_rules_and_ends_being_temporary(cast):
    old = services.reset_password(cast.chen, by=cast.meng)
    for password in (old, "short", "12345678901", "password1234", "chen"):
        with refused(PasswordRefused):
            services.change_own_password(cast.chen, password)

    services.change_own_password(cast.chen, "four-words-apart-here")
    chen = Employee.objects.get(pk=cast.chen.pk)
    assert chen.check_password("four-words-apart-here")
    assert not chen.must_change_password
    fact = Event.objects.about(chen).latest("pk")
    assert (fact.kind, fact.actor_id) == ("people.password_changed", chen.pk)


def test_nobody_who_left_gets_a_password(cast):
    deactivate(cast.chen, by=cast.admin)
    with refused(HasLeft):
        services.reset_password(cast.chen, by=cast.admin)
    with refused(HasLeft):
        services.change_own_password(cast.chen, "four-words-apart-here")


def test_a_terminal_is_known_by_its_token_until_it_is_revoked(cast):
    terminal, token = services.register_terminal(cast.shinan, "bay 3", by=cast.gu)

    assert token not in repr(rows())
    assert queries.terminal_of(token) == terminal
    assert queries.terminal_of(token + "x") is None
    assert queries.terminal_of(None) is None
    assert list(Terminal.objects.visible_to(cast.gu, "people.register_terminals")) == [terminal]
    assert not Terminal.objects.visible_to(cast.wu, "people.register_terminals").exists()

    services.revoke_terminal(terminal, by=cast.gu)
    assert queries.terminal_of(token) is None
    before = rows()
    services.revoke_terminal(terminal, by=cast.gu)
    assert rows() == before
    kinds = Event.objects.about(terminal).order_by("pk").values_list("kind", "store_id")
    assert list(kinds) == [
        ("people.terminal_registered", cast.shinan.pk),
        ("people.terminal_revoked", cast.shinan.pk),
    ]


def test_a_token_lives_until_it_expires_or_is_revoked(cast):
    row, token = services.issue_token(cast.chen, "till", by=cast.chen, lifetime=timedelta(days=2))

    assert token not in repr(rows())
    assert queries.token_of(token) == row
    with moved(now() + timedelta(days=3)):
        assert queries.token_of(token) is None
    services.revoke_token(row, by=cast.chen)
    assert queries.token_of(token) is None
    before = rows()
    services.revoke_token(row, by=cast.chen)
    assert rows() == before


@pytest.mark.parametrize("lifetime", [timedelta(0), timedelta(days=-1), timedelta(days=366)])
def test_a_token_lives_for_a_limited_time(cast, lifetime):
    with refused(TokenTimeRefused, days=365):
        services.issue_token(cast.chen, "till", by=cast.chen, lifetime=lifetime)
