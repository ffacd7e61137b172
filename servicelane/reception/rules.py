"""Store rules that the desk obeys."""

from django.utils.translation import gettext_lazy as _

from servicelane.org.rules import NumberRule, define

GREETING_MINUTES = define(
    NumberRule(
        code="reception.greeting_minutes",
        default=5,
        label=_("Time within which somebody greets a customer who arrived"),
        unit=_("minutes"),
        least=1,
        most=60,
    )
)
