"""Writes about customers: the file, consent, which stores see it, and look-ups of numbers (ARC-1, ARC-8).

Each service is one transaction, records its fact and is called alike by screens, API and commands.
`by` is who does it (None for the system), `version` what the form was made from (the record's own
if None). What a lower-case word such as `store` names is of one group, else OtherGroup is raised.
"""

import re
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.db import transaction

from servicelane.kernel.clock import now
from servicelane.kernel.doubts import Doubt
from servicelane.kernel.events import record
from servicelane.kernel.phones import doubts_about_mobile, normal_phone
from servicelane.kernel.versions import rise
from servicelane.org.models import Store
from servicelane.org.queries import today_in
from servicelane.people.guards import By
from servicelane.people.models import Employee
from servicelane.people.names import sort_key

from . import errors, events
from .doubting import Question, check_texts, confirmed, differing
from .keys import rekey_customer
from .models import (
    Consent,
    ConsentWay,
    ContactWay,
    Customer,
    CustomerKind,
    CustomerStore,
    Salutation,
    ServedHow,
)


@dataclass(frozen=True, slots=True)
class CustomerDetails:
    """What one enters about a customer; see `Customer` for the meaning of each field.

    `mobile_reason` is the DoubtReason why a doubtful mobile stands.
    """

    name: str
    kind: CustomerKind = CustomerKind.PERSON
    salutation: Salutation = Salutation.NONE
    mobile: str = ""
    phone_home: str = ""
    phone_office: str = ""
    address: str = ""
    birthday: date | None = None
    family: str = ""
    contact_way: ContactWay = ContactWay.ANY
    contact_hours: str = ""
    advisor: Employee | None = None
    services_wished: str = ""
    notes: str = ""
    language: str = "zh-hans"
    mobile_reason: str = ""

    @classmethod
    def of(cls, customer: Customer) -> "CustomerDetails":
        """What is known, to be changed with `dataclasses.replace`; a new number needs a reason of its own."""
        known = (field.name for field in fields(cls) if field.name != "mobile_reason")
        return cls(**{name: getattr(customer, name) for name in known})


@dataclass(frozen=True, slots=True)
class Numbers:
    """The full telephone numbers of a customer."""

    mobile: str
    phone_home: str
    phone_office: str

    @classmethod
    def of(cls, customer: Customer) -> "Numbers":
        """The numbers as kept; whoever shows them has recorded the look-up by `show_phone`."""
        return cls(customer.mobile, customer.phone_home, customer.phone_office)


def mobile_doubts(details: CustomerDetails) -> list[Doubt]:
    """Return what is odd about the mobile that was entered."""
    return doubts_about_mobile(normal_phone(details.mobile))


@transaction.atomic
def add_customer(
    store: Store, details: CustomerDetails, *, by: By, how: ServedHow = ServedHow.ADDED
) -> Customer:
    """Open the file of a customer, which `store` sees from now on.

    Raises NameMissing, Doubtful, Unusable, and OtherGroup for an advisor of another group.
    """
    customer = Customer(group=store.region.group)
    doubts = _settle(customer, _values(details), details.mobile_reason)
    customer.save(force_insert=True)
    rekey_customer(customer)
    CustomerStore.objects.create(customer=customer, store=store, since=now(), how=how, by=by)
    record(
        events.ADDED,
        customer,
        by=by,
        customer_kind=str(customer.kind),
        store=store.pk,
        **_told(doubts),
    )
    return customer


@transaction.atomic
def change_customer(
    customer: Customer, details: CustomerDetails, *, by: By, version: int | None = None
) -> Customer:
    """Change what is known about a customer. Nothing is recorded when nothing differs.

    A doubtful mobile that stands already is not asked about again.
    Raises ChangedMeanwhile, NameMissing, Doubtful, Unusable and OtherGroup.
    """
    new = differing(customer, _values(details))
    if not new:
        return customer
    was = customer.mobile_doubt
    doubts = _settle(customer, new, details.mobile_reason)
    if "mobile" not in new:
        customer.mobile_doubt = was
    rise(customer, version)
    customer.save()
    if {"name", "mobile", "phone_home", "phone_office"} & new.keys():
        rekey_customer(customer)
    record(events.CHANGED, customer, by=by, changed=sorted(new.keys() - {"sort_key"}), **_told(doubts))
    return customer


