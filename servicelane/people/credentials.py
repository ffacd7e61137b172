"""Secrets: temporary passwords, tokens and their hashes, what makes a PIN too easy."""

import secrets
import unicodedata
from hashlib import sha256
from itertools import pairwise

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look alike when read aloud or on paper
PIN_LENGTH = range(6, 13)


def new_password() -> str:
    """Return a temporary password of 12 letters and digits in groups, about 59 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


def new_token() -> str:
    """Return a random token of 256 bits."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Return what is kept of a token; its own randomness makes a salt needless."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def plain_pin(text: str) -> str:
    """Return a typed PIN with half-width digits and without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def is_weak_pin(pin: str) -> bool:
    """Whether a PIN has not 6 to 12 digits, or is one that somebody would try first."""
    if not (pin.isascii() and pin.isdigit() and len(pin) in PIN_LENGTH):
        return True
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if len(steps) == 1 and steps <= {0, 1, 9}:
        return True
    return any(pin == (pin[:size] * len(pin))[: len(pin)] for size in range(1, len(pin) // 2 + 1))
