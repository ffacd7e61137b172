"""What can happen to customers and vehicles; ids and codes only, never names or numbers."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.events import declare

_CHANGED = {"changed": "names of changed fields"}
_STORE = {"store": "store id"}

ADDED = declare(
    "customers.added",
    _("Customer added"),
    data={"customer_kind": "person or company", **_STORE, "doubts": "field and reason of confirmed doubts"},
)
CHANGED = declare(
    "customers.changed",
    _("Customer changed"),
    data={**_CHANGED, "doubts": "field and reason of confirmed doubts"},
)
CONTACT_CONFIRMED = declare("customers.contact_confirmed", _("Address and phone confirmed"))
CONSENT_SET = declare(
    "customers.consent_set",
    _("Consent to be contacted recorded"),
    data={"given": "1 given, 0 withdrawn", "way": "how it was said", "wording": "code of the wording"},
)
PHONE_SHOWN = declare("customers.phone_shown", _("Full telephone number looked up"))
SERVED = declare(
    "customers.served", _("File opened in a store"), data={**_STORE, "how": "how the file came to the store"}
)
TAKEN_OVER = declare("customers.taken_over", _("File taken over"), data=_STORE)
VEHICLE_ADDED = declare(
    "customers.vehicle_added",
    _("Vehicle added"),
    data={"owner": "customer id", **_STORE, "doubts": "field and reason of confirmed doubts"},
)
VEHICLE_CHANGED = declare(
    "customers.vehicle_changed",
    _("Vehicle changed"),
    data={**_CHANGED, "doubts": "field and reason of confirmed doubts"},
)
PLATE_LOST = declare(
    "customers.plate_lost",
    _("Plate went to another vehicle"),
    data={"vehicle": "id of the vehicle that has it"},
)
PARTY_ADDED = declare(
    "customers.party_added",
    _("Person of the vehicle added"),
    data={"customer": "customer id", "party": "owner, driver or payer"},
)
PARTY_ENDED = declare(
    "customers.party_ended",
    _("Person of the vehicle ended"),
    data={"customer": "customer id", "party": "owner, driver or payer"},
)
OWNER_CHANGED = declare(
    "customers.owner_changed",
    _("Owner changed"),
    data={"owner": "customer id", "was": "customer id of the owner before, 0 for none"},
)
ODOMETER_NOTED = declare(
    "customers.odometer_noted",
    _("Odometer noted"),
    data={"km": "kilometres", "was": "kilometres before, -1 for unknown", "reason": "why it went back"},
)
NEXT_DUE_SET = declare(
    "customers.next_due_set",
    _("Next maintenance set"),
    data={"on": "ISO date or nothing", "km": "kilometres, -1 for none"},
)
