"""What a customer reads by a signed link: the estimate line by line, and how far the car is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from servicelane.channels.models import Link

from .customer_forms import CustomerAnswerForm
from .link_services import estimate_of_link, order_of_link
from .models import (
    Authorisation,
    Consent,
    Estimate,
    EstimateKind,
    EstimateLine,
    EstimateState,
    Job,
    Photo,
    RepairOrder,
    Safety,
    Status,
)
from .pages import stages_of
from .writing import fen, thousandths

WORDS = {
    Status.ARRIVED: gettext_lazy("Your car has arrived"),
    Status.OPEN: gettext_lazy("We look at it together"),
    Status.AGREED: gettext_lazy("Agreed, waits for its bay"),
    Status.IN_WORK: gettext_lazy("Being worked on"),
    Status.QUALITY_CHECK: gettext_lazy("Being inspected"),
    Status.READY: gettext_lazy("Ready for you"),
    Status.SETTLED: gettext_lazy("Bill is made"),
    Status.DELIVERED: gettext_lazy("With you again"),
}
"""The stages in the customer's words."""
URGENCY = {
    Safety.URGENT: ("late", "alert-triangle", gettext_lazy("mend today")),
    Safety.SOON: ("risk", "info-circle", gettext_lazy("mend soon")),
    Safety.WATCH: ("later", "clock", gettext_lazy("can wait")),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One job as it is asked: frozen lines, their sum in yuan, how urgent, what was found and its photos."""

    job: Job
    lines: list[EstimateLine]
    price: Decimal
    urgency: tuple[str, str, Any] | None
    words: str
    photos: list[Photo]
    agreed: bool | None

    @property
    def name(self) -> str:
        """The job as it stood when it was asked."""
        return str(self.lines[0])

    @property
    def package(self) -> str:
        """The package it comes with, empty for a job of its own."""
        return str(self.job.package or "")


class AnswerPage:
    """The page on which the customer answers one estimate version. Seven queries at most."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.order: RepairOrder = order_of_link(link)
        self.estimate: Estimate = estimate_of_link(link, self.order)
        self.form: CustomerAnswerForm | None = None

    @cached_property
    def asked(self) -> list[Asked]:
        """The jobs of the version with frozen lines and photos, in their order. Two queries."""
        by_job: dict[int, list[EstimateLine]] = {}
        for line in self.estimate.lines.select_related("job__finding", "job__package", "part_line__part"):
            by_job.setdefault(line.job_id, []).append(line)
        taken: dict[int | None, list[Photo]] = {}
        for photo in self.photos:
            taken.setdefault(photo.finding_id, []).append(photo)
        return [_asked(lines, taken) for lines in by_job.values()]

    @property
    def photos(self) -> QuerySet[Photo]:
        """The photos of what was found and is asked here: no others are shown by this link."""
        return Photo.objects.filter(finding__in=self.estimate.lines.values("job__finding"))

    @property
    def is_open(self) -> bool:
        """Whether the version still waits for its answer."""
        return self.estimate.state == EstimateState.OPEN and not self.order.is_over

    @cached_property
    def answer(self) -> Authorisation | None:
        """What was answered, by whatever way. One query."""
        return Authorisation.objects.filter(estimate=self.estimate).first()

    @property
    def heading(self) -> str:
        """What the customer is asked, in one line."""
        count = len(self.asked)
        if self.estimate.kind == EstimateKind.EXTRA:
            return ngettext(
                "We found {n} thing; please decide", "We found {n} things; please decide", count
            ).format(n=count)
        return _("Please look at work and prices")

    @property
    def promise(self) -> str:
        """What holds for a job one does not agree to."""
        return _("What you do not agree to is not done and not charged.")

    @property
    def wording(self) -> str:
        """What the customer confirms by the signature."""
        return _(
            "I agree to the items I marked at these prices. The signature is for this authorisation only "
            "(estimate version {version}, {order})."
        ).format(version=self.estimate, order=self.order.number)

    @property
    def is_later(self) -> bool:
        """Whether the answer moves the promised time."""
        return bool(self.estimate.promised_at and self.estimate.promised_at != self.order.promised_at)

    @cached_property
    def agreed(self) -> list[Asked]:
        """What was agreed to."""
        return [asked for asked in self.asked if asked.agreed]

    @cached_property
    def declined(self) -> list[Asked]:
        """What was not."""
        return [asked for asked in self.asked if asked.agreed is False]

    @property
    def rows(self) -> list[tuple[Asked, Any]]:
        """The jobs, each with the field for its answer."""
        assert self.form is not None
        return [(asked, self.form[f"job_{asked.job.pk}"]) for asked in self.asked]

    def shown(self) -> dict[str, Any]:
        """What the page says, as it is kept with the answer: strings and whole numbers only."""
        promised_at = self.estimate.promised_at
        return {
            "language": str(get_language()),
            "heading": self.heading,
            "promise": self.promise,
            "wording": self.wording,
            "order": self.order.number,
            "estimate": self.estimate.number,
            "promised_at": promised_at.isoformat() if promised_at else "",
            "jobs": [
                {
                    "job": asked.job.pk,
                    "name": asked.name,
                    "package": asked.package,
                    "price": fen(asked.price),
                    **({"photos": [photo.sha256 for photo in asked.photos]} if asked.photos else {}),
                    "lines": [
                        {"name": str(line), "quantity": thousandths(line.quantity), "price": fen(line.price)}
                        for line in asked.lines
                    ],
                }
                for asked in self.asked
            ],
        }


def _asked(lines: list[EstimateLine], taken: Mapping[int | None, list[Photo]]) -> Asked:
    job = lines[0].job
    finding = job.finding
    return Asked(
        job=job,
        lines=lines,
        price=sum((line.price for line in lines), Decimal(0)),
        urgency=URGENCY[Safety(finding.safety)] if finding else None,
        words=finding.words if finding else "",
        photos=taken.get(finding.pk, []) if finding else [],
        agreed=lines[0].agreed,
    )


@dataclass(frozen=True, slots=True)
class Reached:
    """One stage in the customer's words; `state` is done, now or later."""

    words: Any
    state: str
    at: datetime | None


class ProgressPage:
    """The page on which the customer follows the car. Three queries."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.order: RepairOrder = order_of_link(link)

    @property
    def stages(self) -> list[Reached]:
        """The stages that a customer knows, done, current and to come."""
        return [
            Reached(WORDS[stage.status], stage.state, stage.at)
            for stage in stages_of(self.order)
            if stage.status != Status.SETTLED
        ]

    @property
    def heading(self) -> Any:
        """Where the car stands, in the customer's words."""
        if self.order.status == Status.CANCELLED:
            return _("This visit was cancelled")
        return WORDS[Status(self.order.status)]

    @cached_property
    def jobs(self) -> list[Job]:
        """What was agreed and is done on this visit. One query."""
        return [job for job in self.order.jobs.all() if job.consent == Consent.AGREED and job.is_open]
