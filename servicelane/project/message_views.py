"""What was sent to customers, or would have been: the outbox of the current store."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from servicelane.channels.models import Channel, Message
from servicelane.channels.outbox_services import send_again
from servicelane.kernel.routes import HERE, STAFF
from servicelane.people.http import StaffRequest

from .permissions import Perm

MOST = 100


@STAFF(Perm.SEE_MESSAGES, scope=HERE)
@require_GET
def outbox(request: StaffRequest) -> HttpResponse:
    """The messages of the store, the newest first. One query."""
    store_id = request.store.pk if request.store else 0
    rows = list(Message.objects.filter(store_id=store_id).order_by("-pk")[:MOST])
    is_dry = settings.MESSAGE_CHANNEL == Channel.DRY_RUN
    return render(request, "system/messages.html", {"rows": rows, "is_dry": is_dry})


@STAFF(Perm.SEE_MESSAGES, scope=Message)
@require_POST
def again(request: StaffRequest, message: int) -> HttpResponse:
    """Send a failed or doubtful message once more."""
    mine = Message.objects.filter(store_id__in=request.employee.store_ids_where(Perm.SEE_MESSAGES))
    send_again(get_object_or_404(mine, pk=message), by=request.employee)
    messages.success(request, _("The message is in the queue again."))
    return redirect("messages")
