"""The second factor: a code of an authenticator app after the password, and ten recovery codes (PLT-1).

Keys and recovery codes are kept by allauth.mfa's model. Time steps are counted by our clock, and the last
one used is kept in the row: a mark in a cache would be unknown to the next web process (decision 0013).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from urllib.parse import quote

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.db import transaction

from servicelane.kernel.clock import now
from servicelane.kernel.events import record
from servicelane.kernel.versions import touch

from . import errors, events
from .guards import By, check_may_act_as, check_works_here
from .models import Employee
from .own_sessions import end_others
from .sign_in_services import end_sessions, end_tokens

STEP = 30  # seconds that one code counts (RFC 6238)
DRIFT = 1  # steps by which a telephone's clock may be wrong, either way
ISSUER = "ServiceLane"
LAST_STEP = "last_step"


@dataclass(frozen=True, slots=True)
class State:
    """Since when the second factor is on, and how many recovery codes are left."""

    since: datetime
    codes_left: int


def is_on(person: Employee) -> bool:
    """Whether signing in by password asks this person for a code. One query."""
    return Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()


def state_of(person: Employee) -> State | None:
    """The second factor of a person, None when it is off. One query."""
    kept = {row.type: row for row in Authenticator.objects.filter(user=person)}
    app, codes = kept.get(Authenticator.Type.TOTP), kept.get(Authenticator.Type.RECOVERY_CODES)
    if app is None:
        return None
    return State(app.created_at, len(RecoveryCodes(codes).get_unused_codes()) if codes else 0)


def new_key() -> str:
    """Return a random key of 160 bits for an authenticator app, in base 32."""
    return str(generate_totp_secret())


def app_address(person: Employee, key: str) -> str:
    """Return what the QR code tells an authenticator app."""
    return f"otpauth://totp/{ISSUER}:{quote(person.user_name)}?secret={key}&issuer={ISSUER}"


def code_of(key: str, at: datetime) -> str:
    """Return the code of a key at a moment: six digits (RFC 6238)."""
    return str(format_hotp_value(hotp_value(key, _step(at))))


@transaction.atomic
def switch_on(person: Employee, key: str, code: str, *, here: str | None) -> list[str]:
    """Ask for a code at every sign-in from now on; returns the recovery codes, to be shown once.

    Sessions but the one with the key `here` end, and all tokens: they were got with the password alone.
    Raises HasLeft, SecondFactorIsOn, and CodeRefused for a code that is not the key's.
    """
    check_works_here(person)
    touch(person)
    if is_on(person):
        raise errors.SecondFactorIsOn
    step = _matching_step(key, plain_code(code), after=0)
    if step is None:
        raise errors.CodeRefused
    moment = now()
    Authenticator.objects.create(
        user=person, type=Authenticator.Type.TOTP, data={"secret": key, LAST_STEP: step}, created_at=moment
    )
    codes = _new_codes(person)
    record(events.SECOND_FACTOR_ON, person, by=person)
    end_others(person, here)
    end_tokens(person, by=person)
    return codes


@transaction.atomic
def make_recovery_codes(person: Employee) -> list[str]:
    """Replace the recovery codes; returns the new ones, to be shown once. Raises SecondFactorIsOff."""
    touch(person)
    if not is_on(person):
        raise errors.SecondFactorIsOff
    codes = _new_codes(person)
    record(events.RECOVERY_CODES_MADE, person, by=person)
    return codes


@transaction.atomic
def switch_off(person: Employee) -> None:
    """Let the own password be enough again. Raises SecondFactorIsOff."""
    touch(person)
    _forget(person)
    record(events.SECOND_FACTOR_OFF, person, by=person)


@transaction.atomic
def reset(employee: Employee, *, by: By) -> None:
    """Switch the second factor of somebody off who lost telephone and codes; all their sessions end.

    Raises HasLeft, AboveOwnRights, SecondFactorIsOff, and OwnSecondFactor for the own one, which asks for the
    password.
    """
    if by is not None and by.pk == employee.pk:
        raise errors.OwnSecondFactor
    check_works_here(employee)
    check_may_act_as(by, employee)
    touch(employee)
    _forget(employee)
    record(events.SECOND_FACTOR_RESET, employee, by=by)
    end_sessions(employee, by=by)


@transaction.atomic
def accept(person: Employee, code: str) -> bool:
    """Use up a code of the app or a recovery code; whether it was right and not used before.

    The rows stay locked until the transaction ends, so the same code sent twice at once counts once.
    """
    typed = plain_code(code)
    kept = {row.type: row for row in Authenticator.objects.select_for_update().filter(user=person)}
    app, codes = kept.get(Authenticator.Type.TOTP), kept.get(Authenticator.Type.RECOVERY_CODES)
    if app is None:
        return False
    step = _matching_step(app.data["secret"], typed, after=app.data[LAST_STEP])
    if step is not None:
        app.data[LAST_STEP] = step
        app.last_used_at = now()
        app.save(update_fields=["data", "last_used_at"])
        return True
    if codes is None or not RecoveryCodes(codes).validate_code(typed):
        return False
    codes.refresh_from_db()
    left = len(RecoveryCodes(codes).get_unused_codes())
    record(events.RECOVERY_CODE_USED, person, by=person, left=left)
    return True


def plain_code(text: str) -> str:
    """Return a typed code with half-width digits and without spaces and hyphens."""
    return "".join(unicodedata.normalize("NFKC", text).replace("-", "").split())


def _matching_step(key: str, code: str, *, after: int) -> int | None:
    """The time step of `code` near now, later than `after`; None when there is none."""
    here = _step(now())
    for step in range(max(here - DRIFT, after + 1), here + DRIFT + 1):
        if compare_digest(format_hotp_value(hotp_value(key, step)).encode(), code.encode()):
            return step
    return None


def _step(at: datetime) -> int:
    return int(at.timestamp()) // STEP


def _new_codes(person: Employee) -> list[str]:
    Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(person).generate_codes()
    return codes


def _forget(person: Employee) -> None:
    removed, _each = Authenticator.objects.filter(user=person).delete()
    if not removed:
        raise errors.SecondFactorIsOff
