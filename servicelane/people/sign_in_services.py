"""Writes about sign-ins: PIN, password, shared terminals, API tokens (PLT-1)."""

from datetime import UTC, timedelta

from axes.models import AccessAttempt
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from servicelane.kernel.clock import now
from servicelane.kernel.events import record
from servicelane.kernel.versions import touch
from servicelane.org.models import Store

from . import errors, events
from .credentials import hash_token, is_weak_pin, new_password, new_token, plain_pin
from .guards import By, check_may_act_as, check_works_here
from .models import ApiToken, Employee, Terminal

LONGEST_TOKEN = timedelta(days=365)


@transaction.atomic
def set_pin(employee: Employee, pin: str, *, by: By) -> None:
    """Set the PIN for shared terminals. Raises HasLeft, AboveOwnRights and PinRefused."""
    check_works_here(employee)
    check_may_act_as(by, employee)
    digits = plain_pin(pin)
    if is_weak_pin(digits):
        raise errors.PinRefused
    touch(employee)
    employee.pin = make_password(digits)
    employee.save(update_fields=["pin"])
    record(events.PIN_SET, employee, by=by)


@transaction.atomic
def reset_password(employee: Employee, *, by: By) -> str:
    """Give a temporary password, to be changed at once; all sessions and tokens of the person end.

    Raises HasLeft and AboveOwnRights.
    """
    check_works_here(employee)
    check_may_act_as(by, employee)
    password = new_password()
    touch(employee)
    employee.set_password(password)
    employee.must_change_password = True
    employee.save(update_fields=["password", "must_change_password"])
    record(events.PASSWORD_RESET, employee, by=by)
    end_tokens(employee, by=by)
    return password


@transaction.atomic
def change_own_password(employee: Employee, password: str) -> None:
    """Set the password a person chose; their other sessions and all their tokens end.

    Raises HasLeft and PasswordRefused.
    """
    check_works_here(employee)
    if employee.check_password(password):
        raise errors.PasswordRefused(reasons=_("It is the one you have."))
    try:
        validate_password(password, employee)
    except ValidationError as refused:
        raise errors.PasswordRefused(reasons=" ".join(refused.messages)) from None
    touch(employee)
    employee.set_password(password)
    employee.must_change_password = False
    employee.save(update_fields=["password", "must_change_password"])
    record(events.PASSWORD_CHANGED, employee, by=employee)
    end_tokens(employee, by=employee)


@transaction.atomic
def unlock(employee: Employee, *, by: By) -> int:
    """Forget the failed tries of a person, from every address; returns how many there were.

    Nothing is recorded when there were none. Raises HasLeft and AboveOwnRights.
    """
    check_works_here(employee)
    check_may_act_as(by, employee)
    tries = AccessAttempt.objects.filter(username=employee.user_name)
    failed = tries.aggregate(all=Sum("failures_since_start", default=0))["all"]
    tries.delete()
    if failed:
        record(events.UNLOCKED, employee, by=by, failed_tries=failed)
    return failed


@transaction.atomic
def end_sessions(employee: Employee, *, by: By) -> int:
    """Sign a person out of every browser and terminal; returns how many sessions there were.

    API tokens stay. Nothing is recorded when there were none. Reads all sessions that are not over.
    Raises AboveOwnRights.
    """
    check_may_act_as(by, employee)
    own = str(employee.pk)
    open_ones = Session.objects.filter(expire_date__gt=now()).iterator(chunk_size=500)
    keys = [session.pk for session in open_ones if session.get_decoded().get(SESSION_KEY) == own]
    for first in range(0, len(keys), 500):
        Session.objects.filter(pk__in=keys[first : first + 500]).delete()
    if keys:
        record(events.SESSIONS_ENDED, employee, by=by, sessions=len(keys))
    return len(keys)


@transaction.atomic
def register_terminal(store: Store, name: str, *, by: Employee) -> tuple[Terminal, str]:
    """Make a computer a shared terminal of `store`; return it with the token for its cookie, shown once."""
    token = new_token()
    terminal = Terminal.objects.create(
        store=store, name=name, token_hash=hash_token(token), registered_by=by, registered_at=now()
    )
    record(events.TERMINAL_REGISTERED, terminal, by=by)
    return terminal, token


@transaction.atomic
def revoke_terminal(terminal: Terminal, *, by: By) -> None:
    """End a terminal and the PIN sessions on it; a second time changes nothing."""
    moment = now()
    if Terminal.objects.filter(pk=terminal.pk, revoked_at=None).update(revoked_at=moment):
        terminal.revoked_at = moment
        record(events.TERMINAL_REVOKED, terminal, by=by)


@transaction.atomic
def issue_token(
    employee: Employee, name: str, *, by: By, lifetime: timedelta = timedelta(days=30)
) -> tuple[ApiToken, str]:
    """Let a program act for `employee`; return the row with the token, shown once.

    Raises HasLeft, AboveOwnRights, and TokenTimeRefused unless it lives up to 365 days.
    """
    check_works_here(employee)
    check_may_act_as(by, employee)
    if not timedelta(0) < lifetime <= LONGEST_TOKEN:
        raise errors.TokenTimeRefused(days=LONGEST_TOKEN.days)
    token, moment = new_token(), now()
    row = ApiToken.objects.create(
        employee=employee,
        name=name,
        token_hash=hash_token(token),
        created_at=moment,
        expires_at=moment + lifetime,
    )
    record(events.TOKEN_ISSUED, row, by=by, expires_at=row.expires_at.astimezone(UTC).isoformat())
    return row, token


@transaction.atomic
def revoke_token(token: ApiToken, *, by: By) -> None:
    """End a token; a second time changes nothing."""
    moment = now()
    if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=moment):
        token.revoked_at = moment
        record(events.TOKEN_REVOKED, token, by=by)


def end_tokens(employee: Employee, *, by: By) -> None:
    """End every token of a person.

    A token was got with a password: whoever stole that one must not outlive it as a program.
    """
    for token in employee.api_tokens.filter(revoked_at=None):
        revoke_token(token, by=by)
