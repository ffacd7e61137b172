"""What reaches people outside the house: messages, and the signed links that customers hold."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicelane.kernel.events import Actor
from servicelane.kernel.models import ActorKind
from servicelane.kernel.phones import masked_phone

from .tokens import opened


class Link(models.Model):
    """One address that lets its holder do one thing: bound to a purpose, an object and its version.

    The token is random, 128 bits; `digest` is its SHA-256, by which it is found. `sealed` is the token as
    only the key of this installation opens it, so that the address can be shown again and sent: who
    reads the database alone holds no address. `tries` counts wrong telephone digits until `locked_until`.
    Ids are plain columns: this app knows neither orders nor stores.
    """

    purpose = models.CharField(max_length=32)
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    version = models.PositiveIntegerField(default=0)
    store_id = models.BigIntegerField()
    language = models.CharField(max_length=10)
    digest = models.CharField(max_length=64, unique=True)
    sealed = models.CharField(max_length=32)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("customer link")
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "purpose"], name="channels_link_subject")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"

    @property
    def actor(self) -> Actor:
        """Who acts by this link: the customer who holds it."""
        return Actor(ActorKind.CUSTOMER, self.pk)

    @property
    def token(self) -> str:
        """The secret part of the address; empty when the installation has another key by now."""
        return opened(self.sealed, self.digest)


class Channel(models.TextChoices):
    """By which way a message leaves."""

    DRY_RUN = "dry_run", _("dry run, nothing leaves")
    EMAIL = "email", _("by e-mail")


class MessageState(models.TextChoices):
    """How far a message has come."""

    WAITING = "waiting", _("waits to be sent")
    CLAIMED = "claimed", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("not sent")
    FOR_A_PERSON = "person", _("a person has to look")


class Trouble(models.TextChoices):
    """Why a message was not sent, or why nobody can say whether it was."""

    NONE = "", ""
    AWAY = "away", _("the mail server does not answer")
    REFUSED = "refused", _("the mail server refused it")
    NO_ADDRESS = "no_address", _("there is no address to send it to")
    LINK_OVER = "link_over", _("its link is no longer valid")
    UNCERTAIN = "uncertain", _("the connection broke while it was being sent; it may have arrived")
    INTERRUPTED = "interrupted", _("the sending was interrupted; it may have arrived")


class Message(models.Model):
    """One message to a customer: a row in the transaction of what it tells, sent afterwards.

    It is claimed before it is sent; whoever dies in between leaves it claimed, and a person looks
    instead of a second message. `body` holds `{token}` where the secret of `link` stands once it is sent:
    no address is kept. `due_at` is when it is tried next.
    """

    store_id = models.BigIntegerField()
    channel = models.CharField(max_length=8, choices=Channel)
    to = models.CharField(max_length=120)
    template = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=120)
    body = models.TextField()
    link = models.ForeignKey(Link, models.PROTECT, null=True, related_name="messages")
    state = models.CharField(max_length=8, choices=MessageState, default=MessageState.WAITING)
    trouble = models.CharField(max_length=12, choices=Trouble, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("message")
        indexes = [
            models.Index(fields=["state", "due_at"], name="channels_message_due"),
            models.Index(fields=["store_id", "-id"], name="channels_message_store"),
        ]

    def __str__(self) -> str:
        return f"{self.template} {self.pk}"

    @property
    def masked_to(self) -> str:
        """To whom it goes, with the middle hidden."""
        return masked_phone(self.to)

    @property
    def shown_body(self) -> str:
        """The words without the secret of the address."""
        return self.body.replace("{token}", "\u2026")

    @property
    def may_go_again(self) -> bool:
        """Whether a person may send it (again)."""
        return self.state in (MessageState.FAILED, MessageState.FOR_A_PERSON)
