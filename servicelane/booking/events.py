"""What can happen to a booking; the subject is always the booking. Times are ISO 8601, lengths minutes."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.events import declare

TIMES = {"starts_at": "ISO time", "minutes": "expected labour", "advisor": "id"}

BOOKED = declare(
    "booking.booked", _("Booked"), data={**TIMES, "source": "code", "vehicle": "id", "work_type": "code"}
)
CONFIRMED = declare("booking.confirmed", _("Booking confirmed"))
RESCHEDULED = declare(
    "booking.rescheduled", _("Booking changed"), data={**TIMES, "was_at": "ISO time before"}
)
CANCELLED = declare("booking.cancelled", _("Booking cancelled"), data={"reason": "code"})
NO_SHOW = declare("booking.no_show", _("Did not come"), data={"source": "code"})
ARRIVED = declare(
    "booking.arrived",
    _("Booked car arrived"),
    data={"order": "id", "late_minutes": "minutes after the booked time, negative when early"},
)
