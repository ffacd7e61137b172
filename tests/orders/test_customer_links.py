"""The customer's own page by a signed link: what it shows, what it takes, and what it refuses."""

import json
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from servicelane.channels.errors import LinkExpired, LinkGone, LinkRevoked, LinkUnknown, TooManyTries
from servicelane.channels.models import Link
from servicelane.channels.services import LOCKED_FOR, WRONG_TRIES, count_try, open_link
from servicelane.kernel.clock import now
from servicelane.kernel.models import ActorKind, Event
from servicelane.orders import errors
from servicelane.orders.estimate_services import authorise, evidence_digest, make_estimate
from servicelane.orders.finding_services import price_finding, report_finding
from servicelane.orders.job_services import JobDetails, add_job
from servicelane.orders.link_services import (
    ANSWER,
    ANSWER_LASTS,
    PROGRESS,
    Given,
    answer_by_link,
    make_answer_link,
    make_progress_link,
    path_of,
    withdraw_link,
)
from servicelane.orders.models import Authorisation, Consent, Estimate, RepairOrder, Safety, Shows, Status
from servicelane.orders.photo_services import add_photo
from tests.access.visitor import Visitor
from tests.floor import fresh, in_work
from tests.people.test_races import at_once
from tests.pictures import jpeg
from tests.screen import Screen
from tests.unchanged import refused
from tests.visit import STROKES, agreed, asked, checked_in, operation, signed

SIGNED = json.dumps(STROKES)


@pytest.fixture(autouse=True)
def nobody_guessed():
    cache.clear()


def linked(shop, *codes):
    """An estimate with its link: the link, the estimate, and the last digits of the telephone."""
    estimate = asked(shop, checked_in(shop), *(codes or ("M20", "G-WIP")))
    estimate.order = RepairOrder.objects.with_car().get(pk=estimate.order_id)
    return make_answer_link(estimate, by=shop.chen), estimate, estimate.order.visitor.mobile[-4:]


def said(estimate, digits, *agreed_to, **changes):
    """What a telephone sends: these jobs agreed to, the others not now."""
    jobs = sorted(set(estimate.lines.values_list("job_id", flat=True)))
    chosen = {f"job_{pk}": "agree" if pk in agreed_to else "later" for pk in jobs}
    return {**chosen, "tail": digits, "signed": SIGNED, **changes}


def phone():
    """A browser of a customer: no account, no cookie."""
    return Screen(trying=True)


def send(link, data):
    # Without the one-time key of staff forms: the version itself takes one answer only.
    return Visitor().post(path_of(link), data, HTTP_USER_AGENT="Phone 1", REMOTE_ADDR="10.1.2.3")


def jobs_of(estimate):
    return sorted(set(estimate.lines.values_list("job_id", flat=True)))


def test_the_customer_agrees_line_by_line_and_the_evidence_is_kept(shop):
    link, estimate, digits = linked(shop)
    first, second = jobs_of(estimate)
    answer = send(link, said(estimate, digits, first))
    assert (answer.status_code, answer["Location"]) == (302, "./")

    authorisation = Authorisation.objects.get(estimate=estimate)
    order = RepairOrder.objects.get(pk=estimate.order_id)
    assert (authorisation.way, authorisation.taken_by, authorisation.link) == ("link", None, link)
    assert (authorisation.remote_address, authorisation.browser) == ("10.1.2.3", "Phone 1")
    assert authorisation.signature.strokes == STROKES
    assert authorisation.phone_tail == digits
    assert (authorisation.shown["agreed"], authorisation.shown["declined"]) == ([first], [second])
    assert authorisation.shown["jobs"][0]["price"] == int(authorisation.agreed_total * 100)
    assert authorisation.digest == evidence_digest(authorisation.shown)
    assert order.status == Status.AGREED
    fact = Event.objects.about(order).get(kind="orders.authorised")
    assert (fact.actor_kind, fact.actor_id) == (ActorKind.CUSTOMER, link.pk)
    assert fact.data["evidence"] == authorisation.digest
    assert dict(order.jobs.values_list("pk", "consent")) == {
        first: Consent.AGREED,
        second: Consent.DECLINED,
    }
    body = phone().get(path_of(link)).content.decode()
    assert "谢谢，我们继续" in body
    assert "暂不做" in body


