from uuid import uuid4

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from servicelane.kernel.idempotency import FIELD

register = template.Library()


@register.simple_tag
def once() -> SafeString:
    """Write the hidden key that makes a double click of a form one request."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid4().hex)
