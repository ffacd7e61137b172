"""What the current store decided: each rule with its value, its default and its history."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from servicelane.kernel.routes import HERE, STAFF

from .. import services
from ..forms import RuleForm
from ..http import StaffRequest
from ..pages import rule_rows, rule_story
from ..permissions import Perm
from ..rules import AnyRule, defined


@STAFF(Perm.SEE_SETTINGS, scope=HERE)
@require_GET
def rules(request: StaffRequest) -> HttpResponse:
    """All rules with what holds in the current store, and who decided it."""
    context = {
        "rows": rule_rows(request.store),
        "may_set": request.employee.may(Perm.SET_RULES, request.store),
    }
    return render(request, "org/rules.html", context)


@STAFF(Perm.SEE_SETTINGS, scope=HERE)
@require_GET
def rule(request: StaffRequest, code: str) -> HttpResponse:
    """One rule: what it allows, what holds now, and all values it has had in the current store."""
    definition = _rule(code)
    context = {
        "rule": definition,
        "story": rule_story(request.store, definition),
        "may_set": request.employee.may(Perm.SET_RULES, request.store),
    }
    return render(request, "org/rule.html", context)


@STAFF(Perm.SET_RULES, scope=HERE)
@require_http_methods(["GET", "POST"])
def set_rule(request: StaffRequest, code: str) -> HttpResponse:
    """Decide one rule for the current store, from now on."""
    definition = _rule(code)
    if request.method == "POST":
        form = RuleForm(definition, request.POST)
        if form.is_valid():
            services.set_rule(request.store, definition, form.cleaned_data["value"], by=request.employee)
            return redirect("org:rules")
    else:
        form = RuleForm(definition, initial={"value": rule_story(request.store, definition).text})
    context = {"rule": definition, "form": form}
    return render(request, "org/rule_set.html", context, status=422 if form.is_bound else 200)


def _rule(code: str) -> AnyRule:
    try:
        return defined()[code]
    except KeyError:
        raise Http404 from None
