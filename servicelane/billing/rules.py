"""Store rules that settlements obey: discounts by role and days to pay (BIL-1, BIL-3)."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from servicelane.org.rules import NumberRule, define
from servicelane.people.roles import Role


def _limit(name: str, default: int, label: object) -> NumberRule:
    return define(
        NumberRule(
            code=f"billing.discount_{name}",
            default=default,
            label=label,  # type: ignore[arg-type]
            unit=_("percent"),
            least=0,
            most=100,
        )
    )


DISCOUNT_ADVISOR = _limit("advisor", 10, _("Highest discount of a service advisor"))
DISCOUNT_SUPERVISOR = _limit("supervisor", 20, _("Highest discount of a reception supervisor"))
DISCOUNT_MANAGER = _limit("manager", 30, _("Highest discount of a service manager"))

DAYS_TO_PAY = define(
    NumberRule(
        code="billing.days_to_pay",
        default=30,
        label=_("Days to pay for customers without an account"),
        unit=_("days"),
        least=0,
        most=180,
    )
)

LIMITS: Mapping[str, NumberRule] = {
    Role.SERVICE_ADVISOR: DISCOUNT_ADVISOR,
    Role.RECEPTION_SUPERVISOR: DISCOUNT_SUPERVISOR,
    Role.SERVICE_MANAGER: DISCOUNT_MANAGER,
}
"""The rule that limits each role; a role without one gives no discount."""
