"""The staff file of a person: roles by place, skills with a level, certificates with an expiry."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from servicelane.kernel.routes import STAFF

from .. import services, skill_services
from ..forms import CertificateForm, RoleForm, SkillForm
from ..http import StaffRequest
from ..models import Certificate, Employee, EmployeeSkill, Membership, SkillLevel
from ..pages import places_where
from ..permissions import Perm
from ..roles import Role
from .people import answer, visible


@STAFF(Perm.GRANT_ROLES, scope=Employee)
@require_http_methods(["GET", "POST"])
def grant_role(request: StaffRequest, pk: int) -> HttpResponse:
    """Grant a person a role in a store or region in which the reader grants roles."""
    shown = visible(request, pk, Perm.GRANT_ROLES)
    form = RoleForm(request.POST or None, places=places_where(request.employee, Perm.GRANT_ROLES))
    if form.is_bound and form.is_valid():
        role = Role(form.cleaned_data["role"])
        services.grant_role(shown, role, form.cleaned_data["place"], by=request.employee)
        return redirect("people:person", shown.pk)
    return answer(request, "people/role_grant.html", shown, form)


@STAFF(Perm.GRANT_ROLES, scope=Membership)
@require_POST
def withdraw_role(request: StaffRequest, pk: int, membership: int) -> HttpResponse:
    """Take a role in one place from a person."""
    held = Membership.objects.visible_to(request.employee, Perm.GRANT_ROLES).filter(employee=pk)
    found = held.select_related("employee", "store", "region")
    services.withdraw_role(get_object_or_404(found, pk=membership), by=request.employee)
    if Employee.objects.visible_to(request.employee, Perm.SEE_PEOPLE).filter(pk=pk).exists():
        return redirect("people:person", pk)
    return redirect("people:list")


@STAFF(Perm.MANAGE_PEOPLE, scope=Employee)
@require_http_methods(["GET", "POST"])
def set_skill(request: StaffRequest, pk: int) -> HttpResponse:
    """Say how well a person has a skill; a skill held already gets the new level."""
    shown = visible(request, pk, Perm.MANAGE_PEOPLE)
    form = SkillForm(request.POST or None, initial={"skill": request.GET.get("skill")})
    if form.is_bound and form.is_valid():
        level = SkillLevel(form.cleaned_data["level"])
        skill_services.set_skill(shown, form.cleaned_data["skill"], level, by=request.employee)
        return redirect("people:person", shown.pk)
    return answer(request, "people/skill_set.html", shown, form)


@STAFF(Perm.MANAGE_PEOPLE, scope=EmployeeSkill)
@require_POST
def remove_skill(request: StaffRequest, pk: int, held: int) -> HttpResponse:
    """Say that a person has a skill no more."""
    rows = EmployeeSkill.objects.visible_to(request.employee, Perm.MANAGE_PEOPLE).filter(employee=pk)
    skill = get_object_or_404(rows.select_related("employee", "skill"), pk=held)
    skill_services.remove_skill(skill, by=request.employee)
    return redirect("people:person", pk)


@STAFF(Perm.MANAGE_PEOPLE, scope=Employee)
@require_http_methods(["GET", "POST"])
def add_certificate(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep a certificate of a person, with its last valid day."""
    shown = visible(request, pk, Perm.MANAGE_PEOPLE)
    form = CertificateForm(request.POST or None)
    if form.is_bound and form.is_valid():
        skill_services.add_certificate(shown, form.paper(), by=request.employee)
        return redirect("people:person", shown.pk)
    return answer(request, "people/certificate_add.html", shown, form)


@STAFF(Perm.MANAGE_PEOPLE, scope=Certificate)
@require_POST
def withdraw_certificate(request: StaffRequest, pk: int, certificate: int) -> HttpResponse:
    """Take a certificate out of the staff file."""
    rows = Certificate.objects.visible_to(request.employee, Perm.MANAGE_PEOPLE).filter(employee=pk)
    paper = get_object_or_404(rows.select_related("employee"), pk=certificate)
    skill_services.withdraw_certificate(paper, by=request.employee)
    return redirect("people:person", pk)
