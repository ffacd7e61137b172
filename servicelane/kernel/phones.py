"""Telephone numbers: their one written form, doubts about a mobile, how it is masked (ARC-5, ARC-8)."""

import re

from django.utils.translation import gettext_lazy as _

from .doubts import Doubt, plain

HOME = "CN"
_TEST_RANGE = re.compile("1540000[0-9]{4}")
"""Numbers that no carrier has given: those of tests, the demo and the manual."""


def normal_phone(text: str) -> str:
    """Return a number as it is kept: digits only for China, `+` and digits for elsewhere.

    What holds letters, such as an extension, keeps them.
    """
    number = plain(text).replace("/", "")
    found = re.fullmatch(r"(?:\+86|0086)(\d+)|86(1\d{10})", number)
    if found:
        return found[1] or found[2]
    return "+" + number[2:] if re.fullmatch(r"00[1-9]\d+", number) else number


def doubts_about_mobile(number: str) -> list[Doubt]:
    """Return what is odd about a normal mobile number; nothing for an empty one. Never raises."""
    if not number or _TEST_RANGE.fullmatch(number):
        return []
    import phonenumbers
    from phonenumbers import PhoneNumberType

    try:
        parsed = phonenumbers.parse(number, HOME)
    except phonenumbers.NumberParseException:
        return [Doubt("mobile_unreadable", _("This is no telephone number."))]
    if number.startswith("+"):
        if phonenumbers.is_valid_number(parsed):
            return []
        return [Doubt("mobile_abroad", _("No such number is known in that country."))]
    if not re.fullmatch(r"1\d{10}", number):
        return [Doubt("mobile_length", _("A mobile number has 11 digits and begins with 1."))]
    kind = phonenumbers.number_type(parsed)
    if phonenumbers.is_valid_number_for_region(parsed, HOME) and kind in (
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    ):
        return []
    return [Doubt("mobile_range", _("No carrier has mobile numbers that begin like this."))]


def masked_phone(number: str) -> str:
    """Return a number with its middle hidden, `154****3456`; what is short is hidden all."""
    if len(number) < 8:
        return "****" if number else ""
    return f"{number[:3]}****{number[-4:]}"
