"""How clocked work is written."""

from datetime import datetime, timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from servicelane.kernel.clock import now
from servicelane.orders.templatetags.orders import running

register = template.Library()


@register.filter
def clocked(span: timedelta) -> str:
    """Write what a stopped clock shows, as a running one does: mm:ss, from an hour on h:mm:ss."""
    return running(span)


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
