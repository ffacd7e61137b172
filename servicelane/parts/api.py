"""Parts, stock and its movements for programs: the same services as the pages (public contract)."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import Field, model_validator

from servicelane.kernel.paging import PageQuery, page_by_pk
from servicelane.kernel.routes import ANYWHERE, STAFF
from servicelane.org.models import Store
from servicelane.people.http import ApiRequest

from . import catalogue_services, services
from .models import VAT, Movement, Part, PartKind, Reason, StockItem, Unit
from .permissions import Perm

router = Router(tags=["parts"])
LARGEST_ID = 2**63 - 1
REASONS = {"adjust": services.CORRECTIONS, "take_out": services.TAKEN_OUT}
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]


class PartIn(Schema):
    store: Id = Field(description="a store of the group whose catalogue takes the part")
    number: str = Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./-]*$")
    name_zh: str = Field(min_length=1, max_length=80)
    name_en: str = Field(min_length=1, max_length=80)
    price: Decimal = Field(description="yuan for one unit, with VAT")
    kind: PartKind = PartKind.GENUINE
    unit: Unit = Unit.PIECE
    vat_rate: Decimal = VAT


class PartOut(Schema):
    id: int
    number: str
    name_zh: str
    name_en: str
    kind: str
    unit: str
    price: Decimal
    vat_rate: Decimal
    superseded_by_id: int | None
    version: int


class PartsOut(Schema):
    items: list[PartOut]
    next_cursor: str


class StockOut(Schema):
    id: int
    store_id: int
    part_id: int
    number: str
    bin: str
    on_hand: Decimal
    reserved: Decimal
    available: Decimal
    is_short: bool
    unit_cost: Decimal | None = Field(description="yuan without VAT; null without the right to see it")
    version: int


class StocksOut(Schema):
    items: list[StockOut]
    next_cursor: str


class MovementIn(Schema):
    store: Id
    part: Id
    kind: Literal["receive", "adjust", "take_out"]
    quantity: Decimal = Field(description="received, counted, or taken out, in the part's unit")
    unit_cost: Decimal | None = Field(None, description="yuan without VAT, for a receipt")
    reason: Reason | None = Field(None, description="for a correction or what is taken out")
    reference: str = Field("", max_length=80)

    @model_validator(mode="after")
    def complete(self) -> "MovementIn":
        """Refuse a receipt without its cost, and a correction or a taking out without a reason of its own."""
        if self.kind == "receive" and self.unit_cost is None:
            raise ValueError("unit_cost is needed for a receipt")
        if self.kind in REASONS and self.reason not in REASONS[self.kind]:
            raise ValueError(f"reason must be one of {', '.join(REASONS[self.kind])}")
        return self


class MovementOut(Schema):
    id: int
    item_id: int
    kind: str
    quantity: Decimal
    on_hand_after: Decimal


@router.get("/parts", response=PartsOut)
@STAFF(Perm.SEE_STOCK, scope=ANYWHERE)
def parts(
    request: ApiRequest, asked: PageQuery, q: Annotated[str, Query(max_length=80)] = ""
) -> dict[str, Any]:
    """The catalogues of the groups in whose stores the caller sees stock; `q` finds by number or name."""
    rows = Part.objects.visible_to(request.employee, Perm.SEE_STOCK)
    page, following = page_by_pk(rows.found_by(q.strip()) if q.strip() else rows, asked)
    return {"items": page, "next_cursor": following}


@router.post("/parts", response={201: PartOut})
@STAFF(Perm.MANAGE_CATALOGUE, scope=ANYWHERE)
def add_part(request: ApiRequest, wanted: PartIn) -> Status:
    """Add a part to the catalogue of a store's group."""
    store = _store(request, wanted.store, Perm.MANAGE_CATALOGUE)
    details = catalogue_services.PartDetails(**wanted.model_dump(exclude={"store"}))
    return Status(201, catalogue_services.add_part(store.region.group, details, by=request.employee))


@router.get("/stock", response=StocksOut)
@STAFF(Perm.SEE_STOCK, scope=ANYWHERE)
def stock(
    request: ApiRequest, asked: PageQuery, store: Id | None = None, short: bool = False
) -> dict[str, Any]:
    """What the caller's stores keep; `store` narrows to one, `short` to what there is too little of."""
    rows = StockItem.objects.visible_to(request.employee, Perm.SEE_STOCK).select_related("part")
    if store is not None:
        rows = rows.filter(store=store)
    page, following = page_by_pk(rows.filter(is_short=True) if short else rows, asked)
    priced = set(request.employee.store_ids_where(Perm.SEE_COST))
    return {"items": [_stock(row, row.store_id in priced) for row in page], "next_cursor": following}


@router.post("/stock/movements", response={201: MovementOut})
@STAFF(Perm.MOVE_STOCK, scope=ANYWHERE)
def move(request: ApiRequest, wanted: MovementIn) -> Status:
    """Book in a delivery, correct stock to what was counted, or take out without an order."""
    store = _store(request, wanted.store, Perm.MOVE_STOCK)
    part = get_object_or_404(Part.objects.filter(group=store.region.group_id), pk=wanted.part)
    return Status(201, _moved(request, store, part, wanted))


def _moved(request: ApiRequest, store: Store, part: Part, wanted: MovementIn) -> Movement:
    by, reason = request.employee, wanted.reason
    if wanted.unit_cost is not None and wanted.kind == "receive":
        cost = wanted.unit_cost
        return services.receive(store, part, wanted.quantity, cost, by=by, reference=wanted.reference)
    assert reason is not None
    item = get_object_or_404(StockItem, store=store, part=part)
    if wanted.kind == "adjust":
        if not by.may(Perm.ADJUST_STOCK, store):
            raise PermissionDenied
        return services.adjust(item, wanted.quantity, reason, by=by, reference=wanted.reference)
    return services.take_out(item, wanted.quantity, reason, by=by, reference=wanted.reference)


def _store(request: ApiRequest, pk: int, perm: Perm) -> Store:
    rows = Store.objects.visible_to(request.employee, perm).select_related("region__group")
    return get_object_or_404(rows, pk=pk)


def _stock(row: StockItem, with_cost: bool) -> StockOut:
    return StockOut(
        id=row.pk,
        store_id=row.store_id,
        part_id=row.part_id,
        number=row.part.number,
        bin=row.bin,
        on_hand=row.on_hand,
        reserved=row.reserved,
        available=row.available,
        is_short=row.is_short,
        unit_cost=row.unit_cost if with_cost else None,
        version=row.version,
    )
