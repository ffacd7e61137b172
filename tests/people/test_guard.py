from datetime import timedelta

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch
from django_htmx.middleware import HtmxDetails

from servicelane.kernel.clock import now
from servicelane.kernel.errors import MissingKey
from servicelane.kernel.models import Answer, Event
from servicelane.kernel.routes import ANYWHERE, HERE, LINK, PUBLIC, STAFF, Route, mark
from servicelane.org.models import Bay
from servicelane.org.services import set_rule
from servicelane.people.access import PIN_BACKEND, STORE_KEY, TERMINAL_KEY, enforce, enforce_api
from servicelane.people.models import Employee
from servicelane.people.rules import PIN_SESSION_MINUTES
from servicelane.people.services import change_language, deactivate
from servicelane.people.sign_in import switch_by_pin
from servicelane.people.sign_in_services import (
    issue_token,
    register_terminal,
    reset_password,
    revoke_terminal,
)
from tests.unchanged import refused

KEY = {"once": "k-1"}


def asked(person: Employee | None, method: str = "get", path: str = "/here?x=1", data=None, **more):
    request = getattr(RequestFactory(), method)(path, data or {}, REMOTE_ADDR="127.0.0.1", **more)
    request.session = SessionStore()
    request.htmx = HtmxDetails(request)
    request.resolver_match = None
    if person is None:
        request.user = AnonymousUser()
    else:
        request.user = person
    return request


def view_of(declare):
    seen = []

    def view(request, **kwargs):
        seen.append(request)
        return HttpResponse("seen")

    guarded = enforce(declare(view))
    guarded.seen = seen
    return guarded


@pytest.fixture
def planning():
    return view_of(STAFF("people.plan_shifts", HERE))


