"""Parts: the group's catalogue, and each store's stock as a ledger (PRT-1, PRT-2).

Knows no repair order: what a movement or reservation is for stands in two plain columns,
`for_type` (such as "orders.partline") and `for_id`.
"""

from decimal import Decimal

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicelane.kernel.fields import QuantityField, RateField, UnitCostField
from servicelane.kernel.money import MoneyField
from servicelane.org.history import History
from servicelane.org.models import Group, Store, in_language

from .managers import MovementQuerySet, PartQuerySet, ReservationQuerySet, StockItemQuerySet

NOTHING = Decimal("0.000")
VAT = Decimal("0.1300")

number_shape = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9 ./-]*$", _("Use Latin letters, digits, spaces, dots, slashes and hyphens.")
)
bin_shape = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9./-]*$", _("Use Latin letters, digits and hyphens."))


class PartKind(models.TextChoices):
    """Where a part comes from, or what it is for."""

    GENUINE = "genuine", _("genuine part")
    AFTERMARKET = "aftermarket", _("aftermarket part")
    ACCESSORY = "accessory", _("accessory")
    CONSUMABLE = "consumable", _("consumable")


class Unit(models.TextChoices):
    """What one of a part is: the unit of its quantities, its price and its cost."""

    PIECE = "piece", pgettext_lazy("unit", "piece")
    SET = "set", pgettext_lazy("unit", "set")
    PAIR = "pair", pgettext_lazy("unit", "pair")
    BOTTLE = "bottle", pgettext_lazy("unit", "bottle")
    CAN = "can", pgettext_lazy("unit", "can")
    LITRE = "litre", pgettext_lazy("unit", "litre")
    KILOGRAM = "kilogram", pgettext_lazy("unit", "kilogram")
    METRE = "metre", pgettext_lazy("unit", "metre")


class Part(models.Model):
    """One entry of a group's catalogue, by its number (PRT-1).

    `price` is the retail price of one unit with VAT of `vat_rate`; `superseded_by` is what is
    delivered instead.
    """

    group = models.ForeignKey(Group, models.PROTECT, related_name="parts", verbose_name=_("group"))
    number = models.CharField(_("part number"), max_length=40, validators=[number_shape])
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=12, choices=PartKind, default=PartKind.GENUINE)
    unit = models.CharField(_("unit"), max_length=8, choices=Unit, default=Unit.PIECE)
    price = MoneyField(_("price with VAT"))
    vat_rate = RateField(_("VAT rate"), default=VAT)
    superseded_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="supersedes",
        verbose_name=_("superseded by"),
    )
    is_demo = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PartQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("part")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["group", "number"], name="parts_part_number"),
            models.CheckConstraint(condition=Q(price__gte=0), name="parts_part_price"),
            models.CheckConstraint(condition=Q(kind__in=PartKind.values), name="parts_part_kind"),
            models.CheckConstraint(condition=Q(unit__in=Unit.values), name="parts_part_unit"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name_zh, self.name_en)

    @property
    def store_id(self) -> None:
        """A fact about a part of the catalogue belongs to no store."""


