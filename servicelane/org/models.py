"""Group › region › store, with bays, opening hours, working days and rules (architecture, "org")."""

from datetime import date, time

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .history import History
from .managers import BayQuerySet, InStoreQuerySet, RegionQuerySet, StoreQuerySet, StoreRuleQuerySet

SHANGHAI = "Asia/Shanghai"

code_shape = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9-]*$", _("Use Latin letters, digits and hyphens."))


def in_language(zh: str, en: str) -> str:
    """Return the text of the reader's language, or the other one where it is empty."""
    if (get_language() or "").startswith("zh"):
        return zh or en
    return en or zh


class Group(models.Model):
    """A dealer group: owns customers and vehicles; its stores own orders, stock and money."""

    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)

    history = History()

    class Meta:
        verbose_name = _("group")

    def __str__(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def store_id(self) -> None:
        """A fact about a group belongs to no store."""


class Region(models.Model):
    """A part of a group above stores; regions form a tree by `parent`."""

    group = models.ForeignKey(Group, models.PROTECT, related_name="regions", verbose_name=_("group"))
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent region"),
    )
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)

    objects = RegionQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("region")
        constraints = [
            models.CheckConstraint(condition=~Q(parent=F("id")), name="org_region_not_its_own_parent")
        ]

    def __str__(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def store_id(self) -> None:
        """A fact about a region belongs to no store."""


class Store(models.Model):
    """One service site with its own bays, stock, staff, numbering, brand and time zone.

    `code` is short and unique in the system; `zone` is the IANA time zone whose calendar day its
    facts carry; `closed_on` is the day it closed for good.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="stores", verbose_name=_("region"))
    code = models.CharField(_("code"), max_length=12, unique=True, validators=[code_shape])
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    name_en = models.CharField(_("English name"), max_length=80)
    short_zh = models.CharField(_("short Chinese name"), max_length=20, blank=True)
    short_en = models.CharField(_("short English name"), max_length=20, blank=True)
    brand = models.CharField(_("brand"), max_length=40, blank=True)
    zone = models.CharField(_("time zone"), max_length=40, default=SHANGHAI)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    address_zh = models.CharField(_("Chinese address"), max_length=200, blank=True)
    address_en = models.CharField(_("English address"), max_length=200, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = StoreQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("store")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The full name in the reader's language."""
        return in_language(self.name_zh, self.name_en)

    @property
    def short_name(self) -> str:
        """The short name in the reader's language, or the full one where there is none."""
        return in_language(self.short_zh or self.name_zh, self.short_en or self.name_en)

    @property
    def address(self) -> str:
        """The address in the reader's language."""
        return in_language(self.address_zh, self.address_en)

    @property
    def store_id(self) -> int:
        """A fact about a store belongs to it."""
        return self.pk


class BayKind(models.TextChoices):
    """What a bay is built for."""

    GENERAL = "general", _("general bay")
    LIFT = "lift", _("lift")
    BODY = "body", _("body bay")
    PAINT_BOOTH = "paint_booth", _("paint booth")
    QUICK_SERVICE = "quick_service", _("quick-service lane")
    WASH = "wash", _("wash bay")


class Bay(models.Model):
    """One place in a workshop where one car stands at a time; out of service since `out_since`."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="bays", verbose_name=_("store"))
    code = models.CharField(_("code"), max_length=12, validators=[code_shape])
    name = models.CharField(_("name"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=16, choices=BayKind, default=BayKind.GENERAL)
    in_service = models.BooleanField(_("in service"), default=True, editable=False)
    out_since = models.DateTimeField(_("out of service since"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = BayQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("bay")
        ordering = ["store", "code"]
        constraints = [
            models.UniqueConstraint(fields=["store", "code"], name="org_bay_code"),
            models.CheckConstraint(
                condition=Q(in_service=True, out_since=None) | Q(in_service=False, out_since__isnull=False),
                name="org_bay_out_since",
            ),
            models.CheckConstraint(condition=Q(kind__in=BayKind.values), name="org_bay_kind"),
        ]

    def __str__(self) -> str:
        return self.code


class OpenTimes(models.Model):
    """When a store is open on one kind of day: both times, or neither when it is closed.

    Times are the store's wall clock; it closes on the day it opened.
    """

    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(opens=None, closes=None)
                | Q(opens__isnull=False, closes__isnull=False, opens__lt=F("closes")),
                name="%(app_label)s_%(class)s_opens_before_closes",
            )
        ]


class OpeningHours(OpenTimes):
    """The usual opening hours of one weekday, 0 = Monday … 6 = Sunday; no row means closed (BKG-2)."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="opening_hours", verbose_name=_("store"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), validators=[MaxValueValidator(6)])

    objects = InStoreQuerySet["OpeningHours"].as_manager()
    history = History()

    class Meta(OpenTimes.Meta):
        verbose_name = _("opening hours")
        ordering = ["store", "weekday"]
        constraints = [
            *OpenTimes.Meta.constraints,
            models.UniqueConstraint(fields=["store", "weekday"], name="org_openinghours_weekday"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="org_openinghours_weekday_0_to_6"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {span(self.opens, self.closes)}"


class DayReason(models.TextChoices):
    """Why a store's hours differ on one day."""

    HOLIDAY = "holiday", _("public holiday")
    MAKE_UP = "make_up", _("make-up workday")
    STOCKTAKING = "stocktaking", _("stocktaking")
    TRAINING = "training", _("training")
    EVENT = "event", _("event")
    WEATHER = "weather", _("weather")
    OTHER = "other", _("other reason")


class StoreDay(OpenTimes):
    """The hours of one calendar day that differ from the usual ones, and why (BKG-2)."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="days", verbose_name=_("store"))
    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=16, choices=DayReason)

    objects = InStoreQuerySet["StoreDay"].as_manager()
    history = History()

    class Meta(OpenTimes.Meta):
        verbose_name = _("exceptional day")
        ordering = ["store", "day"]
        constraints = [
            *OpenTimes.Meta.constraints,
            models.UniqueConstraint(fields=["store", "day"], name="org_storeday_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {span(self.opens, self.closes)}"


class CalendarYear(models.Model):
    """One year of public holidays; not `announced` means plain weekends until it is published."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    announced = models.BooleanField(_("announced"))

    class Meta:
        verbose_name = _("calendar year")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def store_id(self) -> None:
        """A fact about a year belongs to no store."""


class DayKind(models.TextChoices):
    """How a day differs from what its weekday says."""

    HOLIDAY = "holiday", _("public holiday")
    WORKDAY = "workday", _("make-up workday")


class HolidayName(models.TextChoices):
    """Which public holiday a day belongs to."""

    NEW_YEAR = "new_year", _("New Year's Day")
    SPRING_FESTIVAL = "spring_festival", _("Spring Festival")
    TOMB_SWEEPING = "tomb_sweeping", _("Tomb-sweeping Day")
    LABOUR_DAY = "labour_day", _("Labour Day")
    DRAGON_BOAT = "dragon_boat", _("Dragon Boat Festival")
    NATIONAL_DAY = "national_day", _("National Day")
    MID_AUTUMN = "mid_autumn", _("Mid-autumn Festival")
    OTHER = "other", _("other holiday")


class CalendarDay(models.Model):
    """A public holiday, or a weekend day on which everybody works to make up for one."""

    day = models.DateField(_("day"), unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=DayKind)
    name_code = models.CharField(_("holiday"), max_length=16, choices=HolidayName)

    history = History()

    class Meta:
        verbose_name = _("calendar day")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}"

    @property
    def is_working(self) -> bool:
        """Whether people work on this day."""
        return self.kind == DayKind.WORKDAY


class StoreRule(models.Model):
    """What one store decided about one rule, from `valid_from` until the next row of the same rule.

    Rows are only added. `value` is the text of the rule's own kind (`rules.Rule.write`); `set_by_id`
    is the employee's number, empty for the system.
    """

    store = models.ForeignKey(Store, models.PROTECT, related_name="rules", verbose_name=_("store"))
    code = models.CharField(_("rule"), max_length=60)
    value = models.CharField(_("value"), max_length=100)
    valid_from = models.DateTimeField(_("valid from"))
    set_by_id = models.BigIntegerField(null=True, editable=False)

    objects = StoreRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("store rule")
        indexes = [models.Index(fields=["store", "code", "valid_from"], name="org_storerule_in_force")]

    def __str__(self) -> str:
        return f"{self.code} = {self.value}"


def span(opens: time | None, closes: time | None) -> str:
    """Write opening hours as HH:MM-HH:MM, or `closed`."""
    return f"{opens:%H:%M}-{closes:%H:%M}" if opens and closes else "closed"


def weekend(day: date) -> bool:
    """Whether `day` is a Saturday or Sunday."""
    return day.weekday() >= 5
