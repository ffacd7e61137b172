"""What can happen after a delivery. The subject is the order, so that its timeline goes on after the visit;
a complaint without an order is its own subject.
"""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.events import declare

CALLED = declare(
    "care.called",
    _("Follow-up call"),
    data={
        "follow_up": "id",
        "outcome": "code",
        "days": "days after the delivery",
        "in_time": "1 if by the day on which the call was due",
        "tries": "calls so far",
    },
)
COMPLAINED = declare(
    "care.complained", _("Complaint taken"), data={"complaint": "id", "source": "code", "severity": "code"}
)
ANSWERED = declare(
    "care.answered",
    _("Complaint answered"),
    data={"complaint": "id", "told": "1 if the customer was told", "days": "days since it was taken"},
)
CLOSED = declare(
    "care.closed",
    _("Complaint closed"),
    data={
        "complaint": "id",
        "outcome": "code",
        "cause": "code",
        "satisfied": "1 or 0",
        "cost": "whole fen",
        "in_time": "1 if by the time it was due",
    },
)
