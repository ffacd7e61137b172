"""What can happen to a repair order; the subject is always the order, so one read is its timeline.

Every fact carries `version`, the order's version after it. Amounts are whole fen, quantities whole
thousandths, times of a day ISO 8601.
"""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.events import declare

WAS = {"was": "status before", "version": "version of the order"}

ARRIVED = declare(
    "orders.arrived",
    _("Arrived"),
    data={"source": "booking or walk_in", "comeback_of": "id of the first order, 0 for none", **WAS},
)
OPEN = declare("orders.open", _("Checked in"), data={"odometer": "km", "fuel": "eighths of a tank", **WAS})
AGREED = declare("orders.agreed", _("Agreed with the customer"), data=WAS)
IN_WORK = declare("orders.in_work", _("Work began"), data=WAS)
QUALITY_CHECK = declare("orders.quality_check", _("Sent to the inspection"), data=WAS)
READY = declare(
    "orders.ready",
    _("Ready to settle"),
    data={"on_time": "1 if by the promise the customer agreed to, 0 if later", **WAS},
)
SETTLED = declare("orders.settled", _("Settled"), data=WAS)
DELIVERED = declare("orders.delivered", _("Delivered"), data={"work_types": "codes of the jobs done", **WAS})
CANCELLED = declare("orders.cancelled", _("Cancelled"), data={"reason": "reason code", **WAS})
REOPENED = declare("orders.reopened", _("Taken back a step"), data={"to": "status now", **WAS})
PROMISED = declare(
    "orders.promised",
    _("Promised for"),
    data={"promised_at": "ISO time", "was_at": "ISO time before, empty for none", "in_time": "1 if the old "
          "promise had not passed", "version": "version of the order"},
)  # fmt: skip
JOB_ADDED = declare(
    "orders.job_added",
    _("Job added"),
    data={"job": "id", "code": "operation code", "work_type": "code", "pay_type": "code",
          "minutes": "standard minutes", "price": "fen", "version": "version of the order"},
)  # fmt: skip
PACKAGE_ADDED = declare(
    "orders.package_added",
    _("Package added"),
    data={"package": "package code", "jobs": "how many", "total": "fen", "version": "version of the order"},
)
JOB_CHANGED = declare(
    "orders.job_changed",
    _("Job changed"),
    data={"job": "id", "price": "fen", "version": "version of the order"},
)
JOB_DROPPED = declare(
    "orders.job_dropped",
    _("Job dropped"),
    data={"job": "id", "reason": "code", "version": "version of the order"},
)
ESTIMATED = declare(
    "orders.estimated",
    _("Estimate made"),
    data={
        "estimate": "version number",
        "total": "fen",
        "jobs": "how many",
        "proposed_at": "ISO time that the load allowed, empty where none was seen",
        "chance": "of keeping that, in a hundred; 0 where none was seen",
        "version": "version of the order",
    },
)
AUTHORISED = declare(
    "orders.authorised",
    _("Answered by the customer"),
    data={"estimate": "version number", "way": "code", "total": "fen agreed", "agreed": "jobs agreed",
          "declined": "jobs declined", "part_lines": "part lines demanded",
          "filled": "of these filled at once",
          "evidence": "SHA-256 over what a link's page showed and what was answered, else empty",
          "version": "version of the order"},
)  # fmt: skip
FOUND = declare(
    "orders.found",
    _("Found something"),
    data={"finding": "id", "safety": "code", "version": "version of the order"},
)
PHOTO_ADDED = declare(
    "orders.photo_added",
    _("Photo added"),
    data={"photo": "id", "shows": "code", "finding": "id, 0 for none", "sha256": "of the file that is kept",
          "version": "version of the order"},
)  # fmt: skip
PRICED = declare(
    "orders.priced",
    _("Extra work priced"),
    data={"finding": "id", "total": "fen", "version": "version of the order"},
)
DISMISSED = declare(
    "orders.dismissed", _("Nothing to do about it"), data={"finding": "id", "version": "version of the order"}
)
HELD = declare("orders.held", _("Waits"), data={"reason": "code", "version": "version of the order"})
RELEASED = declare(
    "orders.released",
    _("Goes on"),
    data={"reason": "code", "seconds": "length", "version": "version of the order"},
)
PARTS_ISSUED = declare(
    "orders.parts_issued",
    _("Parts issued"),
    data={"job": "id", "part": "id", "quantity": "thousandths", "version": "version of the order"},
)
PARTS_RETURNED = declare(
    "orders.parts_returned",
    _("Parts brought back"),
    data={"job": "id", "part": "id", "quantity": "thousandths", "version": "version of the order"},
)
BELONGINGS_BACK = declare(
    "orders.belongings_back", _("Belongings back in the car"), data={"version": "version of the order"}
)
COMEBACK_LINKED = declare(
    "orders.comeback_linked",
    _("Linked as a comeback"),
    data={"comeback_of": "id of the first order", "cause": "code", "version": "version of the order"},
)
OF_STATUS = {
    "arrived": ARRIVED,
    "open": OPEN,
    "agreed": AGREED,
    "in_work": IN_WORK,
    "quality_check": QUALITY_CHECK,
    "ready": READY,
    "settled": SETTLED,
    "delivered": DELIVERED,
    "cancelled": CANCELLED,
}
"""The fact of each status."""
RATE_SET = declare("orders.rate_set", _("Labour rate set"), data={"pay_type": "code", "per_hour": "fen"})
OPERATION_ADDED = declare(
    "orders.operation_added",
    _("Operation added"),
    data={"code": "operation code", "minutes": "standard minutes"},
)
OPERATION_CHANGED = declare(
    "orders.operation_changed",
    _("Operation changed"),
    data={
        "code": "operation code",
        "skill": "skill code, empty for none",
        "certificate": "certificate kind, empty for none",
        "quick": "1 if the quick-service lane takes it, else 0",
    },
)
LINK_MADE = declare(
    "orders.link_made",
    _("Link made for the customer"),
    data={"link": "id", "purpose": "code", "estimate": "version number, 0 for none",
          "version": "version of the order"},
)  # fmt: skip
LINK_REVOKED = declare(
    "orders.link_revoked",
    _("Link withdrawn"),
    data={"link": "id", "purpose": "code", "version": "version of the order"},
)
