"""Writes of the staff file: skills with a level, certificates with an expiry (PPL-1)."""

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from servicelane.kernel.events import record
from servicelane.kernel.versions import drop, touch
from servicelane.org.services import Names

from . import errors, events
from .guards import By, check_works_here
from .models import Certificate, CertificateKind, Employee, EmployeeSkill, Skill, SkillLevel


@dataclass(frozen=True, slots=True)
class Paper:
    """What is written on a certificate; it is valid up to and including `expires_on`."""

    kind: CertificateKind
    number: str
    issued_on: date
    expires_on: date


@transaction.atomic
def add_skill(code: str, names: Names, *, by: By) -> Skill:
    """Add a skill to the catalogue; a code that is there already is returned as it is."""
    skill, is_new = Skill.objects.get_or_create(
        code=code, defaults={"name_zh": names.name_zh, "name_en": names.name_en}
    )
    if is_new:
        record(events.SKILL_ADDED, skill, by=by, skill=code)
    return skill


@transaction.atomic
def set_skill(employee: Employee, skill: Skill, level: SkillLevel, *, by: By) -> EmployeeSkill:
    """Say how well a person has a skill. The same level again records nothing. Raises HasLeft."""
    check_works_here(employee)
    held = EmployeeSkill.objects.filter(employee=employee, skill=skill).first()
    if held and held.level == level:
        return held
    touch(employee)
    held = held or EmployeeSkill(employee=employee, skill=skill)
    held.level = level
    held.save()
    record(events.SKILL_SET, employee, by=by, skill=skill.code, level=int(level))
    return held


@transaction.atomic
def remove_skill(held: EmployeeSkill, *, by: By) -> None:
    """Say that a person has a skill no more. Raises ChangedMeanwhile if that was said already."""
    touch(held.employee)
    drop(held)
    record(events.SKILL_REMOVED, held.employee, by=by, skill=held.skill.code)


@transaction.atomic
def add_certificate(employee: Employee, paper: Paper, *, by: By) -> Certificate:
    """Keep a certificate of a person. Raises HasLeft, CertificateBackwards and CertificateKnown."""
    check_works_here(employee)
    if paper.expires_on < paper.issued_on:
        raise errors.CertificateBackwards(expires_on=paper.expires_on)
    touch(employee)
    try:
        with transaction.atomic():
            certificate = Certificate.objects.create(
                employee=employee,
                kind=paper.kind,
                number=paper.number,
                issued_on=paper.issued_on,
                expires_on=paper.expires_on,
            )
    except IntegrityError:
        raise errors.CertificateKnown(who=employee) from None
    record(
        events.CERTIFICATE_ADDED,
        employee,
        by=by,
        certificate=str(paper.kind),
        expires_on=paper.expires_on.isoformat(),
    )
    return certificate


@transaction.atomic
def withdraw_certificate(certificate: Certificate, *, by: By) -> None:
    """Take a certificate out of the staff file; its history stays. Raises ChangedMeanwhile if it is out."""
    touch(certificate.employee)
    drop(certificate)
    record(events.CERTIFICATE_WITHDRAWN, certificate.employee, by=by, certificate=str(certificate.kind))
