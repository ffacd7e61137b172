"""How clocked work is written."""

from datetime import datetime, timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicelane.kernel.clock import now
from servicelane.orders.templatetags.orders import running

register = template.Library()


@register.filter
def clocked(span: timedelta) -> str:
    """Write what a stopped clock shows, as a running one does: mm:ss, from an hour on h:mm:ss."""
    return running(span)


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
def left(until: datetime) -> SafeString:
    """Draw how long one may still do something; it ticks, and what it stands in goes when it is over."""
    present = now()
    return format_html(
        '<time class="running num" data-left="{}" data-now="{}">{}</time>',
        until.isoformat(),
        present.isoformat(),
        running(max(until - present, timedelta())),
    )
