from datetime import timedelta

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from servicelane.kernel.clock import now
from servicelane.kernel.errors import ChangedMeanwhile, KeyReused, MissingKey
from servicelane.kernel.events import Actor
from servicelane.kernel.idempotency import KEPT, forget_old_answers, run_once
from servicelane.kernel.models import ActorKind, Answer
from tests.kernel.goods.models import Thing

ME, YOU = Actor(ActorKind.PERSON, 1), Actor(ActorKind.PERSON, 2)
pytestmark = pytest.mark.django_db(transaction=True)


def post(key: str = "k1", path: str = "/things", **fields: str):
    return RequestFactory().post(path, {"once": key, "csrfmiddlewaretoken": now().isoformat(), **fields})


def make() -> HttpResponse:
    thing = Thing.objects.create()
    return HttpResponseRedirect(f"/things/{thing.pk}")


def test_the_same_request_twice_has_one_effect_and_one_answer():
    first = run_once(post(price="1"), ME, make)
    second = run_once(post(price="1"), ME, make)
    assert Thing.objects.count() == 1
    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert second["Idempotent-Replay"] == "true"


def test_a_program_sends_the_key_as_a_header_and_gets_the_first_body_again():
    def create() -> HttpResponse:
        return HttpResponse(
            f'{{"id": {Thing.objects.create().pk}}}', status=201, content_type="application/json"
        )

    def request():
        return RequestFactory().post(
            "/api/v1/things", b"{}", "application/json", headers={"Idempotency-Key": "x"}
        )

    first, second = run_once(request(), ME, create), run_once(request(), ME, create)
    assert (second.status_code, second.content, second["Content-Type"]) == (
        201,
        first.content,
        "application/json",
    )
    assert Thing.objects.count() == 1


def test_the_same_key_with_another_request_is_refused_and_nothing_changes():
    run_once(post(price="1"), ME, make)
    with pytest.raises(KeyReused) as refused:
        run_once(post(price="2"), ME, make)
    assert refused.value.facts == {"key": "k1"}
    assert refused.value.status == 409
    assert (Thing.objects.count(), Answer.objects.count()) == (1, 1)


def test_another_person_or_another_place_has_its_own_keys():
    run_once(post(), ME, make)
    run_once(post(), YOU, make)
    run_once(post(path="/others"), ME, make)
    assert Thing.objects.count() == 3


def test_a_refusal_keeps_no_key_so_the_mended_case_may_be_sent_again():
    def refuse() -> HttpResponse:
        Thing.objects.create()
        raise ChangedMeanwhile(subject="x")

    def refuse_by_answer() -> HttpResponse:
        Thing.objects.create()
        return HttpResponse("no", status=422)

    with pytest.raises(ChangedMeanwhile):
        run_once(post(), ME, refuse)
    assert run_once(post(), ME, refuse_by_answer).status_code == 422
    assert (Thing.objects.count(), Answer.objects.count()) == (0, 0)
    assert run_once(post(), ME, make).status_code == 302


def test_a_form_without_its_key_is_refused_where_a_key_is_needed():
    with pytest.raises(MissingKey) as refused:
        run_once(post(key=""), ME, make, need_key=True)
    assert refused.value.status == 409
    assert not Thing.objects.exists()
    assert run_once(post(key=""), ME, make).status_code == 302


def test_twins_at_once_have_one_effect(at_once):
    answers = at_once(*[lambda: run_once(post(), ME, make)] * 6)
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer["Location"] for answer in answers}) == 1
    assert Thing.objects.count() == 1


def test_kept_answers_hold_no_words_of_the_caller_and_go_after_48_hours():
    run_once(post(key="李先生", note="154 0000 0001"), ME, make)
    kept = Answer.objects.get()
    assert "李" not in f"{kept.place}{kept.key}{kept.request}{kept.body}{kept.headers}"
    assert forget_old_answers(now() + KEPT - timedelta(minutes=1)) == 0
    assert forget_old_answers(now() + KEPT + timedelta(minutes=1)) == 1
