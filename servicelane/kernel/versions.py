"""Two people, one row: who saves first wins, and the other is told (architecture, rule 2)."""

from django.db import models
from django.db.models import F

from servicelane.kernel.errors import ChangedMeanwhile


def rise(record: models.Model, seen: int | None = None) -> None:
    """Take the next version of `record`, by compare-and-set on the version that was read.

    `seen` is the version the form was made from; without it the record's own counts. The row stays
    locked until the transaction ends. Raises ChangedMeanwhile if somebody else wrote in between.
    """
    version: int = record.version if seen is None else seen  # type: ignore[attr-defined]
    rows = type(record)._default_manager.filter(pk=record.pk, version=version)
    if not rows.update(version=F("version") + 1):
        raise ChangedMeanwhile(subject=record)
    record.version = version + 1  # type: ignore[attr-defined]


def touch(record: models.Model) -> None:
    """Take the next version of `record` whoever wrote last, for a write that hides nobody else's."""
    rows = type(record)._default_manager.filter(pk=record.pk)
    rows.update(version=F("version") + 1)
    record.version = rows.values_list("version", flat=True).get()  # type: ignore[attr-defined]


def drop(record: models.Model) -> None:
    """Delete `record` once; raises ChangedMeanwhile if it is gone already."""
    deleted, _ = type(record)._default_manager.filter(pk=record.pk).delete()
    if not deleted:
        raise ChangedMeanwhile(subject=record)
