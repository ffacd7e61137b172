from typing import Any

from django import template
from django.urls import resolve

from .. import counts

register = template.Library()


@register.simple_tag(takes_context=True)
def count_of(context: dict[str, Any], url: str) -> int | None:
    """Return how many rows the reader would see at a settings topic's address, None for no list."""
    request = context["request"]
    return counts.count_of(resolve(url).view_name, request.employee, request.store)
