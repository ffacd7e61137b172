"""What a technician asks for from the car: a part, help, a photo, a finding; who sees and who answers it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from servicelane.kernel.models import Event
from servicelane.orders.models import Finding, HoldReason, Photo
from servicelane.people.roles import Role
from servicelane.people.services import grant_role
from servicelane.project.alerts import alerts_for
from servicelane.workshop.errors import HelpIsCalled, NotYourRequest, RequestIsClosed
from servicelane.workshop.models import FloorRequest, RequestKind
from servicelane.workshop.request_services import ask, close
from tests.access.visitor import program
from tests.floor import fresh, in_work, jobs_of
from tests.pictures import SVG, jpeg
from tests.unchanged import refused

pytestmark = pytest.mark.django_db


def asked_of(person, store):
    return [alert.headline for alert in alerts_for(person, store) if alert.code == "floor_request"]


def test_a_part_is_asked_for_on_the_phone_and_answered_by_the_parts_desk(shop, desk):
    order = in_work(shop)
    job, me = jobs_of(order)[0], desk(shop.tao)
    url = reverse("workshop:need_part", args=[order.pk, job.pk])
    sent = {"words": "卡扣", "quantity": 2, "from": "my-jobs", "version": order.version}
    assert me.send("POST", url, sent)["Location"] == reverse("workshop:my_jobs")
    assert "卡扣" in me.get(reverse("workshop:my_jobs")).content.decode()

    clerk = shop.zheng
    grant_role(clerk, Role.PARTS_CLERK, shop.shinan, by=shop.admin)
    clerk.forget_reach()
    assert len(asked_of(clerk, shop.shinan)) == 1
    row = FloorRequest.objects.get()
    assert (row.quantity, row.asked_by, fresh(order).version) == (2, shop.tao, order.version + 1)
    assert asked_of(shop.tao, shop.shinan) == []
    assert "卡扣" in desk(clerk).get(reverse("orders:order", args=[order.pk])).content.decode()
    close(row, by=clerk, answer="三号架")
    assert asked_of(clerk, shop.shinan) == []
    said = Event.objects.about(order).get(kind="workshop.request_closed")
    assert (said.detail.text, said.data["what"]) == ("三号架", "part")
    assert "卡扣" not in str(Event.objects.about(order).values_list("data", flat=True))
    with refused(RequestIsClosed):
        close(FloorRequest.objects.get(), by=clerk)


def test_help_appears_for_the_dispatcher_once(shop):
    job = jobs_of(in_work(shop))[0]
    row = ask(job, RequestKind.HELP, by=shop.tao)
    assert len(asked_of(shop.luo, shop.shinan)) == 1
    assert asked_of(shop.luo, shop.laoshan) == []
    with refused(HelpIsCalled):
        ask(jobs_of(job.order)[0], RequestKind.HELP, by=shop.tao)
    with refused(NotYourRequest):
        close(row, by=shop.song)
    close(FloorRequest.objects.get(), by=shop.tao)
    assert asked_of(shop.luo, shop.shinan) == []


def test_a_finding_comes_with_its_photo_or_not_at_all(shop, desk):
    order = in_work(shop)
    me, url = desk(shop.tao), reverse("workshop:found", args=[order.pk, jobs_of(order)[0].pk])
    sent = {"words": "漏油", "safety": "urgent", "from": "my-jobs", "version": order.version}
    lie = me.send("POST", url, {**sent, "photo": SimpleUploadedFile("x.jpg", SVG, "image/jpeg")})
    assert lie.status_code == 422
    assert not Finding.objects.exists()

    me.send("POST", url, {**sent, "photo": SimpleUploadedFile("x.jpg", jpeg().getvalue(), "image/jpeg")})
    assert (Photo.objects.get().finding, Photo.objects.get().shows) == (Finding.objects.get(), "finding")
    assert order.holds.filter(reason=HoldReason.APPROVAL, ended_at=None).exists()

    job_photo = reverse("workshop:photo", args=[order.pk, jobs_of(order)[0].pk])
    me.send("POST", job_photo, {"photo": SimpleUploadedFile("y.png", jpeg(kind="PNG").getvalue())})
    assert Photo.objects.filter(shows="job").exists()


def test_a_program_asks_and_closes(shop):
    order = in_work(shop)
    robot = program(shop.tao)
    made = robot.post(
        f"/api/v1/jobs/{jobs_of(order)[0].pk}/requests",
        {"kind": "part", "words": "clip"},
        content_type="application/json",
    )
    assert made.status_code == 201, made.content
    url = f"/api/v1/requests/{made.json()['id']}/close"
    done = robot.post(url, {"answer": "found it"}, content_type="application/json")
    assert done.json()["closed_at"]
