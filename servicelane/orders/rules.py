"""Store rules that orders obey."""

from django.utils.translation import gettext_lazy as _

from servicelane.org.rules import NumberRule, define

VAT_PERCENT = define(
    NumberRule(
        code="orders.vat_percent",
        default=13,
        label=_("VAT on labour"),
        unit=_("percent"),
        least=0,
        most=30,
    )
)
