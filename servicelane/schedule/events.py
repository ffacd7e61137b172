"""What can happen in dispatch; the subject is always the order."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.events import declare

ASSIGNED = declare(
    "schedule.assigned",
    _("Given to a technician"),
    data={"job": "id", "technician": "id", "bay": "id, 0 for none", "version": "version of the order"},
)
UNASSIGNED = declare(
    "schedule.unassigned",
    _("Taken off a technician"),
    data={"job": "id", "technician": "id", "version": "version of the order"},
)
