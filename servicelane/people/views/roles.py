"""Which role may do what: the product's one table, read-only."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from servicelane.kernel.routes import ANYWHERE, STAFF
from servicelane.org.counts import counted
from servicelane.org.http import Person
from servicelane.org.models import Store
from servicelane.org.permissions import Perm

from ..http import StaffRequest
from ..rights import role_table
from ..roles import Role


@STAFF(Perm.SEE_SETTINGS, scope=ANYWHERE)
@require_GET
def roles(request: StaffRequest) -> HttpResponse:
    """All roles with their rights in words."""
    rights, rows = role_table()
    return render(request, "people/roles.html", {"rights": rights, "rows": rows})


@counted("people:roles")
def known_roles(person: Person, store: Store | None) -> int:
    """Roles there are."""
    return len(Role)
