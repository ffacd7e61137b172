"""Who may be given which work: skills and certificates of technicians against what an operation needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from servicelane.orders.models import Operation
from servicelane.people.models import Certificate, CertificateKind, Employee, EmployeeSkill, SkillLevel

ALONE = SkillLevel.ABLE
"""The level from which somebody is given work: below it, only under the guidance of others."""


@dataclass(slots=True)
class Ability:
    """What one person can do: the level of each skill by its id, and the last day of each certificate."""

    levels: dict[int, EmployeeSkill] = field(default_factory=dict)
    papers: dict[str, date] = field(default_factory=dict)

    def level_of(self, operation: Operation | None) -> int:
        """How well the person does an operation, 0 where it asks for no skill or there is none."""
        held = self.levels.get(operation.skill_id) if operation and operation.skill_id else None
        return held.level if held else 0


NOTHING = Ability()


def abilities_of(people: Iterable[Employee]) -> dict[int, Ability]:
    """The skills and certificates of people by their id. Two queries."""
    ids = [person.pk for person in people]
    found = {pk: Ability() for pk in ids}
    for held in EmployeeSkill.objects.filter(employee__in=ids).select_related("skill"):
        found[held.employee_id].levels[held.skill_id] = held
    for pk, kind, last in Certificate.objects.filter(employee__in=ids).values_list(
        "employee_id", "kind", "expires_on"
    ):
        papers = found[pk].papers
        papers[kind] = max(last, papers.get(kind, last))
    return found


def lacking(ability: Ability, operation: Operation | None, day: date) -> str:
    """Say why somebody may not be given an operation on a day, in the reader's words; empty if they may.

    The operation's skill is needed at the level of doing it alone, its certificate up to that day.
    No query where the operation is read with its skill.
    """
    if operation is None:
        return ""
    if operation.skill_id:
        held = ability.levels.get(operation.skill_id)
        if held is None:
            return _("lacks the skill %(skill)s") % {"skill": operation.skill}
        if held.level < ALONE:
            return _("does %(skill)s only under guidance") % {"skill": operation.skill}
    if operation.certificate:
        words = {"certificate": CertificateKind(operation.certificate).label}
        last = ability.papers.get(operation.certificate)
        if last is None:
            return _("has no %(certificate)s") % words
        if last < day:
            return _("%(certificate)s has expired") % words
    return ""


def lacks(
    person: Employee, operation: Operation | None, day: date, known: Mapping[int, Ability] | None = None
) -> str:
    """Why `person` may not be given an operation; see `lacking`. Two queries where nothing is known."""
    if operation is None or not (operation.skill_id or operation.certificate):
        return ""
    abilities = abilities_of([person]) if known is None else known
    return lacking(abilities.get(person.pk, NOTHING), operation, day)
