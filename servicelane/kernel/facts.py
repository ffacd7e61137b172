"""How a fact becomes one hash: canonical text, digest, and the hash of its words."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from .models import Event

LARGEST = 2**63 - 1


def check_data(data: Any, path: str = "data") -> None:
    """Raise TypeError unless `data` holds only what is the same on every database.

    Strings without NUL and lone surrogates, whole numbers of 64 bits, lists and dicts of these: a
    float, a bool or NULL does not come back alike from both engines, so none enters a digest.
    """
    if isinstance(data, str):
        if "\0" in data or any("\ud800" <= letter <= "\udfff" for letter in data):
            raise TypeError(f"{path} holds a character that cannot be stored")
    elif isinstance(data, bool) or not isinstance(data, (int, list, dict)):
        raise TypeError(f"{path} is a {type(data).__name__}: facts hold strings and whole numbers only")
    elif isinstance(data, int):
        if abs(data) > LARGEST:
            raise TypeError(f"{path} does not fit into 64 bits")
    elif isinstance(data, list):
        for place, value in enumerate(data):
            check_data(value, f"{path}[{place}]")
    else:
        for key, value in data.items():
            if not isinstance(key, str):
                raise TypeError(f"{path} has a key that is no string")
            check_data(key, f"{path} key")
            check_data(value, f"{path}.{key}")


def canonical(event: Event) -> bytes:
    """Return the text that the digest covers: everything but id and position, in one fixed form."""
    content = {
        "kind": event.kind,
        "store": "" if event.store_id is None else event.store_id,
        "subject": [event.subject_type, event.subject_id],
        "actor": [event.actor_kind, "" if event.actor_id is None else event.actor_id],
        "happened_at": moment(event.happened_at),
        "recorded_at": moment(event.recorded_at),
        "local_day": event.local_day.isoformat(),
        "data": event.data,
        "detail_hash": event.detail_hash,
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def moment(at: datetime) -> str:
    """Write a time as UTC with microseconds, always in the same width."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest_of(event: Event) -> str:
    """Return SHA-256 over the canonical text, as 64 hex digits."""
    return sha256(canonical(event)).hexdigest()


def detail_hash_of(salt: str, text: str) -> str:
    """Return SHA-256 over salt + text: proves the words while they are kept, says nothing after."""
    return sha256((salt + text).encode()).hexdigest()
