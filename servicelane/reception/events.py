"""What can happen at the desk beside the order's own steps; the subject is the order."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.events import declare

TYPED_IN = declare(
    "reception.typed_in",
    _("Order typed in"),
    data={
        "fields": "fields that were filled in",
        "clicks": "presses of the mouse or finger",
        "seconds": "from the open page to the sent form",
        "role": "role code of who opened it, or empty",
    },
)
WALKED_AROUND = declare(
    "reception.walked_around",
    _("Walked around the car"),
    data={
        "marks": "damage marks noted",
        "old": "of these, known from earlier",
        "version": "version of the order",
    },
)
