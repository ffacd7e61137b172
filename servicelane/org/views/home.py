"""The settings: one card for each topic that the reader may open."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from servicelane.kernel.clock import now
from servicelane.kernel.routes import ANYWHERE, STAFF

from ..counts import counted
from ..http import Person, StaffRequest
from ..models import Bay, CalendarDay, Store
from ..permissions import Perm
from ..rules import defined


@STAFF(Perm.SEE_SETTINGS, scope=ANYWHERE)
@require_GET
def settings(request: StaffRequest) -> HttpResponse:
    """The settings by topic, each with how many rows stand behind it."""
    return render(request, "org/settings.html")


@counted("org:stores")
def stores(person: Person, store: Store | None) -> int:
    """Stores the person may see."""
    return Store.objects.visible_to(person, Perm.SEE_SETTINGS).count()


@counted("org:bays")
def bays(person: Person, store: Store | None) -> int:
    """Bays of the current store."""
    return Bay.objects.visible_to(person, Perm.SEE_SETTINGS).filter(store=store).count()


@counted("org:calendar")
def calendar(person: Person, store: Store | None) -> int:
    """Holidays and make-up workdays of this year."""
    return CalendarDay.objects.filter(day__year=now().year).count()


@counted("org:rules")
def rules(person: Person, store: Store | None) -> int:
    """Rules a store can decide."""
    return len(defined())
