"""Which car comes first in the queue of the dispatcher, and why (WSH-2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicelane.orders.models import Job, PayType, RepairOrder, Source, WorkType


class Turn(models.IntegerChoices):
    """Why a car stands where it does in the queue; the smaller comes first."""

    CAMPAIGN = 1, _("campaign")
    COMEBACK = 2, _("comeback")
    BOOKED = 3, _("booked")
    WARRANTY = 4, _("warranty")
    WAITS_HERE = 5, _("customer waits here")
    FIRST_COME = 6, _("first come, first served")


def turn_of(order: RepairOrder, jobs: Sequence[Job]) -> Turn:
    """The first reason of WSH-2 that holds for a car with these open jobs. No query.

    Work that an inspection sent back counts as a comeback: the same car waits a second time.
    """
    types = {job.work_type for job in jobs}
    if WorkType.CAMPAIGN in types:
        return Turn.CAMPAIGN
    if order.comeback_of_id or WorkType.COMEBACK in types or any(job.rework_of_id for job in jobs):
        return Turn.COMEBACK
    if order.source == Source.BOOKING:
        return Turn.BOOKED
    if WorkType.WARRANTY in types or any(job.pay_type == PayType.WARRANTY for job in jobs):
        return Turn.WARRANTY
    return Turn.WAITS_HERE if order.waits_here else Turn.FIRST_COME


def place_in_queue(order: RepairOrder, turn: Turn) -> tuple[int, datetime, int]:
    """What the queue is sorted by: the reason, then who came first."""
    return (int(turn), order.arrived_at, order.pk)
