"""The event ledger for programs, in the order of sealing (public contract: /events)."""

from datetime import date, datetime
from typing import Annotated, Any

from ninja import Query, Router, Schema
from pydantic import Field, PlainSerializer

from servicelane.kernel.facts import moment
from servicelane.kernel.routes import ANYWHERE, STAFF
from servicelane.people.http import ApiRequest

from .ledger import visible
from .permissions import Perm

# To the microsecond, as the digest covers it; the encoder alone would cut to milliseconds.
Exactly = Annotated[datetime, PlainSerializer(moment, return_type=str)]

router = Router(tags=["ledger"])


class EventOut(Schema):
    position: int
    kind: str
    store_id: int | None
    subject_type: str
    subject_id: int
    actor_kind: str
    actor_id: int | None
    happened_at: Exactly
    recorded_at: Exactly
    local_day: date
    data: dict[str, Any]
    digest: str


class EventsOut(Schema):
    items: list[EventOut]
    after: int = Field(description="give this as `after` to read on")


class EventsQuery(Schema):
    """Facts at positions after `after`, 1 to 500 at a time."""

    after: int = Field(0, ge=0, lt=2**63)
    limit: int = Field(100, ge=1, le=500)


@router.get("/events", response=EventsOut)
@STAFF(Perm.SEE_FACTS, scope=ANYWHERE)
def events(request: ApiRequest, asked: Annotated[EventsQuery, Query()]) -> EventsOut:
    """Sealed facts in the order of their positions: none is ever added before one already read."""
    rows = list(visible(request.employee).sealed_after(asked.after)[: asked.limit])
    return EventsOut(
        items=[EventOut.model_validate(row, from_attributes=True) for row in rows],
        after=rows[-1].position if rows and rows[-1].position else asked.after,
    )
