"""Store rules that care obeys (CAR-2, CAR-6)."""

from django.utils.translation import gettext_lazy as _

from servicelane.org.rules import NumberRule, define


def _days(code: str, default: int, label: object, least: int) -> NumberRule:
    return define(
        NumberRule(
            code=code,
            default=default,
            label=label,  # type: ignore[arg-type]
            unit=_("days"),
            least=least,
            most=60,
        )
    )


EARLIEST_DAYS = _days("care.follow_up_earliest_days", 1, _("Follow-up call: earliest after delivery"), 0)
DUE_DAYS = _days("care.follow_up_due_days", 3, _("Follow-up call: due after delivery"), 1)
LAST_DAYS = _days("care.follow_up_last_days", 7, _("Follow-up call: last try after delivery"), 1)
COMPLAINT_DAYS = _days("care.complaint_days", 2, _("Complaint: solved within"), 1)
