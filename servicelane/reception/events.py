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
GREETED = declare(
    "reception.greeted", _("Customer greeted"), data={"seconds": "from the arrival to the greeting"}
)
STAND_INS_CALLED = declare(
    "reception.stand_ins_called", _("Stand-ins called"), data={"waiting": "customers nobody greeted yet"}
)
STAND_IN_CAME = declare("reception.stand_in_came", _("Stand-in comes"), data={})
STAND_INS_ENDED = declare(
    "reception.stand_ins_ended", _("Call for stand-ins ended"), data={"came": "people who came"}
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
