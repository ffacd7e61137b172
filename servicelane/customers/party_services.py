"""Writes about the people of a vehicle: owner, drivers, payer, and how they change (ARC-1)."""

from django.db import transaction

from servicelane.kernel.clock import now
from servicelane.kernel.events import record
from servicelane.kernel.versions import touch
from servicelane.org.models import Store
from servicelane.people.guards import By

from . import errors, events
from .customer_services import serve
from .models import Customer, PartyRole, Vehicle, VehicleParty


def first_owner(vehicle: Vehicle, owner: Customer) -> VehicleParty:
    """Make `owner` the owner of a vehicle that has none yet; the caller's fact tells it."""
    return VehicleParty.objects.create(vehicle=vehicle, customer=owner, role=PartyRole.OWNER, since=now())


@transaction.atomic
def change_owner(vehicle: Vehicle, customer: Customer, *, by: By, store: Store | None = None) -> VehicleParty:
    """Make `customer` the owner; the owner before stays in the history.

    `store` sees the new owner's file from now on. Raises AlreadyOwner and OtherGroup.
    """
    _check_group(vehicle, customer)
    touch(vehicle)
    last = vehicle.parties.current().filter(role=PartyRole.OWNER).first()
    if last and last.customer_id == customer.pk:
        raise errors.AlreadyOwner
    if last:
        last.until = now()
        last.save(update_fields=["until"])
    party = first_owner(vehicle, customer)
    if store:
        serve(customer, store, by=by)
    record(events.OWNER_CHANGED, vehicle, by=by, owner=customer.pk, was=last.customer_id if last else 0)
    return party


@transaction.atomic
def add_party(vehicle: Vehicle, customer: Customer, role: PartyRole, *, by: By) -> VehicleParty:
    """Say that `customer` drives or pays for a vehicle; who does so already goes on.

    An owner comes through `change_owner`. Raises OtherGroup.
    """
    _check_group(vehicle, customer)
    if role is PartyRole.OWNER:
        raise ValueError("an owner is changed, not added")
    party, is_new = VehicleParty.objects.get_or_create(
        vehicle=vehicle, customer=customer, role=role, until=None, defaults={"since": now()}
    )
    if is_new:
        touch(vehicle)
        record(events.PARTY_ADDED, vehicle, by=by, customer=customer.pk, party=str(role))
    return party


@transaction.atomic
def end_party(party: VehicleParty, *, by: By) -> None:
    """Say that a driver or payer is one no more; ended already is no news. Owners are changed instead."""
    if party.role == PartyRole.OWNER:
        raise ValueError("an owner is changed, not ended")
    if not VehicleParty.objects.filter(pk=party.pk, until=None).update(until=now()):
        return
    touch(party.vehicle)
    record(events.PARTY_ENDED, party.vehicle, by=by, customer=party.customer_id, party=str(party.role))


def _check_group(vehicle: Vehicle, customer: Customer) -> None:
    if vehicle.group_id != customer.group_id:
        raise errors.OtherGroup
