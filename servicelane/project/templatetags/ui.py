"""What every page draws alike: icons, form fields, names, days and times."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from html import unescape
from typing import Any

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template.context import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext, pgettext_lazy

from servicelane.kernel.clock import now

register = template.Library()

FULL_WIDTH_COLON = "\uff1a"
YUAN = "\u00a5"
MINUS = "\u2212"
WEEKDAYS = [
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
]
SEGMENTS = 4  # more choices than this are a list, not a segmented control


@register.simple_tag
def icon(name: str, size: int = 18) -> SafeString:
    """Draw one outline icon of the sprite; `name` is listed in `static/icons.txt`, size 15, 18 or 24."""
    kind = "icon" if size == 18 else f"icon icon-{size}"
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        kind,
        _sprite(),
        name,
    )


@cache
def _sprite() -> str:
    """The address of the sprite, which a page names up to a hundred times and no running system changes."""
    return static("vendor/icons.svg")


@register.simple_tag
def qr(address: str) -> SafeString:
    """Draw an address as a QR code, to be scanned from the screen; nothing is kept: it may be a secret."""
    import segno

    drawn = segno.make(address, error="m").svg_inline(scale=4, border=2, svgclass="qr", lineclass=None)
    return SafeString(drawn)


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """Draw one form field: label above, control, help, and the error under it."""
    return bound.as_field_group()


@register.inclusion_tag("shell/form.html")
def fields(form: BaseForm) -> dict[str, Any]:
    """Draw all fields of a form with the errors that belong to none of them."""
    return {"form": form, "errors": form.non_field_errors(), "hidden_fields": form.hidden_fields()}


@register.simple_tag(takes_context=True)
def block_text(context: Context, name: str) -> str:
    """Repeat a block of the page as plain text: the heading is the window's title too."""
    block = context.render_context[BLOCK_CONTEXT_KEY].get_block(name)
    return " ".join(unescape(strip_tags(block.render(context))).split()) if block else ""


@register.filter
def is_segmented(bound: BoundField) -> bool:
    """True for a choice of up to four words, which is drawn as one row of buttons."""
    widget = bound.field.widget
    is_radio = isinstance(widget, RadioSelect) and not isinstance(widget, CheckboxSelectMultiple)
    return is_radio and len(list(widget.choices)) <= SEGMENTS


@register.filter
def is_tick(bound: BoundField) -> bool:
    """True for a single yes-or-no box, whose label stands beside it."""
    return isinstance(bound.field.widget, CheckboxInput)


@register.filter
def called(thing: object) -> str:
    """Return the name of a person, store or place in the reader's language, or the text itself."""
    english = get_language() == "en"
    for attribute in ("name_en" if english else "name_zh", "name", "name_zh", "name_en"):
        if name := getattr(thing, attribute, ""):
            return str(name)
    return str(thing or "")


@register.simple_tag
def user_text(thing: object) -> SafeString:
    """Draw a name or words that a person typed, marked as such: they may be in any language."""
    return format_html("<span data-user-text>{}</span>", called(thing))


@register.filter
def number(count: int) -> str:
    """Write a whole number with its thousands apart: `18,237`."""
    return f"{count:,}"


@register.filter
def money(amount: Decimal | None) -> str:
    """Write an amount in yuan: `¥1,286.00`, a true minus before it (empty for None)."""
    if amount is None:
        return ""
    sign = MINUS if amount < 0 else ""
    return f"{sign}{YUAN}{abs(amount):,.2f}"


@register.filter
def quantity(amount: Decimal | None) -> str:
    """Write a quantity without useless zeros, thousands apart, a true minus before it (empty for None)."""
    if amount is None:
        return ""
    whole, point, rest = f"{abs(amount).normalize():f}".partition(".")
    return f"{MINUS if amount < 0 else ''}{int(whole):,}{point}{rest}"


@register.filter
def initial(name: str) -> str:
    """Return the letter that stands in an avatar: the family name of a Chinese name."""
    return name[:1].upper()


def _local(at: date | datetime | None) -> date | datetime | None:
    return timezone.localtime(at) if isinstance(at, datetime) else at


@register.filter
def day(at: date | datetime | None) -> str:
    """Write a day with year and weekday, `Sun 22 Nov 2026` in English (empty for None)."""
    local = _local(at)
    if local is None:
        return ""
    words = {
        "weekday": WEEKDAYS[local.weekday()],
        "day": date_format(local, pgettext("date format", "j M Y")),
    }
    return pgettext("day with weekday", "%(weekday)s %(day)s") % words


@register.filter
def day_short(at: date | datetime | None) -> str:
    """Write a day of this year without the year, `22 Nov` in English; another year's with it."""
    local = _local(at)
    if local is None:
        return ""
    if local.year == timezone.localtime(now()).year:
        return date_format(local, pgettext("date format", "j M"))
    return date_format(local, pgettext("date format", "j M Y"))


@register.filter
def clock(at: datetime | None) -> str:
    """Write a time of day at the store, 24 hours: `10:42` (empty for None)."""
    return date_format(timezone.localtime(at), "H:i") if at else ""


@register.filter
def moment(at: datetime | None) -> str:
    """Write day and time: `22 Nov 10:42` in English (empty for None)."""
    return f"{day_short(at)} {clock(at)}" if at else ""


@register.filter
def halves(message: object) -> tuple[str, str]:
    """Part a refusal into what was not done and why, at its first colon; no colon, no why."""
    text = str(message)
    for colon in (FULL_WIDTH_COLON, ": "):
        what, found, why = text.partition(colon)
        if found:
            return what, why[:1].upper() + why[1:]
    return text, ""


@register.filter
def listed(words: Iterable[object]) -> str:
    """Join words as a list of the reader's language: `a, b` or with the Chinese enumeration comma."""
    return gettext(", ").join(str(word) for word in words)