def test_whoever_is_signed_out_signs_in_first_and_comes_back(cast, planning):
    answer = planning(asked(None))
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=%2Fhere%3Fx%3D1")
    answer = planning(asked(None, "post"))
    assert answer["Location"] == "/sign-in/"
    answer = planning(
        asked(None, HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://testserver/people/?q=a")
    )
    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/sign-in/?next=%2Fpeople%2F%3Fq%3Da")
    assert planning.seen == []


def test_the_view_finds_the_person_and_their_first_store(cast, planning):
    planning(asked(cast.luo))
    request = planning.seen[0]
    assert (request.employee, request.store) == (cast.luo, cast.shinan)
    assert not request.employee.signed_in_by_pin


def test_the_chosen_store_counts_as_long_as_the_person_has_a_role_there(cast):
    view = view_of(STAFF("people.see_today"))
    for chosen, store in [
        (cast.laoshan.pk, cast.laoshan),
        (cast.shinan.pk, cast.shinan),
        (999, cast.laoshan),
    ]:
        request = asked(cast.wu)
        request.session[STORE_KEY] = chosen
        view(request)
        assert request.store == store

    request = asked(cast.chen)
    request.session[STORE_KEY] = cast.laoshan.pk
    view(request)
    assert request.store == cast.shinan


def test_a_right_here_must_hold_in_the_current_store(cast, planning):
    """吴倩 plans shifts in 崂山店 and only works in 市南店."""
    request = asked(cast.wu)
    request.session[STORE_KEY] = cast.laoshan.pk
    assert planning(request).status_code == 200
    request = asked(cast.wu)
    request.session[STORE_KEY] = cast.shinan.pk
    with pytest.raises(PermissionDenied):
        planning(request)
    with pytest.raises(PermissionDenied):
        planning(asked(cast.chen))


@pytest.mark.parametrize("scope", [ANYWHERE, Bay])
def test_a_right_anywhere_or_for_an_object_holds_in_some_store(cast, scope):
    view = view_of(STAFF("people.plan_shifts", scope))
    request = asked(cast.wu)
    request.session[STORE_KEY] = cast.shinan.pk
    assert view(request).status_code == 200
    with pytest.raises(PermissionDenied):
        view(asked(cast.chen))


def test_whoever_left_is_signed_out(cast, planning):
    deactivate(cast.luo, by=cast.admin)
    assert planning(asked(cast.luo))["Location"].startswith("/sign-in/")
    assert planning.seen == []


def test_a_temporary_password_is_changed_first(cast, planning):
    reset_password(cast.luo, by=cast.admin)
    assert planning(asked(cast.luo))["Location"] == "/password/"
    htmx = planning(asked(cast.luo, HTTP_HX_REQUEST="true"))
    assert htmx["HX-Redirect"] == "/password/"

    request = asked(cast.luo)
    request.resolver_match = ResolverMatch(planning, (), {}, "account_change_password")
    assert planning(request).status_code == 200


def pin_request(person, terminal, method="get"):
    request = asked(person, method)
    request.session[BACKEND_SESSION_KEY] = PIN_BACKEND
    request.session[TERMINAL_KEY] = terminal.pk
    return request


def test_a_session_by_pin_lacks_rights_and_ends_with_its_terminal(cast):
    terminal, _ = register_terminal(cast.shinan, "bay 3", by=cast.gu)
    people, today = view_of(STAFF("people.manage_people")), view_of(STAFF("people.see_today"))

    assert today(pin_request(cast.gu, terminal)).status_code == 200
    assert today.seen[0].employee.signed_in_by_pin
    with pytest.raises(PermissionDenied):
        people(pin_request(cast.gu, terminal))

    revoke_terminal(terminal, by=cast.gu)
    assert today(pin_request(cast.gu, terminal))["Location"].startswith("/sign-in/")


def test_a_switch_by_pin_starts_a_clean_short_session_in_the_terminals_store(cast):
    set_rule(cast.laoshan, PIN_SESSION_MINUTES, "20", by=None)
    terminal, _ = register_terminal(cast.laoshan, "front", by=cast.admin)
    request = asked(None, "post")
    request.session["left over"] = "from the one before"

    assert switch_by_pin(request, terminal, "wu", "839201") is None
    assert switch_by_pin(request, terminal, "Wu", "270413") == cast.wu
    assert request.session[STORE_KEY] == cast.laoshan.pk
    assert "left over" not in request.session
    assert request.session.get_expiry_date() - now() <= timedelta(minutes=20)
    today = view_of(STAFF("people.see_today"))
    request.method = "GET"
    today(request)
    assert request.store == cast.laoshan
    assert request.employee.signed_in_by_pin


def test_what_changes_something_is_one_unit_with_its_key(cast):
    def view(request):
        change_language(request.employee, "en", by=request.employee)
        return HttpResponse("done")

    guarded = enforce(STAFF("people.see_today")(view))
    for _ in range(2):
        assert guarded(asked(cast.chen, "post", data=KEY)).content == b"done"
    assert Event.objects.filter(kind="people.language_changed").count() == 1
    answer = Answer.objects.get()
    assert (answer.actor_kind, answer.actor_id) == ("person", cast.chen.pk)


def test_a_form_without_its_key_is_refused(cast):
    view = view_of(STAFF("people.see_today"))
    with refused(MissingKey):
        view(asked(cast.chen, "post"))
    assert view.seen == []


def test_a_refused_answer_undoes_everything(cast):
    def view(request):
        change_language(request.employee, "en", by=request.employee)
        return HttpResponse("no", status=422)

    guarded = enforce(STAFF("people.see_today")(view))
    assert guarded(asked(cast.chen, "post", data=KEY)).status_code == 422
    assert Employee.objects.get(pk=cast.chen.pk).language == "zh-hans"
    assert not Answer.objects.exists()


def test_a_second_try_begins_with_the_person_as_they_were(cast):
    versions = []

    def view(request):
        versions.append(request.employee.version)
        change_language(request.employee, "en", by=request.employee)
        return HttpResponse("no", status=422)

    guarded = enforce(STAFF("people.see_today")(view))
    for _ in range(2):
        guarded(asked(cast.chen, "post", data=KEY))
    assert versions == [cast.chen.version] * 2


def test_everybody_may_use_a_public_route(db):
    view = view_of(PUBLIC)
    assert view(asked(None)).status_code == 200
    assert view(asked(None, "post")).status_code == 200
    assert not hasattr(view.seen[0], "employee")


def test_only_a_library_keeps_its_own_transactions(transactional_db, cast):

    inside = []

    def view(request):
        inside.append(connection.in_atomic_block)
        return HttpResponse()

    enforce(PUBLIC(view))(asked(None, "post"))
    enforce(mark(Route("public", own_transactions=True))(view))(asked(None, "post"))
    enforce(mark(Route("staff", "people.see_today", own_transactions=True))(view))(asked(cast.chen, "post"))
    enforce(STAFF("people.see_today")(view))(asked(cast.chen, "get"))
    enforce(STAFF("people.see_today")(view))(asked(cast.chen, "post", data=KEY))
    assert inside == [True, False, False, False, True]


def test_a_view_says_who_may_use_it_and_a_program_comes_by_no_link():
    with pytest.raises(ImproperlyConfigured, match="does not say"):
        enforce(lambda request: HttpResponse())
    with pytest.raises(ImproperlyConfigured, match="a token, not a link"):
        enforce_api(LINK("approve")(lambda request: HttpResponse()))
    with pytest.raises(ImproperlyConfigured, match="no current store"):
        enforce_api(STAFF("people.see_today", HERE)(lambda request: None))


def test_a_program_acts_for_its_person_where_they_may(cast):
    guarded = enforce_api(STAFF("people.plan_shifts", ANYWHERE)(lambda request: request.employee))
    token, _ = issue_token(cast.luo, "board", by=cast.luo)
    request = asked(None)
    request.auth = token
    assert guarded(request) == cast.luo

    request.META["REMOTE_ADDR"] = "192.168.1.20"
    with pytest.raises(PermissionDenied):
        guarded(request)
    request = asked(None)
    request.auth, _ = issue_token(cast.chen, "board", by=cast.chen)
    with pytest.raises(PermissionDenied):
        guarded(request)
    assert enforce_api(PUBLIC(lambda request: "open"))(asked(None)) == "open"
