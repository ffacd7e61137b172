"""Every operation of the API with the addresses under which a test can ask for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import models

from servicelane.billing.models import CashDay, ExitPass, Invoice
from servicelane.booking.models import Booking
from servicelane.care.models import Complaint, FollowUp
from servicelane.customers.models import Customer, Vehicle
from servicelane.kernel.clock import now
from servicelane.kernel.routes import Route, route_of
from servicelane.orders.models import Estimate, Job, Photo, RepairOrder
from servicelane.org.models import Store
from servicelane.parts.models import StockItem
from servicelane.project.api import api
from servicelane.workshop.models import FloorRequest, QualityCheck, SheetEntry

from .pages import UnknownParameter
from .stores import Side

BASE = "/api/v1"
PARAMETER = re.compile(r"\{(?:\w+:)?(\w+)\}")
ROOTS = {"openapi-json", "openapi-view", "api-root"}
"""The library's own addresses: the description of the API, which is for everybody."""

NAMED: dict[str, type[models.Model]] = {
    "store": Store,
    "booking": Booking,
    "order": RepairOrder,
    "job": Job,
    "invoice": Invoice,
    "day": CashDay,
    "estimate": Estimate,
    "exit_pass": ExitPass,
    "check": QualityCheck,
    "contact": FollowUp,
    "complaint": Complaint,
    "customer": Customer,
    "photo": Photo,
    "asked": FloorRequest,
    "entry": SheetEntry,
    "vehicle": Vehicle,
}
"""What a path parameter of this name names, wherever it stands."""

BODIES: dict[tuple[str, str], Callable[[Side], dict[str, Any]]] = {
    ("POST", "/jobs/{int:job}/progress"): lambda side: {"outlook": "on_time"},
    ("POST", "/orders/{int:order}/delays"): lambda side: {
        "way": "call", "promised_at": _tomorrow(), "reason": f"{side.mark} parts",
    },
    ("POST", "/jobs/{int:job}/requests"): lambda side: {"kind": "help"},
    ("POST", "/stores/{int:store}/bays"): lambda side: {"code": "NEW-9", "kind": "lift"},
    ("POST", "/parts"): lambda side: {
        "store": side.store.pk, "number": "N-1", "name_zh": "件", "name_en": "part", "price": "9.50",
    },
    ("POST", "/stock/movements"): lambda side: {
        "store": side.store.pk, "part": side.rows[StockItem].part_id, "kind": "receive",  # type: ignore[attr-defined]
        "quantity": "2", "unit_cost": "60",
    },
    ("POST", "/bookings"): lambda side: {**_visitor(side), "starts_at": _tomorrow()},
    ("POST", "/bookings/{int:booking}/reschedule"): lambda side: {"starts_at": _tomorrow()},
    ("POST", "/bookings/{int:booking}/cancel"): lambda side: {"reason": "customer"},
    ("POST", "/orders"): lambda side: _visitor(side),
    ("POST", "/orders/{int:order}/packages"): lambda side: {"package": "ALL"},
    ("POST", "/orders/{int:order}/check-in"): lambda side: {"odometer": 2000, "fuel": 4, "key_tag": "K"},
    ("POST", "/orders/{int:order}/deliver"): lambda side: {"explained": True},
    ("PUT", "/jobs/{int:job}/assignment"): lambda side: {"technicians": [side.worker.pk]},
    ("POST", "/jobs/{int:job}/start"): lambda side: {},
    ("POST", "/jobs/{int:job}/pause"): lambda side: {"reason": "break"},
    ("POST", "/jobs/{int:job}/resume"): lambda side: {},
    ("POST", "/jobs/{int:job}/finish"): lambda side: {},
    ("POST", "/orders/{int:order}/undo"): lambda side: {},
    ("POST", "/orders/{int:order}/sheet"): lambda side: {"rest_ok": True},
    ("POST", "/sheet-entries/{int:entry}/finding"): lambda side: {},
    ("POST", "/orders/{int:order}/inspections"): lambda side: {"passed": True},
    ("POST", "/orders/{int:order}/wash"): lambda side: {"what": "start"},
    ("POST", "/orders/{int:order}/settle"): lambda side: {},
    ("POST", "/orders/{int:order}/exit-pass"): lambda side: {"name": "X"},
    ("POST", "/bookings/{int:booking}/deposit"): lambda side: {"way": "cash", "amount": "1.00"},
    ("POST", "/bookings/{int:booking}/deposit/return"): lambda side: {
        "way": "cash", "amount": "1.00", "reference": "x",
    },
    ("POST", "/bookings/{int:booking}/deposit/keep"): lambda side: {"reference": "x"},
    ("POST", "/orders/{int:order}/deposit"): lambda side: {"way": "cash", "amount": "1.00"},
    ("POST", "/orders/{int:order}/deposit/return"): lambda side: {
        "way": "cash", "amount": "1.00", "reference": "x",
    },
    ("POST", "/invoices/{int:invoice}/payments"): lambda side: {"way": "cash", "amount": "1.00"},
    ("PUT", "/customers/{int:customer}/account"): lambda side: {"limit": "1.00", "days": 30},
    ("POST", "/invoices/{int:invoice}/credit"): lambda side: {"reason": "x"},
    ("POST", "/cash-days"): lambda side: {"store": side.store.pk, "opening": "1.00"},
    ("POST", "/cash-days/{int:day}/close"): lambda side: {"counted": "1.00", "reason": "x"},
    ("POST", "/contacts/{int:contact}/calls"): lambda side: {"outcome": "no_answer"},
    ("POST", "/complaints"): lambda side: {"order": side.pk(RepairOrder), "words": "x"},
    ("POST", "/complaints/{int:complaint}/answer"): lambda side: {"text": "x"},
    ("POST", "/complaints/{int:complaint}/close"): lambda side: {
        "satisfied": True, "cause": "other", "outcome": "apology",
    },
    ("POST", "/customers"): lambda side: {"store": side.store.pk, "name": f"{side.mark} Neu"},
    ("POST", "/vehicles"): lambda side: {
        "owner": side.pk(Customer),
        "plate": f"{side.store.code}N9",
        "plate_reason": "old",
    },
    ("PATCH", "/customers/{int:customer}"): lambda side: {"notes": f"{side.mark} note again"},
    ("PATCH", "/vehicles/{int:vehicle}"): lambda side: {"colour": f"{side.mark} red"},
}  # fmt: skip
"""A right body for each operation that needs one and asks for a right."""

