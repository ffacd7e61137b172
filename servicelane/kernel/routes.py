"""What each route is: for staff with a right, for a signed link, or for everybody.

The marks say; `people.access` enforces them around every route at start-up. A route without a mark
does not start (decision 0004).
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from django.db.models import Model

F = TypeVar("F", bound=Callable[..., Any])


class Where(Enum):
    """The store in which a right must hold."""

    HERE = "here"
    ANYWHERE = "anywhere"


HERE = Where.HERE
ANYWHERE = Where.ANYWHERE
Scope = Where | type[Model]


@dataclass(frozen=True, slots=True)
class Route:
    """One route's declaration.

    `kind` is staff, link or public. `perm` is the right a member of staff needs, held in the
    current store (HERE), in any store (ANYWHERE), or in the store of the object named by the path
    (a model class). `purpose` names what a signed link is for. `own_transactions` marks a library's
    route that keeps its own transactions.
    """

    kind: str
    perm: str = ""
    scope: Scope = HERE
    purpose: str = ""
    own_transactions: bool = False


def STAFF(perm: str, scope: Scope = HERE) -> Callable[[F], F]:  # noqa: N802 - reads as a mark, not a call
    """Mark a view or endpoint: for a signed-in person who holds `perm`."""
    return mark(Route("staff", str(perm), scope))


def LINK(purpose: str) -> Callable[[F], F]:  # noqa: N802
    """Mark a view: for the holder of a signed link for `purpose`."""
    return mark(Route("link", purpose=purpose))


def PUBLIC(view: F) -> F:  # noqa: N802
    """Mark a view or endpoint: for everybody."""
    return mark(Route("public"))(view)


def mark(route: Route) -> Callable[[F], F]:
    """Put a declaration on a view; functools.wraps carries it through later decorators."""

    def marked(view: F) -> F:
        view.route = route  # type: ignore[attr-defined]
        return view

    return marked


def route_of(view: Callable[..., Any]) -> Route | None:
    """Return what a view was declared as, or None."""
    return getattr(view, "route", None)