def _values(details: CustomerDetails) -> dict[str, Any]:
    values = {
        field.name: getattr(details, field.name) for field in fields(details) if field.name != "mobile_reason"
    }
    for name, value in values.items():
        if isinstance(value, str):
            values[name] = value.strip()
    values["mobile"] = normal_phone(values["mobile"])
    for name in ("phone_home", "phone_office"):
        # These may say more than a number ("extension 12, ask for Li"), which then stays as it is.
        number = normal_phone(values[name])
        values[name] = number if re.fullmatch(r"\+?[0-9*#]+", number) else values[name]
    values["sort_key"] = sort_key(values["name"])
    return values


def _settle(customer: Customer, new: dict[str, Any], reason: str) -> dict[str, str]:
    """Put new values on the row once they may be there; return the reasons of confirmed doubts."""
    if not new.get("name", "-"):
        raise errors.NameMissing
    advisor = new.get("advisor")
    if advisor is not None and advisor.group_id != customer.group_id:
        raise errors.OtherGroup
    before = {name: getattr(customer, name) for name in new}
    for name, value in new.items():
        setattr(customer, name, value)
    try:
        check_texts(customer)
        question = Question("mobile", doubts_about_mobile(new.get("mobile", "")), reason)
        doubts = confirmed([question])
    except (errors.Unusable, errors.Doubtful):
        for name, value in before.items():
            setattr(customer, name, value)
        raise
    customer.mobile_doubt = doubts.get("mobile", "")
    return doubts


def _told(doubts: dict[str, str]) -> dict[str, Any]:
    return {"doubts": doubts} if doubts else {}


@transaction.atomic
def serve(customer: Customer, store: Store, how: ServedHow = ServedHow.SERVED, *, by: By) -> CustomerStore:
    """Let `store` see the customer's file; a store that sees it already goes on as before.

    Raises OtherGroup.
    """
    if store.region.group_id != customer.group_id:
        raise errors.OtherGroup
    row, is_new = CustomerStore.objects.get_or_create(
        customer=customer, store=store, defaults={"since": now(), "how": how, "by": by}
    )
    if is_new:
        record(events.SERVED, customer, by=by, store=store.pk, how=str(how))
    return row


@transaction.atomic
def take_over(customer: Customer, store: Store, reason: str, *, by: By) -> CustomerStore:
    """Let `store` see the file of a customer of other stores; `reason` is kept in words.

    Raises ReasonMissing, ServedAlready and OtherGroup.
    """
    if not reason.strip():
        raise errors.ReasonMissing
    if store.region.group_id != customer.group_id:
        raise errors.OtherGroup
    row, is_new = CustomerStore.objects.get_or_create(
        customer=customer,
        store=store,
        defaults={"since": now(), "how": ServedHow.TAKEN_OVER, "by": by},
    )
    if not is_new:
        raise errors.ServedAlready
    record(events.TAKEN_OVER, customer, by=by, store=store.pk, note=reason.strip())
    return row


@transaction.atomic
def show_phone(customer: Customer, *, by: By) -> Numbers:
    """Return the full numbers of a customer; the look-up is a fact with the person's name on it (ARC-8)."""
    record(events.PHONE_SHOWN, customer, by=by)
    return Numbers.of(customer)


@transaction.atomic
def confirm_contact(customer: Customer, *, by: By, at: datetime | None = None) -> Customer:
    """Note that the customer confirmed address and phone today: one tap at each check-in (ARC-6)."""
    customer.confirmed_on = today_in(None)
    rise(customer)
    customer.save(update_fields=["confirmed_on"])
    record(events.CONTACT_CONFIRMED, customer, by=by, at=at)
    return customer


@transaction.atomic
def set_consent(
    customer: Customer,
    given: bool,
    *,
    by: By,
    way: ConsentWay = ConsentWay.SPOKEN,
    wording: str = "contact-1",
    at: datetime | None = None,
) -> Consent:
    """Keep a yes or no to being contacted; `wording` is the code of the text that was shown or read."""
    row = Consent.objects.create(
        customer=customer, given=given, way=way, wording=wording, at=at or now(), by=by
    )
    record(events.CONSENT_SET, customer, by=by, at=at, given=int(given), way=str(way), wording=wording)
    return row
