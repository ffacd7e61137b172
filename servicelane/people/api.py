"""Tokens and the caller's own person (public contract: /auth/token, /me)."""

from datetime import datetime, timedelta

from django.contrib.auth import authenticate
from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.security import HttpBearer
from pydantic import Field

from servicelane.kernel.clock import now
from servicelane.kernel.routes import ANYWHERE, STAFF, Route, mark

from . import second_factor
from . import sign_in_services as services
from .credentials import hash_token
from .errors import CodeNeeded, NotSignedIn
from .http import ApiRequest
from .models import ApiToken, Employee
from .permissions import Perm
from .sign_in import knows_code

router = Router(tags=["people"])


class Bearer(HttpBearer):
    """`Authorization: Bearer …` with a token that has not ended and whose person still works here."""

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        return (
            ApiToken.objects.filter(
                token_hash=hash_token(token),
                revoked_at=None,
                expires_at__gt=now(),
                employee__is_active=True,
            )
            .select_related("employee")
            .first()
        )


class TokenIn(Schema):
    user: str = Field(max_length=64)
    password: str = Field(max_length=200)
    code: str = Field("", max_length=20, description="the second factor's code, where it is on")
    name: str = Field("api", min_length=1, max_length=40, description="what the token is for")
    days: int = Field(30, ge=1, le=365)


class TokenOut(Schema):
    token: str
    expires_at: datetime


@router.post("/auth/token", response={201: TokenOut}, auth=None)
@mark(Route("public", own_transactions=True))
def get_token(request: HttpRequest, asked: TokenIn) -> Status:
    """Sign in for a program: user and password for a bearer token. Its answer is never kept.

    A person with a second factor sends its code too. Wrong passwords and codes count towards the same
    lock-out as on the sign-in page.
    """
    employee = authenticate(request, username=asked.user, password=asked.password)
    if not isinstance(employee, Employee) or employee.must_change_password:
        raise NotSignedIn
    if second_factor.is_on(employee) and not (asked.code and knows_code(request, employee, asked.code)):
        raise CodeNeeded
    row, token = services.issue_token(employee, asked.name, by=employee, lifetime=timedelta(days=asked.days))
    return Status(201, TokenOut(token=token, expires_at=row.expires_at))


@router.delete("/auth/token", response={204: None})
@STAFF(Perm.SEE_TODAY, scope=ANYWHERE)
def end_token(request: ApiRequest) -> Status:
    """End the token that the request is sent with."""
    services.revoke_token(request.auth, by=request.employee)
    return Status(204, None)


class OwnStoreOut(Schema):
    id: int
    code: str
    name: str
    rights: list[str]
    roles: list[str]


class MeOut(Schema):
    id: int
    user: str
    name: str
    language: str
    stores: list[OwnStoreOut]


@router.get("/me", response=MeOut)
@STAFF(Perm.SEE_TODAY, scope=ANYWHERE)
def me(request: ApiRequest) -> MeOut:
    """The person the token acts for: stores, and roles and rights in each."""
    employee = request.employee
    return MeOut(
        id=employee.pk,
        user=employee.user_name,
        name=employee.display_name,
        language=employee.language,
        stores=[
            OwnStoreOut(
                id=store.pk,
                code=store.code,
                name=store.name,
                roles=sorted(employee.roles_in(store)),
                rights=sorted(employee.rights_in(store)),
            )
            for store in employee.stores
        ],
    )
