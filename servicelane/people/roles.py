"""The roles of the staff; what each may do is one table of the product (PLT-1)."""

from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is in a store or region; a person may hold several."""

    SERVICE_ADVISOR = "service_advisor", _("service advisor")
    RECEPTION_SUPERVISOR = "reception_supervisor", _("reception supervisor")
    DISPATCHER = "dispatcher", _("dispatcher")
    TECHNICIAN = "technician", _("technician")
    QUALITY_INSPECTOR = "quality_inspector", _("quality inspector")
    PARTS_CLERK = "parts_clerk", _("parts clerk")
    CASHIER = "cashier", _("cashier")
    WARRANTY_CLERK = "warranty_clerk", _("warranty clerk")
    CUSTOMER_RELATIONS = "customer_relations", _("customer-relations officer")
    DATA_CLERK = "data_clerk", _("data clerk")
    SERVICE_MANAGER = "service_manager", _("service manager")
    GENERAL_MANAGER = "general_manager", _("general manager")
    TECHNICAL_SPECIALIST = "technical_specialist", _("technical specialist")
    FRONT_DESK = "front_desk", _("front desk")
    WASH_STAFF = "wash_staff", _("wash staff")
    FINANCE = "finance", _("finance")
    MARKETING = "marketing", _("marketing")
    SALES_LIAISON = "sales_liaison", _("sales liaison")
    HR_OFFICER = "hr_officer", _("HR officer")
    REGIONAL_MANAGER = "regional_manager", _("regional manager")
    SYSTEM_ADMINISTRATOR = "system_administrator", _("system administrator")


@cache
def table() -> Mapping[str, frozenset[str]]:
    """Return the rights of each role; the table stands above all apps, so it is found by its path."""
    return import_string(settings.ROLE_TABLE)


@cache
def full_sign_in() -> frozenset[str]:
    """Return the rights that a sign-in by PIN does not have."""
    return frozenset(import_string(settings.FULL_SIGN_IN))


@cache
def guarded() -> frozenset[str]:
    """Return the rights that nobody hands on who does not hold them: over access, rules and money."""
    return frozenset(import_string(settings.GUARDED))


@cache
def rights(roles: frozenset[str]) -> frozenset[str]:
    """Return the rights of several roles together; a role that is no more has none."""
    return frozenset().union(*(table().get(role, frozenset()) for role in roles))
