"""How much discount somebody may give, and who could release more (BIL-1)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from servicelane.kernel.clock import now
from servicelane.orders.models import RepairOrder
from servicelane.org.models import Store
from servicelane.org.queries import rule
from servicelane.people.managers import regions_above
from servicelane.people.models import Employee, Membership, Shift
from servicelane.people.roles import Role, table

from .bills import Bill, said, split
from .errors import DiscountRefused, DiscountTooHigh
from .models import NOTHING, DiscountRelease, in_percent
from .permissions import Perm
from .rules import LIMITS


def limit_of(employee: object, store: Store) -> Decimal:
    """Return the highest discount a person may give in `store` as a share. A query for each limited role."""
    if not isinstance(employee, Employee) or not employee.may(Perm.GIVE_DISCOUNT, store):
        return NOTHING
    held = employee.roles_in(store)
    percents = [rule(store, LIMITS[role]) for role in LIMITS if role in held]
    return Decimal(max(percents, default=0)) / 100


def released_share(order: RepairOrder) -> Decimal:
    """Return the highest discount that was released for `order` as a share. One query."""
    shares = order.discount_releases.values_list("share", flat=True)
    return max(shares, default=NOTHING)


def share_of(order: RepairOrder, percent: Decimal) -> Decimal:
    """Turn a typed percentage into a share. Raises DiscountRefused for one that cannot be."""
    if not percent.is_finite() or not 0 <= percent <= 100 or percent * 100 % 1:
        raise DiscountRefused(order=order, percent=percent)
    return percent / 100


@dataclass(frozen=True, slots=True)
class Releaser:
    """Somebody who may release more: with which limit as a share, and whether their shift runs now."""

    person: Employee
    role: str
    limit: Decimal
    is_here: bool

    @property
    def percent(self) -> Decimal:
        """The limit in percent."""
        return in_percent(self.limit)

    @property
    def role_name(self) -> str:
        """The role by which they may, in words."""
        return str(Role(self.role).label)

    def __str__(self) -> str:
        return _("{name} ({role}, up to {percent} %, {here})").format(
            name=self.person,
            role=self.role_name,
            percent=self.percent,
            here=_("on shift now") if self.is_here else _("not on shift"),
        )


def holders(store: Store, perm: str) -> list[tuple[Employee, str]]:
    """Return who holds a right in `store` by which role, by name; regional roles included. Four queries."""
    roles = [role for role, rights in table().items() if perm in rights and role != Role.SYSTEM_ADMINISTRATOR]
    rows = (
        Membership.objects.filter(role__in=roles, employee__is_active=True)
        .filter(Q(store=store) | Q(region__in=regions_above([store.pk])))
        .select_related("employee")
        .order_by("employee__sort_key", "pk")
    )
    return [(row.employee, row.role) for row in rows]


def names_of(store: Store, perm: str) -> str:
    """Name who holds a right in `store`, as a refusal does. Four queries."""
    people = dict.fromkeys(str(person) for person, _role in holders(store, perm))
    return _(", ").join(people) or _("nobody in this store yet")


def releasers(store: Store, share: Decimal) -> list[Releaser]:
    """Return who may release a discount of `share` in `store`, those on shift first. About seven queries."""
    limits = {role: Decimal(rule(store, LIMITS[role])) / 100 for role in LIMITS}
    able: dict[int, Releaser] = {}
    on_shift = set(Shift.objects.at(now()).filter(store=store).values_list("employee_id", flat=True))
    for person, role in holders(store, Perm.RELEASE_DISCOUNT):
        limit = limits.get(role, NOTHING)
        if limit >= share and (person.pk not in able or able[person.pk].limit < limit):
            able[person.pk] = Releaser(person, role, limit, person.pk in on_shift)
    return sorted(able.values(), key=lambda one: (not one.is_here, one.limit))


@dataclass(frozen=True, slots=True)
class Excess:
    """A discount beyond the limit: what holds instead, and who can release it; amounts in yuan."""

    share: Decimal
    limit: Decimal
    bill: Bill
    people: list[Releaser]

    @property
    def percent(self) -> Decimal:
        """What was asked for."""
        return in_percent(self.share)

    @property
    def limit_percent(self) -> Decimal:
        """What may be given at most."""
        return in_percent(self.limit)

    @property
    def gross(self) -> Decimal:
        """What the customer pays as long as no discount is given."""
        return self.bill.gross

    @property
    def most(self) -> Decimal:
        """The highest discount within the limit."""
        return self._discount(self.limit)

    @property
    def at_limit(self) -> Decimal:
        """What the customer pays with the highest discount within the limit."""
        return self.gross - self.most

    @property
    def at_share(self) -> Decimal:
        """What the customer would pay if it were released."""
        return self.gross - self._discount(self.share)

    def _discount(self, share: Decimal) -> Decimal:
        return sum(split([item.gross for item in self.bill.items], share), NOTHING)

    def refusal(self) -> DiscountTooHigh:
        """The refusal that says so."""
        return DiscountTooHigh(
            percent=self.percent,
            limit=self.limit_percent,
            gross=said(self.gross),
            most=said(self.most),
            at_limit=said(self.at_limit),
            who=_(", ").join(map(str, self.people)) or _("nobody in this store: its limits are store rules"),
        )


def excess_of(order: RepairOrder, bill: Bill, share: Decimal, by: object) -> Excess | None:
    """Return what is wrong with a discount of `share` on the customer's `bill`, None if it may be given.

    It may be given within the own limit, or up to what somebody released for this order.
    """
    limit = limit_of(by, order.store)
    if share <= limit or share <= released_share(order):
        return None
    return Excess(share, limit, bill, releasers(order.store, share))


def released_of(order: RepairOrder) -> DiscountRelease | None:
    """Return the highest release of an order with who gave it. One query."""
    rows = list(order.discount_releases.select_related("released_by"))
    return max(rows, key=lambda row: row.share, default=None)
