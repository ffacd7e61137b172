"""History of master data: every saved or deleted row is copied with who and when (PLT-2).

Facts tell the process; history tells what a row looked like before. The person is kept as a plain
number: a foreign key would point from the organisation up to people.
"""

from typing import Any

from django.db import models
from simple_history.models import HistoricalRecords

from servicelane.kernel.clock import now


class History(HistoricalRecords):
    """History rows whose time is the product's clock and whose author is the guarded request's employee.

    A change made outside a request, such as by a command, has no author here; its fact has one.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(history_user_id_field=models.BigIntegerField(null=True, blank=True), **options)

    def create_historical_record(
        self, instance: models.Model, history_type: str, using: str | None = None
    ) -> None:
        instance._history_date = now()  # type: ignore[attr-defined]
        super().create_historical_record(instance, history_type, using=using)

    def get_history_user(self, instance: models.Model) -> Any:
        return getattr(getattr(self.context, "request", None), "employee", None)
