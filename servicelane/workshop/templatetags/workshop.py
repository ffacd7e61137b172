"""How clocked work is written."""

from datetime import timedelta

from django import template

from servicelane.orders.templatetags.orders import running

register = template.Library()


@register.filter
def clocked(span: timedelta) -> str:
    """Write what a stopped clock shows, as a running one does: mm:ss, from an hour on h:mm:ss."""
    return running(span)
