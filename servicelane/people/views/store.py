"""The switch of the current store."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from servicelane.kernel.routes import ANYWHERE, STAFF

from ..access import STORE_KEY
from ..forms import StoreChoice
from ..http import StaffRequest
from ..permissions import Perm


@STAFF(Perm.SEE_TODAY, scope=ANYWHERE)
@require_POST
def switch_store(request: StaffRequest) -> HttpResponse:
    """Work in another store from now on; a store in which the person has no role is a 404."""
    form = StoreChoice(request.POST, stores=request.employee.stores)
    if not form.is_valid():
        raise Http404
    request.session[STORE_KEY] = form.cleaned_data["store"].pk
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return redirect(wanted)
    return redirect("today")
