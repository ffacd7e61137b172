from django import template
from django.utils.functional import Promise

from ..forms import WEEKDAYS

register = template.Library()


@register.filter
def weekday(number: int | str) -> Promise:
    """Return the name of a weekday, 0 = Monday."""
    return WEEKDAYS[int(number)]
