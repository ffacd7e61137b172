"""A browser without a screen: it sends a form as the page does, with its one-time key."""

from typing import Any
from uuid import uuid4

from servicelane.kernel.idempotency import FIELD
from servicelane.people.models import Employee
from servicelane.project.alerts import forget_counts
from tests.access.visitor import Visitor


class Screen(Visitor):
    """A visitor that is signed in as somebody, or as nobody; each page costs what a first one does."""

    keeps_templates = True

    def __init__(self, employee: Employee | None = None, **options: Any) -> None:
        super().__init__(**options)
        if employee is not None:
            self.force_login(employee)

    def request(self, **request: Any) -> Any:
        """Send one request to a process that has counted nothing on the bell."""
        forget_counts()
        return super().request(**request)

    def post(self, path: str, data: Any = None, **options: Any) -> Any:
        """Send a form; its key is fresh unless `data` brings one."""
        return super().post(path, {FIELD: uuid4().hex, **(data or {})}, **options)
