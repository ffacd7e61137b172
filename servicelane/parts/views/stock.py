"""The stock of the current store: list, one part with its ledger, and what moves it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from servicelane.kernel.paging import Pages
from servicelane.kernel.routes import HERE, STAFF
from servicelane.people.http import StaffRequest, StoreRequest

from .. import pages, services
from ..costing import plain
from ..forms import AdjustForm, ReceiveForm, StockFilter, TakeOutForm
from ..models import StockItem
from ..permissions import Perm

PAGE = 50
LINES = 25


@STAFF(Perm.SEE_STOCK, scope=HERE)
@require_GET
def stock(request: StoreRequest) -> HttpResponse:
    """What the current store keeps, narrowed by number, name, bin, kind, or to what is short."""
    form = StockFilter(request.GET)
    form.is_valid()
    wanted = {name: value for name, value in form.cleaned_data.items() if value}
    page = Pages(pages.stock_list(request.store, **wanted), PAGE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    sought = wanted.get("q", "") if not page.object_list else ""
    context = {
        "form": form,
        "page": page,
        "asked": asked.urlencode(),
        "is_filtered": bool(wanted),
        "elsewhere": pages.not_kept(request.store, sought) if sought else [],
        **_rights(request, request.store),
    }
    return render(request, "parts/stock.html", context)


@STAFF(Perm.SEE_COST, scope=HERE)
@require_GET
def worth(request: StoreRequest) -> HttpResponse:
    """What the stock of the current store is worth, by kind of part."""
    rows = pages.worth_of_stock(request.store)
    context = {
        "rows": rows,
        "total": sum(row.value for row in rows),
        "numbers": sum(row.numbers for row in rows),
        "short": sum(row.short for row in rows),
    }
    return render(request, "parts/worth.html", context)


@STAFF(Perm.SEE_STOCK, scope=StockItem)
@require_GET
def item(request: StaffRequest, pk: int) -> HttpResponse:
    """One part in its store: what there is, what was moved, and the form to book in more."""
    return _item(request, visible(request, pk, Perm.SEE_STOCK), ReceiveForm())


@STAFF(Perm.MOVE_STOCK, scope=StockItem)
@require_POST
def receive(request: StaffRequest, pk: int) -> HttpResponse:
    """Book in what has arrived of one part."""
    shown = visible(request, pk, Perm.MOVE_STOCK)
    form = ReceiveForm(request.POST)
    if not form.is_valid():
        return _item(request, shown, form, status=422)
    moved = services.receive(shown.store, shown.part, **form.cleaned_data, by=request.employee)
    words = _("{quantity} of {number} were booked in; {on_hand} are on hand now.")
    messages.success(
        request,
        words.format(
            quantity=plain(moved.quantity), number=shown.part.number, on_hand=plain(moved.on_hand_after)
        ),
    )
    return redirect("parts:item", shown.pk)


@STAFF(Perm.ADJUST_STOCK, scope=StockItem)
@require_http_methods(["GET", "POST"])
def adjust(request: StaffRequest, pk: int) -> HttpResponse:
    """Correct the stock of one part to what was counted."""
    shown = visible(request, pk, Perm.ADJUST_STOCK)
    form = AdjustForm(request.POST) if request.method == "POST" else AdjustForm.of(shown)
    if form.is_bound and form.is_valid():
        entered = form.cleaned_data
        services.adjust(
            shown,
            entered["counted"],
            form.why,
            by=request.employee,
            version=form.seen,
            note=entered["note"],
        )
        return redirect("parts:item", shown.pk)
    return answer(request, "parts/adjust.html", shown, form)


@STAFF(Perm.MOVE_STOCK, scope=StockItem)
@require_http_methods(["GET", "POST"])
def take_out(request: StaffRequest, pk: int) -> HttpResponse:
    """Take out what is free, without an order: for the workshop itself, or as scrap."""
    return _take_out(request, visible(request, pk, Perm.MOVE_STOCK), below_zero=False)


@STAFF(Perm.GO_BELOW_ZERO, scope=StockItem)
@require_http_methods(["GET", "POST"])
def take_out_below_zero(request: StaffRequest, pk: int) -> HttpResponse:
    """Take out more than is booked in, because the part is there and its delivery is not booked yet."""
    return _take_out(request, visible(request, pk, Perm.GO_BELOW_ZERO), below_zero=True)


def _take_out(request: StaffRequest, shown: StockItem, *, below_zero: bool) -> HttpResponse:
    form = TakeOutForm(request.POST or None)
    if form.is_bound and form.is_valid():
        services.take_out(
            shown,
            form.cleaned_data["quantity"],
            form.why,
            by=request.employee,
            below_zero=below_zero,
            note=form.cleaned_data["note"],
        )
        return redirect("parts:item", shown.pk)
    template = "parts/take_out_below_zero.html" if below_zero else "parts/take_out.html"
    may = not below_zero and request.employee.may(Perm.GO_BELOW_ZERO, shown.store)
    return answer(request, template, shown, form, may_go_below_zero=may)


def _item(request: StaffRequest, shown: StockItem, form: ReceiveForm, *, status: int = 200) -> HttpResponse:
    page = Pages(pages.movements_of(shown), LINES).get_page(request.GET.get("page"))
    context = {
        "item": shown,
        "part": shown.part,
        "form": form,
        "held": pages.held_of(shown),
        "page": page,
        "rows": pages.with_words(list(page.object_list)),
        **_rights(request, shown.store),
    }
    return render(request, "parts/item.html", context, status=status)


def _rights(request: StaffRequest | StoreRequest, store: Any) -> dict[str, bool]:
    may = request.employee.may
    return {
        "may_see_cost": may(Perm.SEE_COST, store),
        "may_move": may(Perm.MOVE_STOCK, store),
        "may_adjust": may(Perm.ADJUST_STOCK, store),
        "may_manage": may(Perm.MANAGE_CATALOGUE, store),
    }


def visible(request: StaffRequest, pk: int, perm: Perm) -> StockItem:
    """Return a part of a store in which the reader holds `perm`, or answer 404."""
    rows = StockItem.objects.select_related("part__superseded_by", "part__group", "store__region")
    return get_object_or_404(rows.visible_to(request.employee, perm), pk=pk)


def answer(request: StaffRequest, template: str, shown: StockItem, form: Any, **more: Any) -> HttpResponse:
    """Draw a form about one part: 422 when what was sent had to be refused."""
    context = {"item": shown, "part": shown.part, "form": form, **more}
    return render(request, template, context, status=422 if form.is_bound else 200)
