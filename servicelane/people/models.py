"""People: who works here, in which roles and places, with which skills, when, and how they sign in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from functools import cached_property
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from servicelane.kernel.events import Actor
from servicelane.kernel.models import ActorKind
from servicelane.org.history import History
from servicelane.org.models import Group, Region, Store, in_language

from . import roles
from .managers import (
    ApiTokenQuerySet,
    CertificateQuerySet,
    EmployeeManager,
    MembershipQuerySet,
    ShiftQuerySet,
    SkillQuerySet,
    TerminalQuerySet,
)
from .reach import Reach, reach_of
from .roles import Role

user_name_shape = RegexValidator(
    r"^[a-z][a-z0-9.-]{1,29}$", _("Use small Latin letters, digits, dots and hyphens, a letter first.")
)


class Employee(AbstractBaseUser, PermissionsMixin):
    """One person who works for a group, and the account they sign in with.

    Customers are never users, and programs sign in by an `ApiToken`. `name_en` and `sort_key` are
    pinyin of `name` unless somebody said otherwise. `pin` is a hash for shared terminals, empty for
    none. `is_demo` people sign in from this machine only. What a person may do comes from their
    memberships alone (`may`), never from Django's groups or permissions.
    """

    group = models.ForeignKey(Group, models.PROTECT, related_name="employees", verbose_name=_("group"))
    user_name = models.CharField(_("user name"), max_length=30, unique=True, validators=[user_name_shape])
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    sort_key = models.CharField(max_length=160, editable=False, db_index=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    is_active = models.BooleanField(_("works here"), default=True, editable=False)
    joined_on = models.DateField(_("joined on"))
    left_on = models.DateField(_("left on"), null=True, blank=True, editable=False)
    pin = models.CharField(max_length=128, blank=True, editable=False)
    must_change_password = models.BooleanField(default=False, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = EmployeeManager()
    history = History(excluded_fields=["password", "pin", "last_login"])

    USERNAME_FIELD = "user_name"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    signed_in_by_pin = False
    """Set by the guard for the time of one request: a sign-in by PIN lacks some rights."""

    token_id: int | None = None
    """Set by the guard for the time of one request: the token of the program that acts for the person."""

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                condition=Q(user_name=Lower("user_name")), name="people_employee_user_name_small"
            ),
            models.CheckConstraint(
                condition=Q(is_active=True, left_on=None) | Q(is_active=False, left_on__isnull=False),
                name="people_employee_left_on",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name as the reader's language writes it."""
        return in_language(self.name, self.name_en)

    @property
    def store_id(self) -> None:
        """A fact about a person belongs to no store."""

    @property
    def actor(self) -> Actor:
        """Who did it: the person, or the token of the program that acts for them."""
        if self.token_id:
            return Actor(ActorKind.TOKEN, self.token_id)
        return Actor(ActorKind.PERSON, self.pk)

    @cached_property
    def reach(self) -> Reach:
        """Where the person holds which roles; nowhere once they left. One query, two with a region."""
        if not self.is_active:
            return Reach()
        held = list(self.memberships.values_list("store_id", "region_id", "role"))
        tree = Region.objects.none().values_list("pk", "parent_id", "stores")
        if any(region for _, region, _ in held):
            tree = Region.objects.filter(group_id=self.group_id).values_list("pk", "parent_id", "stores")
        return reach_of(held, tree)

    def forget_reach(self) -> None:
        """Let `reach` be read again, after the memberships changed."""
        self.__dict__.pop("reach", None)

    def has_right(self, perm: str, held: frozenset[str]) -> bool:
        """Whether `held` roles give `perm` to this person as they are signed in now."""
        return perm in roles.rights(held) and not (self.signed_in_by_pin and perm in roles.full_sign_in())

    def may(self, perm: str, store: Store | None) -> bool:
        """Whether the person holds `perm` in `store`; never in no store."""
        return store is not None and self.has_right(perm, self.reach.stores.get(store.pk, frozenset()))

    def may_anywhere(self, perm: str) -> bool:
        """Whether the person holds `perm` in at least one store or region."""
        places = (*self.reach.stores.values(), *self.reach.regions.values())
        return any(self.has_right(perm, held) for held in set(places))

    def rights_in(self, place: Store | Region) -> frozenset[str]:
        """Return all rights the person holds in a store, or for the whole of a region."""
        places = self.reach.stores if isinstance(place, Store) else self.reach.regions
        found = roles.rights(places.get(place.pk, frozenset()))
        return found - roles.full_sign_in() if self.signed_in_by_pin else found

    def roles_in(self, place: Store | Region) -> frozenset[str]:
        """Return the roles the person holds in a store, or for the whole of a region."""
        places = self.reach.stores if isinstance(place, Store) else self.reach.regions
        return places.get(place.pk, frozenset())

    def store_ids_where(self, perm: str) -> Collection[int]:
        """Ids of the stores in which the person holds `perm`."""
        return self._places_where(perm, self.reach.stores)

    def region_ids_where(self, perm: str) -> Collection[int]:
        """Ids of the regions for the whole of which the person holds `perm`."""
        return self._places_where(perm, self.reach.regions)

    def _places_where(self, perm: str, places: Mapping[int, frozenset[str]]) -> list[int]:
        return [place for place, held in places.items() if self.has_right(perm, held)]

    def stores_where(self, perm: str) -> models.QuerySet[Store]:
        """The stores in which the person holds `perm`, by code."""
        return Store.objects.visible_to(self, perm)

    @property
    def stores(self) -> models.QuerySet[Store]:
        """The stores in which the person has any role, by code."""
        return Store.objects.filter(pk__in=self.reach.stores.keys())


