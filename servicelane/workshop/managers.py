"""Reads of the workshop on behalf of a person: the only door is `visible_to` (architecture, "Access")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from servicelane.org.managers import Viewer

if TYPE_CHECKING:
    from .models import Clocking  # noqa: F401 - named in quotes below


class ClockingQuerySet(models.QuerySet["Clocking"]):
    """Clocked stretches; `running` narrows to clocks that nobody stopped."""

    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to clocks in stores where `viewer` holds `perm`."""
        return self.filter(job__order__store__in=viewer.store_ids_where(perm))

    def running(self) -> Self:
        """Narrow to clocks that run."""
        return self.filter(ended_at=None)
