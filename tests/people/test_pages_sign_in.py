"""Signing in and out, lock-out, the own password, language and store: as a browser meets them."""

import pytest
from django.test import Client
from django.urls import reverse

from servicelane.demo.cast import PASSWORD
from servicelane.kernel.models import Event
from servicelane.people.models import Employee
from tests.screen import Screen

SIGN_IN = "/sign-in/"
NEW = "meadow-kettle-river-71"


def sign_in(client: Client, user: str, password: str = PASSWORD, **extra: str):
    return client.post(SIGN_IN, {"login": user, "password": password, **extra})


def test_the_page_asks_for_user_name_and_password_in_the_browsers_language(client, db):
    chinese = client.get(SIGN_IN, headers={"accept-language": "zh-CN"})
    english = client.get(SIGN_IN, headers={"accept-language": "en-GB"})

    assert "用户名" in chinese.text
    assert "User name" in english.text
    assert "sign-up" not in english.text


def test_signing_in_leads_to_today_under_a_new_session(client, cast):
    client.get(SIGN_IN)
    client.session.save()
    before = client.session.session_key

    answer = sign_in(client, "chen")

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session.session_key != before
    assert client.session["_auth_user_id"] == str(cast.chen.pk)


def test_a_planted_session_is_not_taken_over(client, cast):
    planted = client.session
    planted["planted"] = "yes"
    planted.save()
    client.cookies["sessionid"] = planted.session_key

    sign_in(client, "chen")

    assert client.session.session_key != planted.session_key


def test_a_user_name_may_be_typed_in_capitals_or_full_width(client, cast):
    assert sign_in(client, "ＣＨＥＮ").status_code == 302


def test_it_goes_to_the_page_that_was_wanted_but_not_to_another_site(client, cast):
    assert sign_in(client, "gu", next="/people/")["Location"] == "/people/"
    assert sign_in(Client(), "gu", next="https://example.org/")["Location"] == "/"
    assert sign_in(Client(), "gu", next="//example.org/")["Location"] == "/"


@pytest.mark.parametrize(
    ("user", "password"), [("chen", "wrong-password-1"), ("nobody", PASSWORD), ("😀", "emoji-password-1")]
)
def test_a_refusal_keeps_the_user_name_and_does_not_say_what_was_wrong(client, cast, user, password):
    answer = sign_in(client, user, password)

    assert answer.status_code == 422
    assert f'value="{user}"' in answer.text
    assert password not in answer.text
    assert "用户名或密码不正确" in answer.text


def test_five_wrong_passwords_lock_this_person_at_this_address_and_nobody_else(client, cast):
    for _ in range(5):
        answer = sign_in(client, "chen", "wrong-password-1")

    assert answer.status_code == 429
    assert "15 分钟" in answer.text
    assert sign_in(client, "CHEN").status_code == 429
    assert sign_in(client, "tao").status_code == 302


def test_signing_out_needs_a_post(client, cast):
    sign_in(client, "chen")

    assert client.get("/sign-out/").status_code == 200
    assert "_auth_user_id" in client.session
    assert client.post("/sign-out/")["Location"] == SIGN_IN
    assert "_auth_user_id" not in client.session


def test_only_three_pages_of_the_library_exist(client, db):
    for path in ("/signup/", "/sign-up/", "/accounts/signup/", "/password/reset/", "/email/", "/login/code/"):
        assert client.get(path).status_code == 404


def change_password(client: Client, old: str, new: str, again: str | None = None):
    fields = {"oldpassword": old, "password1": new, "password2": again or new}
    return client.post("/password/", fields)


def test_a_temporary_password_is_changed_first_and_the_session_goes_on(client, cast):
    Employee.objects.filter(pk=cast.chen.pk).update(must_change_password=True)
    other = Client()
    sign_in(other, "chen")
    assert sign_in(client, "chen", next="/people/").status_code == 302
    assert client.get("/")["Location"] == "/password/"

    answer = change_password(client, PASSWORD, NEW)

    assert (answer.status_code, answer["Location"]) == (302, "/")
    cast.chen.refresh_from_db()
    assert not cast.chen.must_change_password
    assert cast.chen.check_password(NEW)
    assert client.get("/").status_code == 200
    assert other.get("/").status_code == 302
    fact = Event.objects.about(cast.chen).get(kind="people.password_changed")
    assert NEW not in str(fact.data)


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong-password-1", NEW, NEW),
        (PASSWORD, NEW, "another-one-71"),
        (PASSWORD, "12345678901", "12345678901"),
    ],
)
def test_a_bad_new_password_changes_nothing(client, cast, old, new, again):
    client.force_login(cast.chen)

    answer = change_password(client, old, new, again)

    assert answer.status_code == 422
    assert new not in answer.text
    cast.chen.refresh_from_db()
    assert cast.chen.check_password(PASSWORD)


def test_the_language_of_a_person_wins_over_cookie_and_browser(client, cast):
    Employee.objects.filter(pk=cast.chen.pk).update(language="en")
    client.force_login(cast.chen)
    client.cookies["language"] = "zh-hans"

    answer = client.get("/password/", headers={"accept-language": "zh-CN"})

    assert "Present password" in answer.text
    assert answer["Content-Language"] == "en"


def test_choosing_a_language_is_kept_with_the_person_and_in_a_cookie(client, cast):
    client.force_login(cast.chen)

    answer = client.post("/i18n/", {"language": "en", "next": "/people/"})

    assert (answer.status_code, answer["Location"]) == (302, "/people/")
    cast.chen.refresh_from_db()
    assert cast.chen.language == "en"
    assert client.cookies["language"].value == "en"
    assert Event.objects.about(cast.chen).filter(kind="people.language_changed").exists()


def test_signed_out_the_language_is_only_a_cookie(client, db):
    client.post("/i18n/", {"language": "en", "next": SIGN_IN})

    assert "User name" in client.get(SIGN_IN, headers={"accept-language": "zh-CN"}).text


@pytest.mark.parametrize(
    "place", ["https://example.org/", "//example.org/x", "/\\example.org", "javascript:alert(1)"]
)
def test_the_language_switch_stays_on_this_site(client, db, place):
    assert client.post("/i18n/", {"language": "en", "next": place})["Location"] == "/"


def test_an_unknown_language_is_refused_and_a_get_changes_nothing(client, cast):
    client.force_login(cast.chen)

    assert client.post("/i18n/", {"language": "xx"}).status_code == 422
    assert client.get("/i18n/").status_code == 405
    cast.chen.refresh_from_db()
    assert cast.chen.language == "zh-hans"


def test_the_store_is_switched_to_one_of_the_persons_own(cast):
    client = Screen(cast.wu)

    answer = client.post(reverse("people:switch_store"), {"store": cast.laoshan.pk, "next": "/people/"})

    assert (answer.status_code, answer["Location"]) == (302, "/people/")
    assert client.session["store_id"] == cast.laoshan.pk


@pytest.mark.parametrize("wanted", ["foreign", "x", "", "999999999999999999999"])
def test_a_store_without_a_role_is_not_found(cast, wanted):
    client = Screen(cast.chen)
    store = cast.laoshan.pk if wanted == "foreign" else wanted

    assert client.post(reverse("people:switch_store"), {"store": store}).status_code == 404
    assert "store_id" not in client.session


def test_the_store_switch_does_not_lead_to_another_site(cast):
    client = Screen(cast.wu)
    sent = {"store": cast.laoshan.pk, "next": "https://example.org/"}

    assert client.post(reverse("people:switch_store"), sent)["Location"] == "/"
