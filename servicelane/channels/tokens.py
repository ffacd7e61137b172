"""Tokens of links: random, kept as a hash, and sealed so that only this installation shows them again."""

from __future__ import annotations

import base64
import hmac
import secrets
from hashlib import sha256

from django.conf import settings

BYTES = 16


def new_token() -> str:
    """Return 128 random bits as 22 letters that an address may hold."""
    return _written(secrets.token_bytes(BYTES))


def digest_of(token: str) -> str:
    """Return SHA-256 of a token, by which its link is found."""
    return sha256(token.encode()).hexdigest()


def sealed(token: str) -> str:
    """Return the token under a pad that the installation's key and the token's own digest make."""
    return _under_pad(base64.urlsafe_b64decode(token + "=="), digest_of(token)).hex()


def opened(kept: str, digest: str) -> str:
    """Return the token that was sealed, empty where another key sealed it."""
    token = _written(_under_pad(bytes.fromhex(kept), digest))
    return token if hmac.compare_digest(digest_of(token), digest) else ""


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _under_pad(raw: bytes, digest: str) -> bytes:
    # Each digest belongs to one token, so no pad is used twice.
    pad = hmac.digest(settings.SECRET_KEY.encode(), f"channels.link {digest}".encode(), "sha256")
    return bytes(one ^ other for one, other in zip(raw, pad, strict=False))