def test_none_of_it_needs_the_digits_but_no_signature(shop):
    link, estimate, digits = linked(shop)
    assert send(link, {"none": "1", "tail": ""}).status_code == 422
    assert not Authorisation.objects.exists()
    assert send(link, {"none": "1", "tail": digits}).status_code == 302
    assert Authorisation.objects.get().signature is None
    assert not estimate.order.jobs.filter(consent=Consent.AGREED).exists()


def test_opening_a_link_many_times_changes_nothing_and_writes_nothing(shop):
    link, _estimate, _digits = linked(shop)
    before = Link.objects.filter(pk=link.pk).values().get(), Event.objects.count()
    with CaptureQueriesContext(
        connection,
    ) as seen:
        for _time in range(5):
            answer = phone().get(path_of(link), {"none": "1", "tail": "1234"})
            assert answer.status_code == 200
    assert [
        one["sql"]
        for one in seen
        if not one["sql"].startswith(("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK TO"))
    ] == []
    assert (Link.objects.filter(pk=link.pk).values().get(), Event.objects.count()) == before


def test_the_page_is_small_tells_nobody_its_address_and_is_not_kept(shop):
    link, _estimate, _digits = linked(shop)
    answer = phone().get(path_of(link))
    body = answer.content.decode()
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    assert re.findall(r'(?:src|href|action)="(?:https?:)?//', body) == []
    assert "htmx" not in body
    assert link.token not in body
    assert "张大全" not in body
    assert "15400" not in body
    # Served uncompressed, with every style and script it names.
    files = set(re.findall(r"/static/([\w./-]+)", body))
    assert len(body.encode()) + sum(Path(finders.find(file)).stat().st_size for file in files) < 150_000


@pytest.mark.parametrize("digits", ["0000", "", "12345", "abcd", "１２３４"])
def test_wrong_digits_agree_to_nothing(shop, digits):
    link, estimate, right = linked(shop)
    assert digits != right
    answer = send(link, said(estimate, digits, *jobs_of(estimate)))
    assert answer.status_code == 422
    assert 'value="agree" required id=' in answer.content.decode().replace(" checked", "") or "checked" in (
        answer.content.decode()
    )
    assert not Authorisation.objects.exists()


def test_digits_are_not_tried_out(shop):
    link, estimate, digits = linked(shop)
    for _time in range(WRONG_TRIES):
        assert send(link, said(estimate, "0000", *jobs_of(estimate))).status_code == 422
    answer = send(link, said(estimate, digits, *jobs_of(estimate)))
    assert answer.status_code == 429
    assert "尝试次数过多" in answer.content.decode()
    assert not Authorisation.objects.exists()
    with refused(TooManyTries):
        count_try(link, right=True)
    with time_machine.travel(now() + LOCKED_FOR + timedelta(minutes=1)):
        assert send(link, said(estimate, digits, *jobs_of(estimate))).status_code == 302


def test_addresses_are_not_tried_out(shop):
    link, _estimate, _digits = linked(shop)
    client = phone()
    assert {client.get(f"/c/answer/{n}/").status_code for n in range(30)} == {404}
    assert client.get("/c/answer/x/").status_code == 429
    assert client.get(path_of(link)).status_code == 429
    cache.clear()
    assert client.get(path_of(link)).status_code == 200


def test_an_altered_link_or_one_for_something_else_opens_nothing(shop):
    link, _estimate, _digits = linked(shop)
    token = link.token
    assert len(token) == 22
    assert token not in str(Link.objects.filter(pk=link.pk).values().get())
    altered = ("A" if token[0] != "A" else "B") + token[1:]
    assert phone().get(f"/c/answer/{altered}/").status_code == 404
    assert phone().get(f"/c/progress/{token}/").status_code == 404
    with refused(LinkUnknown):
        open_link(PROGRESS, token)


def test_another_key_of_the_installation_cannot_show_the_address(shop, settings):
    link, _estimate, _digits = linked(shop)
    token = link.token
    settings.SECRET_KEY = "another"
    assert (link.token, path_of(link)) == ("", "")
    assert open_link(ANSWER, token) == link


