"""Reads of assignments on behalf of a person: the only door is `visible_to` (architecture, "Access")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

from servicelane.org.managers import Viewer

if TYPE_CHECKING:
    from .models import Assignment  # noqa: F401 - named in quotes below


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Assignments of technicians; `current` narrows to those that stand."""

    def visible_to(self, viewer: Viewer, perm: str) -> Self:
        """Narrow to assignments in stores where `viewer` holds `perm`."""
        return self.filter(job__order__store__in=viewer.store_ids_where(perm))

    def current(self) -> Self:
        """Narrow to assignments that nobody took back."""
        return self.filter(ended_at=None)