NAMES_IN_BODY = {
    ("POST", "/parts"), ("POST", "/stock/movements"), ("POST", "/complaints"), ("POST", "/customers"),
    ("POST", "/vehicles"), ("POST", "/bookings"), ("POST", "/orders"),
    ("POST", "/cash-days"),
}  # fmt: skip
"""Operations whose body, not their address, names a store or a row of one."""


def _visitor(side: Side) -> dict[str, Any]:
    return {"store": side.store.pk, "plate": "鲁B54321", "name": f"{side.mark} Neu", "mobile": "15400007321"}


def _tomorrow() -> str:
    """Two in the afternoon of tomorrow in China, when the stores are open."""
    day = now().astimezone(ZoneInfo("Asia/Shanghai")) + timedelta(days=1)
    return day.replace(hour=14, minute=0, second=0, microsecond=0).isoformat()


@dataclass(frozen=True)
class Operation:
    """One operation: method, path as declared, and who may use it."""

    method: str
    path: str
    route: Route

    @property
    def parameters(self) -> dict[str, type[models.Model]]:
        """What the path parameters name. Raises UnknownParameter."""
        names = PARAMETER.findall(self.path)
        for name in names:
            if name not in NAMED:
                raise UnknownParameter(
                    f"{self.method} {self.path} has a path parameter {name!r}: say in NAMED of "
                    "tests/access/operations.py what it names"
                )
        return {name: NAMED[name] for name in names}

    @property
    def names_rows(self) -> bool:
        """Whether the address or the body names a row that belongs to a store."""
        return bool(self.parameters) or (self.method, self.path) in NAMES_IN_BODY

    def url(self, side: Side) -> str:
        """The address with the ids of one side."""
        parameters = self.parameters
        return BASE + PARAMETER.sub(lambda found: str(side.pk(parameters[found[1]])), self.path)

    def send(self, client: Any, side: Side, *, more: dict[str, Any] | None = None, **extra: Any) -> Any:
        """Send it to one side's rows, with a right body where it takes one, and with `more` beside that."""
        body = {**BODIES.get((self.method, self.path), lambda _side: {})(side), **(more or {})}
        content = {} if self.method == "GET" else {"data": body, "content_type": "application/json"}
        return getattr(client, self.method.lower())(self.url(side), **content, **extra)


def operations() -> list[Operation]:
    """Return every operation of every router."""
    found = []
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                route = route_of(operation.view_func)
                assert route is not None, f"{path} does not say who may use it"
                found += [Operation(method, router.prefix + path, route) for method in operation.methods]
    return found
