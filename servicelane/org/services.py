"""Writes of the organisation: groups, regions, stores, bays and the rules of a store.

Each service is one transaction, records its fact and is called alike by screens, API and commands.
`by` is who does it (None for the system), `at` when it happened (now if None), `version` what the
form was made from (the record's own if None).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from zoneinfo import available_timezones

from django.db import IntegrityError, models, transaction

from servicelane.kernel.clock import now
from servicelane.kernel.events import Actor, HasActor, record
from servicelane.kernel.models import ActorKind
from servicelane.kernel.versions import rise

from . import errors, events
from .models import SHANGHAI, Bay, BayKind, Group, Region, Store, StoreRule
from .queries import forget_zones
from .rules import AnyRule

By = HasActor | Actor | None


@dataclass(frozen=True, slots=True)
class Names:
    """A name in both languages."""

    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class StoreDetails:
    """What one enters about a store; see `Store` for the meaning of each field."""

    code: str
    name_zh: str
    name_en: str
    short_zh: str = ""
    short_en: str = ""
    brand: str = ""
    zone: str = SHANGHAI
    phone: str = ""
    address_zh: str = ""
    address_en: str = ""
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class BayDetails:
    """What one enters about a bay; see `Bay` for the meaning of each field."""

    code: str
    kind: BayKind = BayKind.GENERAL
    name: str = ""


@transaction.atomic
def add_group(names: Names, *, by: By) -> Group:
    """Add a dealer group, the owner of customers and vehicles."""
    group = Group.objects.create(name_zh=names.name_zh, name_en=names.name_en)
    record(events.GROUP_ADDED, group, by=by)
    return group


@transaction.atomic
def add_region(group: Group, names: Names, *, by: By, parent: Region | None = None) -> Region:
    """Add a region to `group`, below `parent` or at its top."""
    region = Region.objects.create(group=group, parent=parent, name_zh=names.name_zh, name_en=names.name_en)
    record(events.REGION_ADDED, region, by=by)
    return region


@transaction.atomic
def add_store(region: Region, details: StoreDetails, *, by: By) -> Store:
    """Open a store in `region`. Raises StoreCodeTaken and UnknownZone."""
    _check_zone(details)
    store = Store(region=region, **_values(details))
    _save_unique(store, errors.StoreCodeTaken(code=details.code), force_insert=True)
    _forget_zones_for_sure()
    record(events.STORE_ADDED, store, by=by, code=store.code)
    return store


@transaction.atomic
def change_store(store: Store, details: StoreDetails, *, by: By, version: int | None = None) -> Store:
    """Change what is known about `store`. Nothing is recorded when nothing differs.

    Raises ChangedMeanwhile, StoreCodeTaken and UnknownZone.
    """
    _check_zone(details)
    changed = _apply(store, details, version)
    if changed:
        _save_unique(store, errors.StoreCodeTaken(code=details.code))
        _forget_zones_for_sure()
        record(events.STORE_CHANGED, store, by=by, changed=changed)
    return store


@transaction.atomic
def add_bay(store: Store, details: BayDetails, *, by: By) -> Bay:
    """Add a bay to `store`, in service at once. Raises BayCodeTaken."""
    bay = Bay(store=store, **_values(details))
    _save_unique(bay, errors.BayCodeTaken(code=details.code, store=store), force_insert=True)
    record(events.BAY_ADDED, bay, by=by, code=bay.code, bay_kind=str(bay.kind))
    return bay


@transaction.atomic
def change_bay(bay: Bay, details: BayDetails, *, by: By, version: int | None = None) -> Bay:
    """Change code, name or kind of `bay`. Nothing is recorded when nothing differs.

    Raises ChangedMeanwhile and BayCodeTaken.
    """
    changed = _apply(bay, details, version)
    if changed:
        _save_unique(bay, errors.BayCodeTaken(code=details.code, store=bay.store))
        record(events.BAY_CHANGED, bay, by=by, changed=changed)
    return bay


@transaction.atomic
def take_bay_out_of_service(bay: Bay, *, by: By, at: datetime | None = None, note: str = "") -> Bay:
    """Take `bay` out of service since `at`; `note` says why. Raises BayOutAlready and ChangedMeanwhile."""
    if not bay.in_service:
        raise errors.BayOutAlready(bay=bay)
    rise(bay)
    bay.in_service, bay.out_since = False, at or now()
    bay.save(update_fields=["in_service", "out_since"])
    record(events.BAY_OUT, bay, by=by, at=at, note=note)
    return bay


@transaction.atomic
def return_bay_to_service(bay: Bay, *, by: By, at: datetime | None = None) -> Bay:
    """Put `bay` back into service. Raises BayInServiceAlready and ChangedMeanwhile."""
    if bay.in_service:
        raise errors.BayInServiceAlready(bay=bay)
    rise(bay)
    bay.in_service, bay.out_since = True, None
    bay.save(update_fields=["in_service", "out_since"])
    record(events.BAY_BACK, bay, by=by, at=at)
    return bay


@transaction.atomic
def set_rule(store: Store, rule: AnyRule, text: str, *, by: By) -> StoreRule:
    """Decide that `rule` holds in `store` with the typed value from now on; the past keeps its own.

    The value in force already is not written again. Raises RuleValueRefused.
    """
    try:
        value = _canonical(rule, text)
    except ValueError:
        raise errors.RuleValueRefused(rule=rule.label, value=text, allowed=rule.allowed) from None
    Store.objects.select_for_update().get(pk=store.pk)
    moment = now()
    last = StoreRule.objects.filter(store=store, code=rule.code).in_force(moment).first()
    if last and last.value == value:
        return last
    row = StoreRule.objects.create(
        store=store, code=rule.code, value=value, valid_from=moment, set_by_id=_person_id(by)
    )
    was = last.value if last else rule.write(rule.default)  # type: ignore[arg-type]
    record(events.RULE_SET, store, by=by, rule=rule.code, value=value, was=was)
    return row


def _canonical(rule: AnyRule, text: str) -> str:
    return rule.write(rule.read(text.strip()))  # type: ignore[arg-type]


def _person_id(by: By) -> int | None:
    actor = by if isinstance(by, Actor) or by is None else by.actor
    return actor.id if actor and actor.kind == ActorKind.PERSON else None


def _check_zone(details: StoreDetails) -> None:
    if details.zone not in available_timezones():
        raise errors.UnknownZone(zone=details.zone)


def _forget_zones_for_sure() -> None:
    # Twice, for somebody in this process may read the old row again before the commit.
    forget_zones()
    transaction.on_commit(forget_zones)


def _values(details: StoreDetails | BayDetails) -> Mapping[str, Any]:
    return {field.name: getattr(details, field.name) for field in fields(details)}


def _apply(row: Store | Bay, details: StoreDetails | BayDetails, version: int | None) -> list[str]:
    """Put differing values on the row under its next version; return the names of the fields."""
    new = {name: value for name, value in _values(details).items() if getattr(row, name) != value}
    if new:
        rise(row, version)
    for name, value in new.items():
        setattr(row, name, value)
    return sorted(new)


def _save_unique(row: models.Model, refusal: Exception, *, force_insert: bool = False) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=force_insert)
    except IntegrityError:
        raise refusal from None
