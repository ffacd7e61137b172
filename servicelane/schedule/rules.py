"""Store rules that dispatch obeys."""

from django.utils.translation import gettext_lazy as _

from servicelane.org.rules import NumberRule, define

PROMISE_CHANCE = define(
    NumberRule(
        code="schedule.promise_chance",
        default=80,
        label=_("A proposed promise is kept in so many of a hundred cases"),
        unit=_("of 100 cases"),
        least=50,
        most=95,
    )
)
