"""What reaches people outside the house: the signed links that customers hold."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicelane.kernel.events import Actor
from servicelane.kernel.models import ActorKind

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
