"""What can happen in the workshop; the subject is the order, of a plan the store. Lengths are seconds."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.events import declare

OF = {"job": "id", "technician": "id", "bay": "id, 0 for none", "version": "version of the order"}

STARTED = declare("workshop.started", _("Job started"), data=OF)
RESUMED = declare("workshop.resumed", _("Job resumed"), data=OF)
PAUSED = declare(
    "workshop.paused",
    _("Job paused"),
    data={**OF, "seconds": "length of the stretch", "reason": "why, finish for a colleague's clock"},
)
FINISHED = declare(
    "workshop.finished",
    _("Job finished"),
    data={**OF, "seconds": "length of the last stretch, 0 when no clock ran"},
)
UNDONE = declare(
    "workshop.undone",
    _("Press taken back"),
    data={
        "job": "id",
        "what": "start, pause, resume or finish",
        "undoes": "version of the order whose facts count no more",
        "version": "version of the order",
    },
)
ASKED = declare(
    "workshop.asked",
    _("Asked for a part or help"),
    data={
        "request": "id",
        "what": "part or help",
        "job": "id",
        "quantity": "pieces",
        "version": "version of the order",
    },
)
REQUEST_CLOSED = declare(
    "workshop.request_closed",
    _("Request answered"),
    data={"request": "id", "what": "part or help", "job": "id", "seconds": "how long it was open",
          "version": "version of the order"},
)  # fmt: skip
CHECKLIST_ADDED = declare(
    "workshop.checklist_added", _("Checklist added"), data={"code": "code", "items": "how many points"}
)
SHEET_FILLED = declare(
    "workshop.sheet_filled",
    _("Maintenance sheet filled"),
    data={
        "entries": "code of the point:verdict",
        "values": "code of the point:thousandths of its unit",
        "changed": "how many of them replace a former entry",
        "version": "version of the order",
    },
)
INSPECTED = declare(
    "workshop.inspected",
    _("Inspected"),
    data={"passed": "1 or 0", "first": "1 for the first inspection of the visit, else 0",
          "faults": "codes", "released": "1 when released by right, else 0",
          "points": "how many points of a checklist were answered", "failed": "codes of points not in order",
          "version": "version of the order"},
)  # fmt: skip
WASH_STARTED = declare("workshop.wash_started", _("Wash started"), data={"version": "version of the order"})
WASHED = declare(
    "workshop.washed",
    _("Washed"),
    data={"seconds": "length, 0 when its start is not known", "version": "version of the order"},
)
WASH_SKIPPED = declare(
    "workshop.wash_skipped", _("Wash left out"), data={"reason": "code", "version": "version of the order"}
)
PROGRESS_ASKED = declare(
    "workshop.progress_asked",
    _("Asked how the job goes"),
    data={"job": "id", "technician": "id", "share": "per cent of the planned time that was used",
          "version": "version of the order"},
)  # fmt: skip
PROGRESS_ANSWERED = declare(
    "workshop.progress_answered",
    _("Said how the job goes"),
    data={"job": "id", "outlook": "on_time or later", "until": "ISO time, empty when on time",
          "seconds": "from the question to the answer", "version": "version of the order"},
)  # fmt: skip
PLAN_ASKED = declare("workshop.plan_asked", _("Plan of the workshop asked for"), data={"plan": "id"})
PLAN_MADE = declare(
    "workshop.plan_made",
    _("Plan of the workshop made"),
    data={"plan": "id", "cars": "how many it plans", "left": "how many it could not plan",
          "changes": "how many jobs it would change", "lateness": "weighted minutes after the promises",
          "first_come": "the same where cars are taken as they come", "seconds": "how long it took"},
)  # fmt: skip
PLAN_CANCELLED = declare(
    "workshop.plan_cancelled",
    _("Planning cancelled"),
    data={"plan": "id", "share": "per cent that had passed"},
)
PLAN_ANSWERED = declare(
    "workshop.plan_answered",
    _("Plan of the workshop answered"),
    data={"plan": "id", "accepted": "jobs", "refused": "jobs", "stale": "jobs that had changed meanwhile"},
)
DELAY_TOLD = declare(
    "workshop.delay_told",
    _("Delay told to the customer"),
    data={"way": "code", "promised_at": "ISO time that was in danger", "new_promised_at": "ISO time",
          "in_time": "1 if the promise had not passed, else 0", "version": "version of the order"},
)  # fmt: skip
