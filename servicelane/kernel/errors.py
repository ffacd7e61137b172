"""Refusals: what was not done, why, and what to do or who can release it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import ClassVar

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext


class DomainError(Exception):
    """A rule of the house said no: nothing was changed, and nothing is broken.

    `code` is stable and for machines. `message` says what was not done and why, `hint` what to do
    or who can release it; both are lazy, so each reader gets them in their own language. `facts`
    fill the placeholders of both. `status` is the HTTP answer.
    """

    code: ClassVar[str]
    message: ClassVar[Promise]
    hint: ClassVar[Promise]
    title: ClassVar[Promise] = _("Not done")
    status: ClassVar[int] = 422

    def __init__(self, **facts: object) -> None:
        super().__init__(facts)
        self.facts = facts

    def __str__(self) -> str:
        return str(self.message).format(**self._told())

    @property
    def advice(self) -> str:
        """Say what to do, or who can release the refusal, in the reader's language."""
        return str(self.hint).format(**self._told())

    def _told(self) -> dict[str, object]:
        return {name: _in_words(fact) for name, fact in self.facts.items()}


def _in_words(fact: object) -> object:
    """Days and times as pages show them; a time in UTC, as rows hold it, in the zone of the store."""
    if isinstance(fact, datetime):
        local = fact.astimezone(get_current_timezone()) if fact.utcoffset() == timedelta() else fact
        return date_format(local, pgettext("date format", "j M Y H:i"))
    return date_format(fact, pgettext("date format", "j M Y")) if isinstance(fact, date) else fact


class ChangedMeanwhile(DomainError):
    """Somebody else wrote the same row after it was read."""

    code = "kernel.changed_meanwhile"
    status = 409
    title = _("Changed meanwhile")
    message = _("{subject} was not changed: somebody else changed it after you opened it.")
    hint = _("Look at it again as it is now, then repeat what still applies.")


class InFuture(DomainError):
    """A fact cannot have happened later than now (PLT-13)."""

    code = "kernel.in_future"
    message = _("Nothing was recorded: {at} is in the future.")
    hint = _("Give the time when it happened, or leave the time empty for now.")


class TooLongAgo(DomainError):
    """A fact may be entered late by 12 hours at most, unless a right allows more."""

    code = "kernel.too_long_ago"
    message = _("Nothing was recorded: {at} is more than {hours} hours ago.")
    hint = _("Enter it at the time it is noticed, or ask a manager to record the earlier time.")


class BeforeLastFact(DomainError):
    """A fact cannot precede the last one about the same subject without a decision."""

    code = "kernel.before_last_fact"
    status = 409
    message = _("Nothing was recorded: {at} lies before the last recorded step at {last}.")
    hint = _("Give a later time, or ask the dispatcher to decide about the order of the steps.")


class KeyReused(DomainError):
    """One idempotency key was sent with two different requests."""

    code = "kernel.key_reused"
    status = 409
    title = _("Key used already")
    message = _("Nothing was done: the key {key} belongs to another request that was carried out.")
    hint = _("Send a new key with a new request, or the first request unchanged.")


class MissingKey(DomainError):
    """A form arrived without the hidden key that makes a double click one request."""

    code = "kernel.missing_key"
    status = 409
    title = _("Form too old")
    message = _("Nothing was done: the form was sent without its one-time key.")
    hint = _("Go back, copy what you typed, load the page again and send the form once more.")


class Busy(DomainError):
    """The database stayed locked through every try."""

    code = "kernel.busy"
    status = 503
    title = _("Busy")
    message = _("Nothing was changed: others were writing at the same time, three times in a row.")
    hint = _("Try again in a few seconds. If it stays so, tell the system administrator.")


class NulCharacter(DomainError):
    """Text with a NUL character cannot be stored by PostgreSQL, so none is taken anywhere."""

    code = "kernel.nul_character"
    message = _("Nothing was done: the text holds an invisible NUL character.")
    hint = _("Type the text again instead of pasting it from the other program.")


class BodyTooLarge(DomainError):
    """The request's body is larger than the product takes."""

    code = "kernel.body_too_large"
    status = 413
    title = _("Too large")
    message = _("Nothing was done: the request is larger than {megabytes} MB.")
    hint = _("Send less at once: a shorter text, fewer rows or a smaller file.")


class ShortOfSpace(DomainError):
    """The disk or the database is full."""

    code = "kernel.short_of_space"
    status = 507
    title = _("No space left")
    message = _("Nothing was changed: the disk of the server is full.")
    hint = _("Tell the system administrator to free space; then send the form again.")


class DatabaseAway(DomainError):
    """The database does not answer, or went away before it confirmed the step."""

    code = "kernel.database_away"
    status = 503
    title = _("Database out of reach")
    message = _("It is not certain that anything was done: the database does not answer.")
    hint = _("Send the same form again in a minute; what was done already is not done twice.")


class UnknownCursor(DomainError):
    """A page was asked for by a cursor that no page gave."""

    code = "kernel.unknown_cursor"
    message = _("No page was read: the cursor is not one that a page gave.")
    hint = _("Start again without a cursor, then use the next one as it is.")
