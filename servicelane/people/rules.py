"""Store rules that people and their sign-ins obey."""

from django.utils.translation import gettext_lazy as _

from servicelane.org.rules import NumberRule, define

CERTIFICATE_WARNING_DAYS = define(
    NumberRule(
        code="people.certificate_warning_days",
        default=30,
        label=_("Warn before a certificate expires"),
        unit=_("days"),
        least=1,
        most=365,
    )
)
PIN_SESSION_MINUTES = define(
    NumberRule(
        code="people.pin_session_minutes",
        default=60,
        label=_("Longest time signed in by PIN"),
        unit=_("minutes"),
        least=5,
        most=720,
    )
)