class StockItem(models.Model):
    """What one store has of one part; the one row that everybody who moves it locks (PRT-2).

    Quantities are in the part's unit. `on_hand` is the sum of the movements and below zero only by
    right; `reserved` is the sum of the held reservations; `unit_cost` is the moving average without
    VAT. `is_short` when less is free than `min_quantity`, or than nothing where no minimum is set.
    """

    store = models.ForeignKey(Store, models.PROTECT, related_name="stock", verbose_name=_("store"))
    part = models.ForeignKey(Part, models.PROTECT, related_name="stock", verbose_name=_("part"))
    bin = models.CharField(_("bin"), max_length=20, blank=True, validators=[bin_shape])
    on_hand = QuantityField(_("on hand"), default=NOTHING, editable=False)
    reserved = QuantityField(_("reserved"), default=NOTHING, editable=False)
    unit_cost = UnitCostField(_("average cost without VAT"), default=Decimal(0), editable=False)
    min_quantity = QuantityField(_("least quantity"), null=True, blank=True)
    is_short = models.BooleanField(_("short"), default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = StockItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock")
        constraints = [
            models.UniqueConstraint(fields=["store", "part"], name="parts_stockitem_part"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="parts_stockitem_reserved"),
            models.CheckConstraint(condition=Q(unit_cost__gte=0), name="parts_stockitem_unit_cost"),
            models.CheckConstraint(
                condition=Q(min_quantity=None) | Q(min_quantity__gte=0), name="parts_stockitem_min_quantity"
            ),
        ]
        indexes = [models.Index(fields=["store", "is_short"], name="parts_stockitem_short")]

    def __str__(self) -> str:
        return self.part.number

    @property
    def available(self) -> Decimal:
        """What is on hand and reserved for nobody."""
        return self.on_hand - self.reserved


class MovementKind(models.TextChoices):
    """Why stock rose or fell."""

    RECEIVE = "receive", pgettext_lazy("stock", "received")
    ISSUE = "issue", pgettext_lazy("stock", "issued")
    RETURN = "return", pgettext_lazy("stock", "returned to stock")
    ADJUST = "adjust", pgettext_lazy("stock", "corrected")
    SCRAP = "scrap", pgettext_lazy("stock", "scrapped")
    TRANSFER = "transfer", pgettext_lazy("stock", "transferred")


class Reason(models.TextChoices):
    """Why stock was corrected, or taken out for no order."""

    COUNT = "count", pgettext_lazy("stock", "counted")
    WRONG_BOOKING = "wrong_booking", pgettext_lazy("stock", "wrong booking before")
    FOUND = "found", pgettext_lazy("stock", "found again")
    LOST = "lost", pgettext_lazy("stock", "lost")
    OWN_USE = "own_use", pgettext_lazy("stock", "own use of the workshop")
    DAMAGED = "damaged", pgettext_lazy("stock", "damaged")
    EXPIRED = "expired", pgettext_lazy("stock", "past its date")


class Movement(models.Model):
    """One line of the stock ledger; lines are only added, by the services of this app (PRT-2).

    `quantity` is signed, in the part's unit; `unit_cost` and `value` are without VAT, `value` signed and
    rounded half up to 分. `…_after` is the item as this line left it. `returns` is the issue whose parts
    came back. `by_id` is the employee's number, empty for the system or a program.
    """

    item = models.ForeignKey(StockItem, models.PROTECT, related_name="movements", verbose_name=_("stock"))
    store = models.ForeignKey(Store, models.PROTECT, related_name="+", verbose_name=_("store"))
    kind = models.CharField(_("kind"), max_length=8, choices=MovementKind)
    quantity = QuantityField(_("quantity"))
    unit_cost = UnitCostField(_("unit cost"))
    value = MoneyField(pgettext_lazy("stock", "value"))
    on_hand_after = QuantityField(_("on hand afterwards"))
    unit_cost_after = UnitCostField(_("average cost afterwards"))
    at = models.DateTimeField(_("at"))
    by_id = models.BigIntegerField(null=True, editable=False)
    for_type = models.CharField(max_length=64, blank=True)
    for_id = models.BigIntegerField(null=True, blank=True)
    returns = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="returned_by", verbose_name=_("returns")
    )
    reason = models.CharField(_("reason"), max_length=16, choices=Reason, blank=True)
    reference = models.CharField(_("document"), max_length=80, blank=True)

    objects = MovementQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock movement")
        constraints = [
            models.CheckConstraint(condition=~Q(quantity=0), name="parts_movement_moves"),
            models.CheckConstraint(
                condition=Q(kind__in=["receive", "return"], quantity__gt=0)
                | Q(kind__in=["issue", "scrap"], quantity__lt=0)
                | Q(kind__in=["adjust", "transfer"]),
                name="parts_movement_direction",
            ),
            models.CheckConstraint(
                condition=Q(for_type="", for_id=None) | ~Q(for_type="") & Q(for_id__isnull=False),
                name="parts_movement_purpose",
            ),
        ]
        indexes = [
            models.Index(fields=["for_type", "for_id"], name="parts_movement_for"),
            models.Index(fields=["item", "at"], name="parts_movement_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.quantity}"


class ReservationState(models.TextChoices):
    """How a reservation ended, or that it holds."""

    HELD = "held", pgettext_lazy("reservation", "held")
    USED = "used", pgettext_lazy("reservation", "used")
    RELEASED = "released", pgettext_lazy("reservation", "released")


class Reservation(models.Model):
    """A quantity kept for one purpose: at most one is held per purpose, and it is of one part."""

    item = models.ForeignKey(StockItem, models.PROTECT, related_name="reservations", verbose_name=_("stock"))
    quantity = QuantityField(_("quantity"))
    for_type = models.CharField(max_length=64)
    for_id = models.BigIntegerField()
    state = models.CharField(
        _("state"), max_length=8, choices=ReservationState, default=ReservationState.HELD
    )
    at = models.DateTimeField(_("at"))

    objects = ReservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reservation")
        constraints = [
            models.UniqueConstraint(
                fields=["for_type", "for_id"], condition=Q(state="held"), name="parts_reservation_held_once"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="parts_reservation_quantity"),
        ]
        indexes = [models.Index(fields=["item", "state"], name="parts_reservation_state")]

    def __str__(self) -> str:
        return f"{self.state} {self.quantity}"
