"""The kernel's tables: facts and their seals, counters, kept answers, turns of jobs."""

from datetime import date
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

NO_DAY = date(1, 1, 1)  # a key column cannot be NULL: an undated counter counts under this day


class ActorKind(models.TextChoices):
    """Who did it: a member of staff, a customer by signed link, a program's token, the system."""

    PERSON = "person", _("person")
    CUSTOMER = "customer", _("customer")
    TOKEN = "token", _("program")
    SYSTEM = "system", _("system")


class EventQuerySet(models.QuerySet["Event"]):
    """Reads of the ledger."""

    def about(self, subject: models.Model) -> Self:
        """The facts about one row, the first first."""
        return self.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk).order_by(
            "happened_at", "id"
        )

    def sealed_after(self, position: int) -> Self:
        """What an incremental reader has not seen yet: by position, for ids commit out of order."""
        return self.filter(position__gt=position).order_by("position")


class Event(models.Model):
    """One fact: what happened to what, by whom, when it happened and when it was recorded.

    Append-only (database triggers), sealed after commit with a gap-free `position`. Names no person
    in words: ids, codes and amounts stand in `data`, words in EventDetail. Ids are plain columns
    without foreign keys, for the kernel knows no domain and a fact outlives what it speaks of.
    `local_day` is the calendar day at the store when it happened.
    """

    id = models.BigAutoField(primary_key=True)
    position = models.BigIntegerField(null=True, unique=True, editable=False)
    kind = models.CharField(max_length=64)
    store_id = models.BigIntegerField(null=True)
    subject_type = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    actor_kind = models.CharField(max_length=8, choices=ActorKind)
    actor_id = models.BigIntegerField(null=True)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    local_day = models.DateField()
    data = models.JSONField(default=dict)
    detail_hash = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "happened_at"], name="kernel_event_subject"),
            models.Index(fields=["store_id", "local_day", "kind"], name="kernel_event_day"),
            models.Index(
                fields=["id"], name="kernel_event_unsealed", condition=models.Q(position__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_type} {self.subject_id}"


class EventDetail(models.Model):
    """The words of one fact (a reason, a note), apart from it so that a person can be erased.

    The fact keeps SHA-256 over salt + text. Erasing empties both and leaves the fact's chain whole.
    """

    event = models.OneToOneField(Event, models.PROTECT, related_name="detail", primary_key=True)
    salt = models.CharField(max_length=32)
    text = models.TextField()

    def __str__(self) -> str:
        return f"detail of {self.event_id}"

    @property
    def is_erased(self) -> bool:
        return not self.salt and not self.text


class Seal(models.Model):
    """One link of the chain: facts at positions `first` … `last` as they were when sealed.

    `hash` = SHA-256 over the previous seal's hash followed by the facts' digests, in order.
    `sealed_at` is outside the hash: it serves to notice facts that claim to be older than they are.
    """

    number = models.BigIntegerField(unique=True)
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number}: {self.first}–{self.last}"


class Lock(models.Model):
    """One row per thing of which there is only one, taken with SELECT … FOR UPDATE."""

    name = models.CharField(max_length=64, primary_key=True)

    def __str__(self) -> str:
        return self.name


class Counter(models.Model):
    """The last number given out in `scope` on `day`."""

    scope = models.CharField(max_length=64)
    day = models.DateField(default=NO_DAY)
    last = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "day"], name="kernel_counter_scope_day")]

    def __str__(self) -> str:
        return f"{self.scope} {self.day}"


class Answer(models.Model):
    """What a request with an idempotency key was answered, kept 48 hours.

    Inserted first in the transaction of the effect, so a twin waits for it; a refusal rolls back
    together with its key. `place`, `key` and `request` are SHA-256 of method + path, of the key, and of
    what was sent: free text of a caller is not kept.
    """

    actor_kind = models.CharField(max_length=8, choices=ActorKind)
    actor_id = models.BigIntegerField()
    place = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    request = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(default="")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["actor_kind", "actor_id", "place", "key"], name="kernel_answer_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.key}"


class Schedule(models.Model):
    """When a periodic job is due next; several schedulers take a turn by compare-and-set."""

    job = models.CharField(max_length=200, primary_key=True)
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.job
