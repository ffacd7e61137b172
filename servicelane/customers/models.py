"""Customers and vehicles, which the group owns, and which stores see them (ARC-1, ARC-2)."""

from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from servicelane.kernel.doubts import DoubtReason
from servicelane.kernel.fields import KeyField
from servicelane.kernel.phones import masked_phone
from servicelane.kernel.plates import LONGEST, PlateKind, masked_plate, parts_of_plate
from servicelane.kernel.vins import LENGTH
from servicelane.org.history import History
from servicelane.org.managers import InStoreQuerySet
from servicelane.org.models import Group, Store
from servicelane.people.models import Employee
from servicelane.people.names import surname_of

from .managers import CustomerQuerySet, PartyQuerySet, VehicleQuerySet

MOST_KM = 2_000_000
HIDDEN = "**"


class CustomerKind(models.TextChoices):
    """Who a customer is before the law."""

    PERSON = "person", pgettext_lazy("customer", "person")
    COMPANY = "company", pgettext_lazy("customer", "company")


class Salutation(models.TextChoices):
    """How a person is spoken to."""

    NONE = "none", pgettext_lazy("salutation", "none")
    MR = "mr", _("Mr")
    MS = "ms", _("Ms")


class ContactWay(models.TextChoices):
    """How a customer wants to be reached."""

    ANY = "any", _("any way")
    CALL = "call", _("by call")
    MESSAGE = "message", _("by message")
    WECHAT = "wechat", _("by WeChat")


