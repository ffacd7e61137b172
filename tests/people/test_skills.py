from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.models import Event
from servicelane.org.queries import today_in
from servicelane.org.services import Names, set_rule
from servicelane.people import queries
from servicelane.people import skill_services as services
from servicelane.people.errors import CertificateBackwards, CertificateKnown, HasLeft
from servicelane.people.models import (
    Certificate,
    CertificateKind,
    EmployeeSkill,
    Skill,
    SkillLevel,
)
from servicelane.people.rules import CERTIFICATE_WARNING_DAYS
from servicelane.people.services import deactivate
from servicelane.people.skill_services import Paper
from tests.unchanged import refused, rows

WELDER = Paper(CertificateKind.WELDER, "W-1", date(2026, 1, 1), date(2027, 1, 1))


def test_a_skill_is_held_at_one_level(cast):
    body = Skill.objects.get(code="body")
    services.set_skill(cast.tao, body, SkillLevel.LEARNING, by=cast.gu)
    services.set_skill(cast.tao, body, SkillLevel.ABLE, by=cast.gu)

    held = EmployeeSkill.objects.get(employee=cast.tao, skill=body)
    assert held.level == SkillLevel.ABLE
    assert Event.objects.about(cast.tao).latest("pk").data == {"skill": "body", "level": 2}
    assert [row.level for row in held.history.all()] == [2, 1]

    before = rows()
    services.set_skill(cast.tao, body, SkillLevel.ABLE, by=cast.gu)
    assert rows() == before

    services.remove_skill(held, by=cast.gu)
    assert not EmployeeSkill.objects.filter(employee=cast.tao, skill=body).exists()
    assert Event.objects.about(cast.tao).latest("pk").kind == "people.skill_removed"


def test_a_skill_is_removed_once(cast):
    held, late = (cast.tao.skills.first() for _ in range(2))
    services.remove_skill(held, by=cast.gu)
    with refused(ChangedMeanwhile):
        services.remove_skill(late, by=cast.gu)


def test_the_catalogue_knows_a_skill_once(cast):
    before = rows()
    services.add_skill("body", Names("别名", "other"), by=cast.admin)
    assert rows() == before


def test_the_database_keeps_no_other_level(cast):
    for level in [0, 4]:
        with pytest.raises(IntegrityError), transaction.atomic():
            cast.tao.skills.update(level=level)


def test_a_certificate_is_kept_without_its_number_in_the_facts(cast):
    certificate = services.add_certificate(cast.tao, WELDER, by=cast.meng)

    fact = Event.objects.about(cast.tao).latest("pk")
    assert fact.data == {"certificate": "welder", "expires_on": "2027-01-01"}
    services.withdraw_certificate(certificate, by=cast.meng)
    assert not Certificate.objects.filter(pk=certificate.pk or 0, kind="welder").exists()
    assert Certificate.history.filter(number="W-1", history_type="-").exists()


def test_a_certificate_expires_after_it_was_issued(cast):
    backwards = Paper(CertificateKind.WELDER, "W-1", date(2026, 1, 2), date(2026, 1, 1))
    with refused(CertificateBackwards, expires_on=date(2026, 1, 1)):
        services.add_certificate(cast.tao, backwards, by=cast.meng)
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(employee=cast.tao).update(expires_on=date(2000, 1, 1))


def test_one_certificate_is_kept_once(cast):
    services.add_certificate(cast.tao, WELDER, by=cast.meng)
    with refused(CertificateKnown, who=cast.tao):
        services.add_certificate(cast.tao, WELDER, by=cast.meng)


def test_whoever_left_gets_no_skill_and_no_certificate(cast):
    deactivate(cast.tao, by=cast.admin)
    with refused(HasLeft):
        services.set_skill(cast.tao, Skill.objects.get(code="body"), SkillLevel.ABLE, by=cast.gu)
    with refused(HasLeft):
        services.add_certificate(cast.tao, WELDER, by=cast.meng)


def test_certificates_that_end_soon_are_those_within_the_stores_own_days(cast):
    assert [row.kind for row in queries.expiring_certificates(cast.shinan)] == ["electrician"]
    assert queries.expiring_certificates(cast.laoshan) == []

    set_rule(cast.shinan, CERTIFICATE_WARNING_DAYS, "5", by=cast.gu)
    assert queries.expiring_certificates(cast.shinan) == []
    past_it = today_in(cast.shinan) + timedelta(days=13)
    assert [row.employee for row in queries.expiring_certificates(cast.shinan, past_it)] == [cast.tao]


def test_skills_and_certificates_are_seen_with_their_person(cast):
    assert {row.employee for row in Certificate.objects.visible_to(cast.gu, "people.see_people")} == {
        cast.tao,
        cast.yin,
    }
    assert {row.employee for row in EmployeeSkill.objects.visible_to(cast.zheng, "people.see_people")} == {
        cast.tao,
        cast.yin,
        cast.gao,
        cast.song,
    }
    assert not Certificate.objects.visible_to(cast.chen, "people.see_people").exists()
