"""How facts about money read on the timeline of an order."""

from typing import Any

from django.utils.translation import gettext as _

from servicelane.orders.models import CollectorRelation
from servicelane.orders.timeline import worded, yuan

from .models import PayerKind, Way

MINUS = "\u2212"


@worded("billing.invoiced")
def _invoiced(data: dict[str, Any]) -> str:
    return f"{PayerKind(data['payer']).label} {yuan(data['gross'])}"


@worded("billing.credited")
def _credited(data: dict[str, Any]) -> str:
    return f"{PayerKind(data['payer']).label} {MINUS}{yuan(-data['gross'])}"


@worded("billing.paid")
def _paid(data: dict[str, Any]) -> str:
    return f"{Way(data['way']).label} {yuan(data['amount'])}"


@worded("billing.refunded")
def _refunded(data: dict[str, Any]) -> str:
    return f"{Way(data['way']).label} {MINUS}{yuan(data['amount'])}"


@worded("billing.deposit_taken")
def _deposit_taken(data: dict[str, Any]) -> str:
    return f"{Way(data['way']).label} {yuan(data['amount'])}"


@worded("billing.deposit_carried")
def _deposit_carried(data: dict[str, Any]) -> str:
    return yuan(data["amount"])


@worded("billing.deposit_used")
def _deposit_used(data: dict[str, Any]) -> str:
    return yuan(data["amount"])


@worded("billing.deposit_returned")
def _deposit_returned(data: dict[str, Any]) -> str:
    return f"{Way(data['way']).label} {MINUS}{yuan(data['amount'])}"


@worded("billing.discount_released")
def _released(data: dict[str, Any]) -> str:
    return _("up to {percent} %").format(percent=f"{data['percent'] / 100:g}")


@worded("billing.exit_pass")
def _exit_pass(data: dict[str, Any]) -> str:
    return str(CollectorRelation(data["relation"]).label)
