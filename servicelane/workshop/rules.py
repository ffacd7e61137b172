"""Store rules that the workshop obeys."""

from django.utils.translation import gettext_lazy as _

from servicelane.org.rules import SwitchRule, define

SHARED_CLOCK = define(
    SwitchRule(
        code="workshop.shared_clock",
        default=False,
        label=_("One technician may have several running jobs"),
    )
)