class Membership(models.Model):
    """One role of a person, in one store or in one region with all stores below it."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="memberships")
    store = models.ForeignKey(
        Store, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("store")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="memberships", verbose_name=_("region")
    )
    role = models.CharField(_("role"), max_length=24, choices=Role)

    objects = MembershipQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("role of a person")
        constraints = [
            models.CheckConstraint(
                condition=Q(store=None, region__isnull=False) | Q(store__isnull=False, region=None),
                name="people_membership_one_place",
            ),
            models.UniqueConstraint(
                fields=["employee", "role", "store"],
                condition=Q(region=None),
                name="people_membership_once_in_store",
            ),
            models.UniqueConstraint(
                fields=["employee", "role", "region"],
                condition=Q(store=None),
                name="people_membership_once_in_region",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.place}"

    @property
    def place(self) -> Store | Region:
        """The store or region in which the role is held."""
        place = self.store or self.region
        assert place is not None, "the database holds exactly one of both"
        return place


class Skill(models.Model):
    """One thing a technician can be good at, such as body work; a row of the catalogue."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=40)

    class Meta:
        verbose_name = _("skill")
        ordering = ["code"]

    def __str__(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def store_id(self) -> None:
        """A fact about a skill belongs to no store."""


class SkillLevel(models.IntegerChoices):
    """How well a person does it."""

    LEARNING = 1, _("under guidance")
    ABLE = 2, _("alone")
    MASTER = 3, _("guides others")


class EmployeeSkill(models.Model):
    """How well one person has one skill, 1 to 3."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="skills")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+", verbose_name=_("skill"))
    level = models.PositiveSmallIntegerField(
        _("level"), choices=SkillLevel, validators=[MinValueValidator(1), MaxValueValidator(3)]
    )

    objects = SkillQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("skill of a person")
        ordering = ["skill__code"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "skill"], name="people_employeeskill_once"),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=3), name="people_employeeskill_level"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill} · {self.get_level_display()}"


class CertificateKind(models.TextChoices):
    """What a certificate allows its holder to do."""

    DRIVING_LICENCE = "driving_licence", _("driving licence")
    ELECTRICIAN = "electrician", _("electrician's certificate")
    HIGH_VOLTAGE = "high_voltage", _("high-voltage vehicle training")
    WELDER = "welder", _("welder's certificate")
    REFRIGERANT = "refrigerant", _("refrigerant handling")
    LIFT_OPERATION = "lift_operation", _("lift operation")
    INSPECTOR = "inspector", _("quality inspector's certificate")
    REPAIR_QUALIFICATION = "repair_qualification", _("vehicle repair qualification")


class Certificate(models.Model):
    """One paper of a person with its last valid day `expires_on` (PPL-1)."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="certificates")
    kind = models.CharField(_("kind"), max_length=24, choices=CertificateKind)
    number = models.CharField(_("number"), max_length=40)
    issued_on = models.DateField(_("issued on"))
    expires_on = models.DateField(_("expires on"))

    objects = CertificateQuerySet.as_manager()
    history = History()

    class Meta:
        verbose_name = _("certificate")
        ordering = ["expires_on"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "kind", "number"], name="people_certificate_once"),
            models.CheckConstraint(
                condition=Q(expires_on__gte=F("issued_on")), name="people_certificate_expires_after_issue"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class Attendance(models.TextChoices):
    """What became of a planned shift (PPL-1)."""

    PRESENT = "present", _("present")
    LATE = "late", _("came late")
    ABSENT = "absent", _("absent")
    LEAVE = "leave", _("on leave")


AWAY = (Attendance.ABSENT, Attendance.LEAVE)
"""Who is not here: no work is planned with them."""


class Shift(models.Model):
    """One planned stretch of work of one person in one store.

    `day` is the store's calendar day on which it starts; `break_minutes` are not worked. `attendance` is
    empty while nobody said whether the person came: the plan is believed.
    """

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="shifts", verbose_name=_("person"))
    store = models.ForeignKey(Store, models.PROTECT, related_name="shifts", verbose_name=_("store"))
    day = models.DateField(_("day"))
    starts = models.DateTimeField(_("starts"))
    ends = models.DateTimeField(_("ends"))
    break_minutes = models.PositiveSmallIntegerField(_("break in minutes"), default=0)
    attendance = models.CharField(
        _("attendance"), max_length=8, choices=Attendance, blank=True, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift")
        ordering = ["starts", "employee__sort_key"]
        indexes = [
            models.Index(fields=["store", "day"], name="people_shift_day"),
            models.Index(fields=["employee", "starts"], name="people_shift_of_person"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(starts__lt=F("ends")), name="people_shift_starts_before_ends")
        ]

    def __str__(self) -> str:
        return f"{self.employee} · {self.day}"

    @property
    def worked(self) -> timedelta:
        """How long the shift is without its break."""
        return self.ends - self.starts - timedelta(minutes=self.break_minutes)


class Terminal(models.Model):
    """A shared computer of a store at which people may switch by PIN; it holds a token in a cookie."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="terminals", verbose_name=_("store"))
    name = models.CharField(_("name"), max_length=40)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    registered_by = models.ForeignKey(Employee, models.PROTECT, related_name="+", editable=False)
    registered_at = models.DateTimeField(_("registered"), editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    objects = TerminalQuerySet.as_manager()

    class Meta:
        verbose_name = _("terminal")
        ordering = ["store", "name", "pk"]

    def __str__(self) -> str:
        return self.name


class ApiToken(models.Model):
    """A bearer token with which a program acts for one person until `expires_at`."""

    employee = models.ForeignKey(Employee, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=40)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"), editable=False)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    @property
    def store_id(self) -> None:
        """A fact about a token belongs to no store."""
