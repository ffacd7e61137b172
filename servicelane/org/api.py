"""Stores and bays for programs: the same services as the pages of Settings."""

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from pydantic import Field

from servicelane.kernel.paging import PageQuery, page_by_pk
from servicelane.kernel.routes import ANYWHERE, STAFF

from . import services
from .http import StaffRequest
from .models import Bay, BayKind, Store
from .permissions import Perm

router = Router(tags=["organisation"])


class StoreOut(Schema):
    id: int
    code: str
    name_zh: str
    name_en: str
    brand: str
    zone: str
    version: int


class StoresOut(Schema):
    items: list[StoreOut]
    next_cursor: str


@router.get("/stores", response=StoresOut)
@STAFF(Perm.SEE_SETTINGS, scope=ANYWHERE)
def stores(request: StaffRequest, asked: PageQuery) -> dict[str, Any]:
    """The stores whose settings the caller may see."""
    rows, following = page_by_pk(Store.objects.visible_to(request.employee, Perm.SEE_SETTINGS), asked)
    return {"items": rows, "next_cursor": following}


class BayIn(Schema):
    code: str = Field(min_length=1, max_length=12)
    name: str = Field("", max_length=40)
    kind: BayKind = BayKind.GENERAL


class BayOut(Schema):
    id: int
    code: str
    name: str
    kind: str
    in_service: bool
    version: int


class BaysOut(Schema):
    items: list[BayOut]
    next_cursor: str


@router.get("/stores/{int:store}/bays", response=BaysOut)
@STAFF(Perm.SEE_SETTINGS, scope=Store)
def bays(request: StaffRequest, store: int, asked: PageQuery) -> dict[str, Any]:
    """The bays of one store."""
    place = get_object_or_404(Store.objects.visible_to(request.employee, Perm.SEE_SETTINGS), pk=store)
    rows, following = page_by_pk(Bay.objects.filter(store=place), asked)
    return {"items": rows, "next_cursor": following}


@router.post("/stores/{int:store}/bays", response={201: BayOut})
@STAFF(Perm.MANAGE_BAYS, scope=Store)
def add_bay(request: StaffRequest, store: int, wanted: BayIn) -> Status:
    """Add a bay to one store: the same service as the page."""
    viewer = request.employee
    place = get_object_or_404(Store.objects.visible_to(viewer, Perm.MANAGE_BAYS), pk=store)
    bay = services.add_bay(place, services.BayDetails(**wanted.model_dump()), by=viewer)
    return Status(201, bay)