def test_an_expired_link_says_so_and_takes_no_answer(shop):
    link, estimate, digits = linked(shop)
    with time_machine.travel(now() + ANSWER_LASTS + timedelta(seconds=1)):
        assert phone().get(path_of(link)).status_code == 410
        assert send(link, said(estimate, digits, *jobs_of(estimate))).status_code == 410
        with refused(LinkExpired):
            open_link(ANSWER, link.token)
    assert not Authorisation.objects.exists()


def test_a_withdrawn_link_opens_nothing_and_a_new_one_replaces_the_old(shop):
    link, estimate, digits = linked(shop)
    newer = make_answer_link(estimate, by=shop.chen)
    assert phone().get(path_of(link)).status_code == 410
    with refused(LinkRevoked):
        open_link(ANSWER, link.token)
    withdraw_link(estimate.order, newer, by=shop.chen)
    assert send(newer, said(estimate, digits, *jobs_of(estimate))).status_code == 410
    estimate.order.refresh_from_db()
    with refused(LinkGone):
        withdraw_link(estimate.order, newer, by=shop.chen)
    with pytest.raises(LinkRevoked):
        count_try(newer, right=True)
    assert not Authorisation.objects.exists()


def test_a_link_answers_only_the_version_it_was_made_for(shop):
    link, estimate, digits = linked(shop)
    order = RepairOrder.objects.with_car().get(pk=estimate.order_id)
    add_job(order, JobDetails(operation("G-BPF")), by=shop.chen)
    newer = make_estimate(order, by=shop.chen, promised_at=now() + timedelta(hours=3))
    body = phone().get(path_of(link)).content.decode()
    assert "这份估价已有变动" in body
    assert "<form" not in body
    send(link, said(newer, digits, *jobs_of(newer)))
    assert not Authorisation.objects.exists()
    with refused(errors.EstimateOutdated):
        given = Given(frozenset(jobs_of(estimate)), STROKES, digits, {}, "", "")
        answer_by_link(link, Estimate.objects.select_related("order").get(pk=estimate.pk), given)
    stale = Estimate.objects.select_related("order").get(pk=estimate.pk)
    with refused(errors.EstimateOutdated):
        make_answer_link(stale, by=shop.chen)


def test_a_form_sent_twice_is_one_answer(shop):
    link, estimate, digits = linked(shop)
    data = said(estimate, digits, *jobs_of(estimate))
    assert send(link, data).status_code == 302
    again = send(link, {**data, "none": "1"})
    assert again.status_code == 200
    assert "谢谢，我们继续" in again.content.decode()
    assert Authorisation.objects.count() == 1
    assert Event.objects.filter(kind="orders.authorised").count() == 1


def test_jobs_of_another_order_are_not_answered(shop):
    link, estimate, digits = linked(shop)
    other = asked(shop, checked_in(shop), "G-BPF")
    foreign = jobs_of(other)[0]
    send(link, {**said(estimate, digits), f"job_{foreign}": "agree"})
    other.refresh_from_db()
    assert other.state == "open"
    assert not other.order.jobs.filter(consent=Consent.AGREED).exists()


def test_nothing_is_agreed_to_without_a_signature_or_with_a_line_left_open(shop):
    link, estimate, digits = linked(shop)
    assert send(link, said(estimate, digits, *jobs_of(estimate), signed="")).status_code == 422
    assert send(link, said(estimate, digits, *jobs_of(estimate), signed="[[1]]")).status_code == 422
    half = said(estimate, digits, *jobs_of(estimate))
    del half[f"job_{jobs_of(estimate)[0]}"]
    assert send(link, half).status_code == 422
    assert not Authorisation.objects.exists()


def test_without_a_telephone_number_no_link_is_made(shop):
    _link, estimate, _digits = linked(shop)
    customer = estimate.order.visitor
    customer.mobile = ""
    customer.save()
    estimate.order = RepairOrder.objects.with_car().get(pk=estimate.order_id)
    with refused(errors.NoNumberToCheck):
        make_answer_link(estimate, by=shop.chen)


