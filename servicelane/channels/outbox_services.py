"""The outbox: messages are rows first, claimed before they leave, and never sent twice by themselves."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F

from servicelane.kernel.clock import now
from servicelane.kernel.events import Actor, HasActor, record
from servicelane.kernel.transactions import unit

from .errors import MessageNotStuck
from .events import SENT_AGAIN
from .models import Channel, Link, Message, MessageState, Trouble

TRIES = 10
LONGEST_WAIT = timedelta(minutes=60)
LONGEST_SENDING = timedelta(minutes=2)
AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Words:
    """What a message says, in the language of who gets it; `{token}` stands for the link's secret."""

    template: str
    language: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    state: MessageState
    trouble: Trouble = Trouble.NONE


SENT = _Outcome(MessageState.SENT)
AWAY = _Outcome(MessageState.WAITING, Trouble.AWAY)
REFUSED = _Outcome(MessageState.FAILED, Trouble.REFUSED)


@transaction.atomic
def queue_message(to: str, words: Words, *, store_id: int, link: Link | None = None) -> Message:
    """Put a message in the outbox, in the transaction of what it tells. One statement."""
    moment = now()
    return Message.objects.create(
        store_id=store_id,
        channel=Channel(settings.MESSAGE_CHANNEL),
        to=to,
        template=words.template,
        language=words.language,
        title=words.title,
        body=words.body,
        link=link,
        made_at=moment,
        due_at=moment,
    )


def send_due() -> int:
    """Send what is due, twenty at most; returns how many were sent.

    What was claimed and not finished within two minutes is left to a person: its worker died, and
    nobody knows whether it arrived. While the server is away, the others wait for their own turn.
    """
    unit(_show_interrupted)
    due = Message.objects.filter(state=MessageState.WAITING, due_at__lte=now()).order_by("due_at", "pk")
    sent = 0
    for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]):
        outcome = send_one(pk)
        sent += outcome is SENT
        if outcome is AWAY:
            break
    return sent


def send_one(pk: int) -> _Outcome | None:
    """Claim one message, send it, and write down what became of it; None if another worker has it."""
    if not unit(lambda: _claim(pk)):
        return None
    message = Message.objects.select_related("link").get(pk=pk)
    outcome = _sent(message)
    unit(lambda: _finish(message, outcome))
    return outcome


@transaction.atomic
def send_again(message: Message, *, by: HasActor | Actor) -> None:
    """Let a failed or doubtful message go once more, by a person's decision. Raises MessageNotStuck."""
    stuck = Message.objects.filter(pk=message.pk, state__in=[MessageState.FAILED, MessageState.FOR_A_PERSON])
    if not stuck.update(state=MessageState.WAITING, due_at=now(), attempts=0, trouble=""):
        raise MessageNotStuck(now=message.get_state_display())
    record(SENT_AGAIN, message, by=by, was=str(message.state), trouble=message.trouble)


def _claim(pk: int) -> int:
    waiting = Message.objects.filter(pk=pk, state=MessageState.WAITING)
    return waiting.update(state=MessageState.CLAIMED, claimed_at=now(), attempts=F("attempts") + 1)


def _finish(message: Message, outcome: _Outcome) -> None:
    state, moment = outcome.state, now()
    if state == MessageState.WAITING and message.attempts >= TRIES:
        state = MessageState.FAILED
    wait = min(timedelta(minutes=2 ** (message.attempts - 1)), LONGEST_WAIT)
    Message.objects.filter(pk=message.pk, state=MessageState.CLAIMED).update(
        state=state,
        trouble=outcome.trouble,
        due_at=moment + wait if state == MessageState.WAITING else message.due_at,
        sent_at=moment if state == MessageState.SENT else None,
    )


def _show_interrupted() -> None:
    Message.objects.filter(state=MessageState.CLAIMED, claimed_at__lt=now() - LONGEST_SENDING).update(
        state=MessageState.FOR_A_PERSON, trouble=Trouble.INTERRUPTED
    )


def _sent(message: Message) -> _Outcome:
    link = message.link
    if link and (link.revoked_at or link.expires_at <= now() or not link.token):
        return _Outcome(MessageState.FAILED, Trouble.LINK_OVER)
    if message.channel == Channel.DRY_RUN:
        return SENT
    address = settings.MESSAGE_MAIL_TO.format(to=message.to)
    if "@" not in address:
        return _Outcome(MessageState.FOR_A_PERSON, Trouble.NO_ADDRESS)
    return _mailed(message, address, message.body.replace("{token}", link.token if link else ""))


def _mailed(message: Message, address: str, text: str) -> _Outcome:
    connection = get_connection()
    try:
        connection.open()
    except (smtplib.SMTPException, OSError):
        return AWAY  # nothing was said yet, so nothing can have arrived
    try:
        EmailMessage(message.title, text, to=[address], connection=connection).send()
    except smtplib.SMTPRecipientsRefused as refused:
        return _refused(max(code for code, _words in refused.recipients.values()))
    except smtplib.SMTPResponseException as refused:
        return _refused(refused.smtp_code)
    except (smtplib.SMTPException, OSError):
        return _Outcome(MessageState.FOR_A_PERSON, Trouble.UNCERTAIN)
    finally:
        connection.close()
    return SENT


def _refused(code: int) -> _Outcome:
    """A refusal of the 400s is for now, one of the 500s for good; either way nothing was taken."""
    return AWAY if 400 <= code < 500 else REFUSED