class Customer(models.Model):
    """One person or company of a group; owner, driver and payer of a vehicle may differ.

    `mobile`, `phone_home` and `phone_office` are normal numbers; `mobile_doubt` is the reason why a
    doubtful mobile stands, empty where it is in order. `confirmed_on` is the last day on which the
    customer confirmed address and phone.
    """

    group = models.ForeignKey(Group, models.PROTECT, related_name="customers", verbose_name=_("group"))
    kind = models.CharField(_("kind"), max_length=8, choices=CustomerKind, default=CustomerKind.PERSON)
    name = models.CharField(_("name"), max_length=80)
    sort_key = KeyField(max_length=320, editable=False)
    salutation = models.CharField(_("salutation"), max_length=4, choices=Salutation, default=Salutation.NONE)
    mobile = models.CharField(_("mobile"), max_length=20, blank=True)
    mobile_doubt = models.CharField(max_length=12, choices=DoubtReason, blank=True, editable=False)
    phone_home = models.CharField(_("phone at home"), max_length=30, blank=True)
    phone_office = models.CharField(_("phone at work"), max_length=30, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    birthday = models.DateField(_("birthday"), null=True, blank=True)
    family = models.CharField(_("family"), max_length=200, blank=True)
    contact_way = models.CharField(
        _("preferred way"), max_length=8, choices=ContactWay, default=ContactWay.ANY
    )
    contact_hours = models.CharField(_("preferred hours"), max_length=60, blank=True)
    advisor = models.ForeignKey(
        Employee, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("own advisor")
    )
    services_wished = models.CharField(_("services wished"), max_length=200, blank=True)
    notes = models.CharField(_("notes"), max_length=500, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    confirmed_on = models.DateField(_("address and phone confirmed on"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CustomerQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("customer")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="customers_customer_named"),
            models.CheckConstraint(condition=Q(kind__in=CustomerKind.values), name="customers_customer_kind"),
        ]
        indexes = [
            models.Index(fields=["group", "sort_key"], name="customers_customer_by_name"),
            models.Index(fields=["group", "mobile"], name="customers_customer_mobile"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def display_name(self) -> str:
        """The full name, for pages of stores that serve the customer."""
        return self.name

    @property
    def called(self) -> str:
        """How one speaks to the customer: the surname with its salutation, else the full name."""
        if self.kind == CustomerKind.COMPANY or self.salutation == Salutation.NONE:
            return self.name
        pattern = (
            pgettext("salutation", "Mr {surname}")
            if self.salutation == Salutation.MR
            else pgettext("salutation", "Ms {surname}")
        )
        return pattern.format(surname=surname_of(self.name))

    @property
    def masked_name(self) -> str:
        """What a store that does not serve the customer, or a wall screen, may show of the name."""
        if self.kind == CustomerKind.COMPANY:
            return self.name[:2] + HIDDEN
        return surname_of(self.name) + HIDDEN if self.salutation == Salutation.NONE else self.called

    @property
    def masked_mobile(self) -> str:
        """The mobile with its middle hidden: `154****3456`."""
        return masked_phone(self.mobile)

    @property
    def may_be_contacted(self) -> bool:
        """Whether the last word about contact was yes; no word at all is no. One query."""
        last = self.consents.order_by("-at", "-pk").first()
        return bool(last and last.given)

    @property
    def store_id(self) -> None:
        """A fact about a customer belongs to no store: the group owns the file."""


class ConsentWay(models.TextChoices):
    """How a customer said yes or no to being contacted."""

    SIGNED = "signed", _("signed on paper")
    SPOKEN = "spoken", _("said at the desk")
    PHONE = "phone", _("said on the phone")
    ONLINE = "online", _("online")


class Consent(models.Model):
    """One yes or no of a customer to being contacted; rows are only added, the last one holds.

    `wording` is the code of the text the customer was shown or read.
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="consents")
    given = models.BooleanField(_("given"))
    way = models.CharField(_("way"), max_length=8, choices=ConsentWay)
    wording = models.CharField(_("wording"), max_length=30)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("consent")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.wording} {self.at:%Y-%m-%d}"


class Transmission(models.TextChoices):
    """How the engine's power reaches the wheels."""

    MANUAL = "manual", pgettext_lazy("gearbox", "manual")
    AUTOMATIC = "automatic", pgettext_lazy("gearbox", "automatic")
    DUAL_CLUTCH = "dual_clutch", _("dual clutch")
    CVT = "cvt", _("CVT")
    SINGLE_SPEED = "single_speed", _("single speed (electric)")


class Vehicle(models.Model):
    """One vehicle of a group, known by VIN; its plate may change, its owner too.

    `vin` is None until it is known; `plate` is a normal plate or empty. `odometer` is in km, read on
    `odometer_on`. `next_due_on` and `next_due_km` say when maintenance is due.
    """

    group = models.ForeignKey(Group, models.PROTECT, related_name="vehicles", verbose_name=_("group"))
    vin = models.CharField(_("VIN"), max_length=30, null=True, blank=True)  # noqa: DJ001 - unique where known
    vin_doubt = models.CharField(max_length=12, choices=DoubtReason, blank=True, editable=False)
    plate = models.CharField(_("plate"), max_length=LONGEST, blank=True)
    plate_kind = models.CharField(
        _("kind of plate"), max_length=16, choices=PlateKind, default=PlateKind.ORDINARY
    )
    plate_doubt = models.CharField(max_length=12, choices=DoubtReason, blank=True, editable=False)
    engine_no = models.CharField(_("engine number"), max_length=30, blank=True)
    key_code = models.CharField(_("key code"), max_length=30, blank=True)
    colour = models.CharField(_("colour"), max_length=30, blank=True)
    maker = models.CharField(_("brand"), max_length=40, blank=True)
    model_name = models.CharField(_("model"), max_length=60, blank=True)
    model_year = models.PositiveSmallIntegerField(
        _("model year"), null=True, blank=True, validators=[MinValueValidator(1950), MaxValueValidator(2100)]
    )
    transmission = models.CharField(_("transmission"), max_length=16, choices=Transmission, blank=True)
    accessories = models.CharField(_("accessories"), max_length=300, blank=True)
    purchased_on = models.DateField(_("purchased on"), null=True, blank=True)
    purchase_place = models.CharField(_("purchased at"), max_length=80, blank=True)
    salesperson = models.CharField(_("salesperson"), max_length=60, blank=True)
    first_registered_on = models.DateField(_("first registered on"), null=True, blank=True)
    warranty_start_on = models.DateField(_("warranty starts on"), null=True, blank=True)
    insurance_expires_on = models.DateField(_("insurance expires on"), null=True, blank=True)
    inspection_due_on = models.DateField(_("annual inspection due on"), null=True, blank=True)
    odometer = models.PositiveIntegerField(_("odometer"), null=True, blank=True)
    odometer_on = models.DateField(_("odometer read on"), null=True, blank=True)
    interval_months = models.PositiveSmallIntegerField(_("interval in months"), null=True, blank=True)
    interval_km = models.PositiveIntegerField(_("interval in km"), null=True, blank=True)
    next_due_on = models.DateField(_("next maintenance on"), null=True, blank=True)
    next_due_km = models.PositiveIntegerField(_("next maintenance at km"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = VehicleQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("vehicle")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "vin"], condition=Q(vin__isnull=False), name="customers_vehicle_vin"
            ),
            models.UniqueConstraint(
                fields=["group", "plate"], condition=~Q(plate=""), name="customers_vehicle_plate"
            ),
            models.CheckConstraint(condition=~Q(vin=""), name="customers_vehicle_vin_or_none"),
            models.CheckConstraint(
                condition=Q(plate_kind__in=PlateKind.values), name="customers_vehicle_kind"
            ),
            models.CheckConstraint(
                condition=Q(odometer=None) | Q(odometer__lte=MOST_KM), name="customers_vehicle_odometer"
            ),
        ]

    def __str__(self) -> str:
        return self.plate or self.vin or str(self.pk)

    @property
    def plate_parts(self) -> tuple[str, str, str]:
        """Province, letter and rest of the plate, as they are drawn."""
        return parts_of_plate(self.plate)

    @property
    def masked_plate(self) -> str:
        """The plate with its middle hidden, for eyes that do not serve the car; empty for none."""
        return masked_plate(self.plate) if self.plate else ""

    @property
    def vin_tail(self) -> str:
        """The last six characters of the VIN, by which a car without plate is called."""
        return (self.vin or "")[-6:]

    @property
    def title(self) -> str:
        """Year, brand and model, as far as they are known."""
        return " ".join(str(part) for part in (self.model_year, self.maker, self.model_name) if part)

    @property
    def is_vin_whole(self) -> bool:
        """Whether the VIN is known in full length."""
        return len(self.vin or "") == LENGTH

    @property
    def store_id(self) -> None:
        """A fact about a vehicle belongs to no store: the group owns the file."""

    def is_due(self, day: date) -> bool:
        """Whether maintenance is due on `day` by date or by the last known odometer."""
        by_day = self.next_due_on is not None and self.next_due_on <= day
        by_km = (
            self.next_due_km is not None and self.odometer is not None and self.next_due_km <= self.odometer
        )
        return by_day or by_km


class PartyRole(models.TextChoices):
    """What a customer is to a vehicle."""

    OWNER = "owner", _("owner")
    DRIVER = "driver", _("driver")
    PAYER = "payer", _("payer")


class VehicleParty(models.Model):
    """What one customer is, or was until `until`, to one vehicle; a vehicle has one owner at a time."""

    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="parties")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="parties")
    role = models.CharField(_("role"), max_length=8, choices=PartyRole)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = PartyQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("person of a vehicle")
        ordering = ["vehicle", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["vehicle"], condition=Q(role="owner", until=None), name="customers_party_one_owner"
            ),
            models.UniqueConstraint(
                fields=["vehicle", "customer", "role"],
                condition=Q(until=None),
                name="customers_party_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.customer_id}"


class ServedHow(models.TextChoices):
    """How a file came to a store."""

    SERVED = "served", _("was served")
    BOOKED = "booked", _("booked")
    TAKEN_OVER = "taken_over", _("taken over")
    ADDED = "added", _("added")
    IMPORTED = "imported", _("imported")


class CustomerStore(models.Model):
    """One store that sees one customer's file: since when, and how it came to it."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="stores")
    store = models.ForeignKey(Store, models.PROTECT, related_name="+", verbose_name=_("store"))
    since = models.DateTimeField(_("since"))
    how = models.CharField(_("how"), max_length=12, choices=ServedHow)
    by = models.ForeignKey(Employee, models.PROTECT, null=True, related_name="+")

    objects = InStoreQuerySet["CustomerStore"].as_manager()

    class Meta:
        verbose_name = _("file in a store")
        constraints = [
            models.UniqueConstraint(fields=["store", "customer"], name="customers_customerstore_once")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.get_how_display()}"


class KeyKind(models.TextChoices):
    """What a search key is made of."""

    PLATE = "plate", _("plate")
    VIN = "vin", _("VIN")
    PHONE = "phone", _("phone")
    NAME = "name", _("name")
    PINYIN = "pinyin", _("pinyin")


class SearchKey(models.Model):
    """One way in which somebody may begin to type for a customer or vehicle (ARC-4).

    Keys are read by range, so that both databases use the index. They are made anew by
    `keys.rekey_customer` and `keys.rekey_vehicle` whenever their record changes.
    """

    group = models.ForeignKey(Group, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=KeyKind)
    key = KeyField(max_length=40)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="keys")
    vehicle = models.ForeignKey(Vehicle, models.CASCADE, null=True, related_name="keys")

    class Meta:
        verbose_name = _("search key")
        indexes = [models.Index(fields=["group", "kind", "key"], name="customers_searchkey_typed")]
        constraints = [
            models.CheckConstraint(
                condition=Q(customer=None, vehicle__isnull=False) | Q(customer__isnull=False, vehicle=None),
                name="customers_searchkey_one_target",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
