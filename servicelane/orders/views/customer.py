"""The pages of a customer who holds a signed link; opening one changes nothing."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from servicelane.kernel.routes import LINK
from servicelane.people.link_access import LinkRequest

from ..customer_forms import CustomerAnswerForm
from ..customer_pages import AnswerPage, ProgressPage
from ..http import picture
from ..link_services import ANSWER, PROGRESS, Given, answer_by_link


@LINK(ANSWER)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: LinkRequest) -> HttpResponse:
    """The estimate line by line with its answer, and after that what was agreed."""
    page = AnswerPage(request.link)
    if not page.is_open:
        # Sent twice, or answered at the desk meanwhile: the page says what holds.
        return render(request, "orders/customer/answered.html", {"page": page})
    jobs = [asked.job.pk for asked in page.asked]
    page.form = form = CustomerAnswerForm(request.POST if request.method == "POST" else None, jobs=jobs)
    if request.method != "POST":
        return render(request, "orders/customer/answer.html", {"page": page})
    if form.is_valid():
        given = Given(
            agreed=form.agreed,
            strokes=form.cleaned_data["signed"],
            digits=form.cleaned_data["tail"],
            shown=page.shown(),
            address=request.META.get("REMOTE_ADDR", ""),
            browser=request.headers.get("User-Agent", ""),
        )
        if answer_by_link(request.link, page.estimate, given):
            # Relative, so that no answer carries the address.
            return HttpResponseRedirect(f"./?{request.GET.urlencode()}" if request.GET else "./")
        form.add_error("tail", _("These are not the digits of the number we know."))
    return render(request, "orders/customer/answer.html", {"page": page}, status=422)


@LINK(ANSWER)
@require_safe
def answer_photo(request: LinkRequest, photo: int) -> HttpResponse:
    """A photo of what was found and is asked; `small` as the page shows it, else in full."""
    return picture(get_object_or_404(AnswerPage(request.link).photos, pk=photo), small="small" in request.GET)


@LINK(PROGRESS)
@require_safe
def progress(request: LinkRequest) -> HttpResponse:
    """How far the car is, and when it will be ready."""
    return render(request, "orders/customer/progress.html", {"page": ProgressPage(request.link)})
