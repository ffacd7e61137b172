"""Where a person is signed in: the own sessions with device and time, and how to end them (PLT-1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from servicelane.kernel.clock import now
from servicelane.kernel.events import record

from . import errors, events
from .access import TERMINAL_KEY
from .models import Employee

SIGNED_IN = "signed_in"
# The first that occurs is meant: Edge and the chat programs call themselves Chrome or Safari as well.
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("HarmonyOS", "HarmonyOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One open session; `mark` names it without being its key, `since` is None where it was not noted."""

    mark: str
    device: str
    since: datetime | None
    until: datetime
    is_here: bool
    on_terminal: bool


def note_sign_in(request: HttpRequest) -> None:
    """Keep in the session when and with what somebody signed in; nothing of the address."""
    agent = request.headers.get("User-Agent", "")
    request.session[SIGNED_IN] = {"at": now().isoformat(), "device": device_of(agent)}


def device_of(agent: str) -> str:
    """Name browser and system of a User-Agent in two words; empty for what is not known."""
    found = (next((name for sign, name in known if sign in agent), "") for known in (BROWSERS, SYSTEMS))
    return " · ".join(filter(None, found))


def sessions_of(person: Employee, here: str | None) -> list[OwnSession]:
    """The open sessions of a person, the one with the key `here` first, then the newest. One query."""
    found = [
        OwnSession(
            _mark(session.pk),
            _noted(told, "device"),
            parse_datetime(_noted(told, "at")),
            session.expire_date,
            session.pk == here,
            TERMINAL_KEY in told,
        )
        for session, told in _open(person)
    ]
    return sorted(found, key=lambda one: (not one.is_here, -(one.since or one.until).timestamp()))


@transaction.atomic
def end_session(person: Employee, mark: str) -> None:
    """End one of the own sessions. Raises SessionOver when it is not open any more."""
    keys = [session.pk for session, _told in _open(person) if _mark(session.pk) == mark]
    if not _end(person, keys):
        raise errors.SessionOver


@transaction.atomic
def end_others(person: Employee, here: str | None) -> int:
    """End all own sessions but the one with the key `here`; returns how many there were."""
    return _end(person, [session.pk for session, _told in _open(person) if session.pk != here])


def _end(person: Employee, keys: list[str]) -> int:
    ended, _each = Session.objects.filter(pk__in=keys).delete() if keys else (0, {})
    if ended:
        record(events.SESSIONS_ENDED, person, by=person, sessions=ended)
    return ended


def _open(person: Employee) -> Iterator[tuple[Session, dict[str, Any]]]:
    own = str(person.pk)
    for session in Session.objects.filter(expire_date__gt=now()).iterator(chunk_size=500):
        told = session.get_decoded()
        if told.get(SESSION_KEY) == own:
            yield session, told


def _noted(told: dict[str, Any], name: str) -> str:
    noted = told.get(SIGNED_IN)
    return str(noted.get(name, "")) if isinstance(noted, dict) else ""


def _mark(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:24]
