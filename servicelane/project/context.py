"""What the shell shows around every page: places, store, person, alerts."""

from functools import cached_property
from typing import Any

from django.http import HttpRequest

from servicelane.demo.filling import Filling, filling, is_filling
from servicelane.org.models import Store
from servicelane.people.models import Employee
from servicelane.people.roles import Role

from . import navigation
from .alerts import Alert, alert_count, alerts_for
from .navigation import Link

THUMB = 4
"""Places in the phone's bottom bar, beside More."""


class Shell:
    """The frame of one page, read by the shell's templates only as far as they need it.

    Signed out there is no frame: `layout` is then the bare page. `nav` is what the reader chose
    for the navigation, open or folded.
    """

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.nav = "folded" if request.COOKIES.get("nav") == "folded" else "open"
        self.person: Employee | None = getattr(request, "employee", None)
        self.store: Store | None = getattr(request, "store", None)
        is_customers = getattr(request, "is_customers", False)
        signed_out = "shell/customer.html" if is_customers else "shell/bare.html"
        self.layout = "shell/page.html" if self.person else signed_out

    @cached_property
    def places(self) -> list[Link]:
        """The places of the left navigation."""
        return self._links(navigation.PLACES)

    @cached_property
    def foot(self) -> list[Link]:
        """What stands at the foot of the navigation."""
        return self._links([navigation.SETTINGS_HOME])

    @cached_property
    def settings(self) -> list[Link]:
        """The pages of Settings."""
        return self._links(navigation.SETTINGS)

    @cached_property
    def thumb(self) -> list[Link]:
        """The first places, within reach of a thumb; search and alerts fill what is free."""
        spare = self._links(navigation.BESIDES)
        return [*self.places, *self.foot, *spare][:THUMB]

    @cached_property
    def rest(self) -> list[Link]:
        """The places behind More."""
        return [*self.places, *self.foot][THUMB:]

    @cached_property
    def stores(self) -> list[Store]:
        """The stores between which the person may switch. One query."""
        return list(self.person.stores) if self.person else []

    @cached_property
    def role_label(self) -> str:
        """The person's roles in the current store, in words."""
        if self.person is None or self.store is None:
            return ""
        return role_words(self.person, self.store)

    @cached_property
    def alerts(self) -> list[Alert]:
        """All that is open for the person; see `alerts_for`."""
        return alerts_for(self.person, self.store) if self.person else []

    @cached_property
    def demo(self) -> Filling | None:
        """How far the demo is while it is being filled, None otherwise. No query."""
        return filling() if self.person and is_filling() else None

    @property
    def may_stop_demo(self) -> bool:
        """Whether the person may stop the filling of the demo."""
        return self.person is not None and navigation.may_open(self.person, self.store, "stop_demo")

    @cached_property
    def alert_count(self) -> int:
        """The number on the bell: of the list itself where the page shows it."""
        if self.person is None or "alerts" in vars(self):
            return len(self.alerts)
        return alert_count(self.person, self.store)

    @property
    def by_pin(self) -> bool:
        """Whether the person signed in by PIN and so has no password to change here."""
        return bool(getattr(self.person, "signed_in_by_pin", False))

    @property
    def can_switch_person(self) -> bool:
        """Whether the quick switch of person is offered."""
        return self.person is not None and navigation.may_open(self.person, self.store, "people:terminal")

    def _links(self, places: list[navigation.Place]) -> list[Link]:
        if self.person is None:
            return []
        return navigation.links(places, self.person, self.store, self.request.path)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give every template the frame; it costs nothing where a template does not show it."""
    return {"shell": shell_of(request)}


def shell_of(request: HttpRequest) -> Shell:
    """Return the one frame of a request, so that view and page read alerts and stores once."""
    kept = getattr(request, "shell", None)
    if not isinstance(kept, Shell):
        kept = Shell(request)
        request.shell = kept  # type: ignore[attr-defined]
    return kept


def role_words(employee: Employee, store: Store) -> str:
    """Return the roles a person holds in a store, in the order of the role table."""
    held = employee.roles_in(store)
    return " / ".join(str(role.label) for role in Role if role in held)
