"""What every page draws alike about orders: stage, clocks of promises, and lists to choose from."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicelane.channels.models import Link
from servicelane.kernel.clock import now
from servicelane.parts.models import Part

from ..link_services import path_of
from ..models import Operation, RepairOrder, Status
from ..writing import fen as as_fen

register = template.Library()

MOST = 400
MINUS = "\u2212"


@register.simple_tag
def stage(status: str) -> SafeString:
    """Draw where a car stands: the stage's dot and its name."""
    return format_html(
        '<span class="stage stage-{}"><i aria-hidden="true"></i>{}</span>', status, Status(status).label
    )


def running(span: timedelta) -> str:
    """Write a running clock: mm:ss, from an hour on h:mm:ss."""
    seconds = int(span.total_seconds())
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"


@register.filter
def spell(span: timedelta) -> str:
    """Write a span of planned work: `40 min`, `2 h`, `1 h 20 min`; what begins counts as a whole minute."""
    hours, minutes = divmod(-(-span // timedelta(minutes=1)), 60)
    if hours and not minutes:
        return ngettext("%(n)s h", "%(n)s h", hours) % {"n": hours}
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": minutes}
    return ngettext("%(n)s min", "%(n)s min", minutes) % {"n": minutes}


@register.simple_tag
def since(at: datetime | None) -> SafeString:
    """Draw how long something has lasted; it ticks on the page, by the system's clock."""
    if at is None:
        return SafeString("")
    present = now()
    return format_html(
        '<time class="running" data-since="{}" data-now="{}">{}</time>',
        at.isoformat(),
        present.isoformat(),
        running(max(present - at, timedelta())),
    )


@register.simple_tag
def until(at: datetime | None) -> SafeString:
    """Draw how long is left until a promise, or by how much it is passed; it ticks by the system's clock."""
    if at is None:
        return SafeString("")
    present = now()
    left = at - present
    text = f"{MINUS}{running(left)}" if left >= timedelta() else f"+{running(-left)}"
    return format_html(
        '<time class="running" data-until="{}" data-now="{}">{}</time>',
        at.isoformat(),
        present.isoformat(),
        text,
    )


@register.simple_tag
def operation_list(order: RepairOrder) -> SafeString:
    """Draw the datalist of operations for the fields of a job form. One query."""
    rows = Operation.objects.filter(group_id=order.store.region.group_id, is_active=True)
    rows = rows.only("code", "name_zh", "name_en")[:MOST]
    options = format_html_join("", '<option value="{} {}">', ((row.code, row.name) for row in rows))
    return format_html('<datalist id="operations" data-user-text>{}</datalist>', options)


@register.simple_tag
def part_list(order: RepairOrder) -> SafeString:
    """Draw the datalist of parts for the fields of a job form. One query."""
    rows = Part.objects.filter(group_id=order.store.region.group_id)
    rows = rows.only("number", "name_zh", "name_en").order_by("number")[:MOST]
    options = format_html_join("", '<option value="{}  {}">', ((row.number, row.name) for row in rows))
    return format_html('<datalist id="parts" data-user-text>{}</datalist>', options)


@register.filter
def bound_of(forms: Any, code: str) -> Any:
    """Return the refused form of a code out of the page's, or nothing."""
    return forms.get(code) if forms else None


@register.simple_tag(takes_context=True)
def customer_address(context: Context, link: Link) -> str:
    """Return the whole address of a customer's link, empty when it cannot be shown any more."""
    path = path_of(link)
    if not path:
        return ""
    return (
        f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else context["request"].build_absolute_uri(path)
    )


@register.filter
def fen(amount: Decimal) -> int:
    """Return an amount in yuan as whole fen, as scripts add it up."""
    return as_fen(amount)
