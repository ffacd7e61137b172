"""Work that needs a skill or a certificate is given to who has it."""

from datetime import timedelta

import pytest

from servicelane.kernel.models import Event
from servicelane.orders.catalogue_services import Needs, set_needs
from servicelane.org.queries import today_in
from servicelane.people.models import CertificateKind, Skill, SkillLevel
from servicelane.people.skill_services import Paper, add_certificate, set_skill, withdraw_certificate
from servicelane.schedule import queries, services
from servicelane.schedule.errors import NotFit
from tests.floor import fresh
from tests.unchanged import refused
from tests.visit import agreed, job_of, operation


def test_work_is_refused_to_who_lacks_its_skill_or_has_it_only_under_guidance(shop):
    body = Skill.objects.get(code="body")
    order = agreed(shop, None, "B-DOOR")
    assert job_of(order).operation.skill == body

    with refused(NotFit, person=shop.tao):
        services.assign(fresh(order), job_of(order), shop.tao, by=shop.luo)
    set_skill(shop.tao, body, SkillLevel.LEARNING, by=shop.gu)
    with refused(NotFit, person=shop.tao):
        services.assign(fresh(order), job_of(order), shop.tao, by=shop.luo)

    set_skill(shop.tao, body, SkillLevel.ABLE, by=shop.gu)
    services.assign(fresh(order), job_of(order), shop.tao, by=shop.luo)
    assert [one.technician for one in queries.team_of(job_of(order))] == [shop.tao]


def test_work_is_refused_to_whose_certificate_is_missing_or_has_ended(shop):
    day = today_in(shop.shinan)
    set_skill(shop.tao, Skill.objects.get(code="high-voltage"), SkillLevel.ABLE, by=shop.gu)
    order = agreed(shop, None, "M-EV")
    with refused(NotFit, person=shop.tao):
        services.assign(fresh(order), job_of(order), shop.tao, by=shop.luo)

    ended = Paper(CertificateKind.HIGH_VOLTAGE, "HV-1", day - timedelta(days=9), day - timedelta(days=1))
    old = add_certificate(shop.tao, ended, by=shop.meng)
    with refused(NotFit, person=shop.tao):
        services.assign(fresh(order), job_of(order), shop.tao, by=shop.luo)

    withdraw_certificate(old, by=shop.meng)
    last_day = Paper(CertificateKind.HIGH_VOLTAGE, "HV-1", day - timedelta(days=9), day)
    add_certificate(shop.tao, last_day, by=shop.meng)
    services.assign(fresh(order), job_of(order), shop.tao, by=shop.luo)
    assert queries.team_of(job_of(order))


@pytest.mark.parametrize("again", [False, True])
def test_what_an_operation_needs_is_a_fact_and_the_same_again_none(shop, again):
    oil = operation("M-OIL")
    needs = Needs(Skill.objects.get(code="maintenance"), CertificateKind.LIFT_OPERATION, is_quick=False)
    set_needs(oil, needs, by=shop.gu)
    if again:
        set_needs(oil, needs, by=shop.gu)

    oil.refresh_from_db()
    assert (oil.skill.code, oil.certificate, oil.is_quick) == ("maintenance", "lift_operation", False)
    fact = Event.objects.get(kind="orders.operation_changed")
    assert fact.data == {
        "code": "M-OIL",
        "skill": "maintenance",
        "certificate": "lift_operation",
        "quick": 0,
    }
