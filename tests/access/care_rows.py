"""What follows one visit of one store: a call to make, a complaint to close; texts begin with the mark."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from servicelane.care.complaint_services import Answer, ComplaintDetails, answer_complaint, open_complaint
from servicelane.care.follow_up_services import plan_follow_up
from servicelane.orders.models import RepairOrder
from servicelane.org.queries import today_in
from servicelane.people.models import Employee


def care_rows(order: RepairOrder, mark: str, boss: Employee) -> list[models.Model]:
    """One row of each kind: a call that may be made today, a complaint that may be closed."""
    follow_up = plan_follow_up(order, today_in(order.store) - timedelta(days=1))
    details = ComplaintDetails(order.customer, f"{mark} words", wish=f"{mark} wish", order=order, owner=boss)
    complaint = open_complaint(order.store, details, by=boss)
    answer_complaint(complaint, Answer(f"{mark} answer", told=True), by=boss)
    return [follow_up, complaint]
