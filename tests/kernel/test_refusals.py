"""What no view should ever see is refused before one runs, and nothing is kept of it."""

import json
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.utils import timezone, translation

from servicelane.kernel import problems
from servicelane.kernel.errors import BodyTooLarge, DomainError, InFuture, NulCharacter, UnknownCursor
from servicelane.kernel.middleware import Refusals, refuse_unreadable
from servicelane.kernel.paging import Paging, page_by_pk
from tests.kernel.goods.models import Thing

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


def ask(body: bytes, kind: str = JSON, path: str = "/api/v1/things"):
    return RequestFactory().post(path, body, content_type=kind)


@pytest.mark.parametrize(
    "request_",
    [
        ask(b'{"name": "a\\u0000b"}'),
        ask(b'{"name": "a\\\\\\u0000b"}'),
        ask(b"a\0b", kind="text/plain"),
        ask(b"name=a%00b", kind=FORM),
        ask(b"a%00b=1", kind=FORM),
        RequestFactory().get("/things", {"q": "a\0b"}),
        RequestFactory().get("/things/a%00b"),
    ],
)
def test_a_nul_character_is_refused_wherever_it_stands(request_):
    with pytest.raises(NulCharacter):
        refuse_unreadable(request_)


@pytest.mark.parametrize("body", [b'{"name": "a\\\\u0000b"}', '{"name": "李 🚗 ＡＢ"}'.encode()])
def test_text_that_only_looks_like_it_is_taken(body):
    refuse_unreadable(ask(body))


def test_a_body_over_the_limit_is_refused_before_it_is_read(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
    with pytest.raises(BodyTooLarge) as refused:
        refuse_unreadable(ask(b"x" * (1024 * 1024 + 1)))
    assert refused.value.facts == {"megabytes": 1}
    seen = []
    answer = Refusals(lambda request: HttpResponse(seen.append(request)))(ask(b"x" * (1024 * 1024 + 1)))
    assert (answer.status_code, seen) == (413, [])
    assert answer["Content-Type"] == "application/problem+json"


def test_a_program_gets_problem_json_for_whatever_http_refuses():
    def method_not_allowed(request):
        return HttpResponse("no", status=405, headers={"Allow": "GET"})

    answer = Refusals(method_not_allowed)(ask(b"{}"))
    assert answer["Allow"] == "GET"
    assert json.loads(answer.content)["code"] == "http.method"


def test_a_problem_has_the_parts_that_the_standard_names():
    class Refusal(DomainError):
        code = "kernel.sample"
        message = "{what} was not done."  # type: ignore[assignment]
        hint = "Do {what}."  # type: ignore[assignment]

    body = json.loads(problems.answer(ask(b"{}"), Refusal(what="it")).content)
    assert body["status"] == 422
    assert (body["type"], body["code"]) == ("/problems/kernel.sample", "kernel.sample")
    assert (body["detail"], body["hint"]) == ("it was not done.", "Do it.")


@pytest.mark.django_db
def test_pages_follow_each_other_without_a_gap_and_a_made_up_cursor_is_refused():
    things = [Thing.objects.create() for _row in range(5)]
    rows, cursor = page_by_pk(Thing.objects.all(), Paging(limit=2))
    seen = list(rows)
    while cursor:
        rows, cursor = page_by_pk(Thing.objects.all(), Paging(limit=2, cursor=cursor))
        seen += rows
    assert seen == things
    for made_up in ("x", "cGs6eA", "!!", "cGs6LTE", "0" * 99):
        with pytest.raises(UnknownCursor):
            page_by_pk(Thing.objects.all(), Paging(cursor=made_up))


@pytest.mark.parametrize(
    ("language", "at", "said"),
    [
        ("en", datetime(2027, 3, 1, 23, 5, tzinfo=UTC), "2 Mar 2027 07:05"),
        ("zh-hans", datetime(2027, 3, 1, 23, 5, tzinfo=UTC), "2027年3月2日 07:05"),
        ("en", datetime(2027, 3, 1, 23, 5, tzinfo=ZoneInfo("Asia/Tokyo")), "1 Mar 2027 23:05"),
        ("zh-hans", date(2027, 3, 1), "2027年3月1日"),
    ],
)
def test_a_refusal_says_days_and_times_as_the_pages_do(language, at, said):
    with translation.override(language), timezone.override(ZoneInfo("Asia/Shanghai")):
        assert f" {said} " in f"{InFuture(at=at)} ".replace("：", " ")