def test_the_link_and_the_desk_at_once_are_one_answer(transactional_db, shop):
    link, estimate, digits = linked(shop)
    fresh = Estimate.objects.select_related("order__store").get(pk=estimate.pk)
    everything = jobs_of(estimate)

    def by_link():
        order = RepairOrder.objects.with_car().get(pk=estimate.order_id)
        mine = Estimate.objects.get(pk=estimate.pk)
        mine.order = order
        given = Given(frozenset(everything), STROKES, digits, {"heading": "x"}, "10.1.2.3", "Phone 1")
        answer_by_link(link, mine, given)

    refusals = at_once(
        by_link, lambda: authorise(fresh, signed(estimate, declined=tuple(everything)), by=shop.chen)
    )
    assert len(refusals) == 1
    assert isinstance(refusals[0], errors.OrderChanged | errors.EstimateOutdated)
    kept = Authorisation.objects.get(estimate=estimate)
    answers = set(estimate.order.jobs.values_list("consent", flat=True))
    assert answers == {Consent.AGREED if kept.way == "link" else Consent.DECLINED}


def test_the_customer_follows_the_car(shop):
    order = agreed(shop)
    link = make_progress_link(order, by=shop.chen)
    body = phone().get(path_of(link)).content.decode()
    assert "已确认，等待工位" in body
    assert "15400" not in body
    english = phone().get(path_of(link), {"language": "en"}).content.decode()
    assert "Agreed, waits for its bay" in english
    assert phone().post(path_of(link)).status_code == 405


def test_the_advisor_makes_shows_and_withdraws_a_link(shop):
    estimate = asked(shop)
    order = estimate.order
    screen = Screen(shop.chen)
    order.refresh_from_db()
    made = screen.post(f"/orders/{order.pk}/estimates/{estimate.pk}/link", {"version": order.version})
    assert made.status_code == 302
    link = Link.objects.get()
    body = screen.get(f"/orders/{order.pk}/").content.decode()
    assert f"http://testserver{path_of(link)}" in body
    assert "<svg" in body
    assert "qr" in body
    order.refresh_from_db()
    screen.post(f"/orders/{order.pk}/links/{link.pk}/withdraw", {"version": order.version})
    link.refresh_from_db()
    assert link.revoked_at
    assert {"orders.link_made", "orders.link_revoked"} <= set(
        Event.objects.about(order).values_list("kind", flat=True)
    )


def test_the_customer_sees_the_photos_of_what_is_asked_and_no_others(shop):
    order = in_work(shop)
    found = report_finding(order, "刹车片只剩 3 毫米", Safety.URGENT, by=shop.tao)
    order = fresh(order)
    photo, others = (
        add_photo(order, jpeg((1600, 1200)), shows, by=shop.tao, finding=of)
        for shows, of in ((Shows.FINDING, found), (Shows.JOB, None))
    )
    found.order = fresh(order)
    price_finding(found, [JobDetails(operation("G-WIP"))], by=shop.chen)
    estimate = make_estimate(fresh(order), by=shop.chen, promised_at=now() + timedelta(hours=2))
    estimate.order = fresh(order)
    link = make_answer_link(estimate, by=shop.chen)

    customer = Visitor()
    path = path_of(link)
    page = customer.get(path).text
    assert f'src="photos/{photo.pk}.jpg?small=1"' in page
    assert f"photos/{others.pk}" not in page
    small, whole = (
        customer.get(f"{path}photos/{photo.pk}.jpg?small=1"),
        customer.get(f"{path}photos/{photo.pk}.jpg"),
    )
    assert [one.headers["Content-Type"] for one in (small, whole)] == ["image/jpeg"] * 2
    assert max(Image.open(BytesIO(small.content)).size) == 480
    assert Image.open(BytesIO(whole.content)).size == (1600, 1200)
    assert len(small.content) < 40_000
    assert customer.get(f"{path}photos/{others.pk}.jpg").status_code == 404
    assert customer.get(f"{path[:-4]}xyz/photos/{photo.pk}.jpg").status_code in (404, 410)

    given = said(
        estimate, estimate.order.visitor.mobile[-4:], *estimate.lines.values_list("job_id", flat=True)
    )
    assert customer.post(path, given).status_code == 302
    kept = Authorisation.objects.get(estimate=estimate)
    assert photo.sha256 in json.dumps(kept.shown)
