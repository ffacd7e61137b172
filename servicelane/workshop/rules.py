"""Store rules that the workshop obeys."""

from django.utils.translation import gettext_lazy as _

from servicelane.org.rules import NumberRule, SwitchRule, define

SHARED_CLOCK = define(
    SwitchRule(
        code="workshop.shared_clock",
        default=False,
        label=_("One technician may have several running jobs"),
    )
)
PROGRESS_SHARE = define(
    NumberRule(
        code="workshop.progress_share",
        default=75,
        label=_("Ask how a job goes after this share of its planned time"),
        unit=_("per cent"),
        least=70,
        most=80,
    )
)
QUICK_MINUTES = define(
    NumberRule(
        code="workshop.quick_minutes",
        default=60,
        label=_("Time promised in the quick-service lane, from arrival to ready"),
        unit=_("minutes"),
        least=15,
        most=240,
    )
)
