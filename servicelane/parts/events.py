"""What can happen to parts and their stock; codes, ids and whole numbers only.

Quantities are whole thousandths of the part's unit, money whole fen, unit costs whole 1/10 000 fen.
"""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.events import declare

MOVED = {
    "movement": "id of the ledger row",
    "quantity": "thousandths of the unit, negative for what leaves",
    "on_hand": "thousandths on hand afterwards",
    "unit_cost": "1/10 000 fen per unit, without VAT",
    "value": "fen, without VAT, negative for what leaves",
}
PURPOSE = {"for_type": "what kind of row it is for", "for_id": "id of that row, 0 for none"}

PART_ADDED = declare("parts.added", _("Part added"), data={"number": "part number", "price": "fen, with VAT"})
PART_CHANGED = declare("parts.changed", _("Part changed"), data={"changed": "names of changed fields"})
PLACED = declare(
    "parts.placed",
    _("Place in the stock room set"),
    data={"bin": "code of the bin", "min_quantity": "thousandths, absent for none"},
)
RECEIVED = declare("parts.received", _("Parts received"), data=MOVED)
RESERVED = declare(
    "parts.reserved",
    _("Parts reserved"),
    data={**PURPOSE, "quantity": "thousandths reserved", "missing": "thousandths that were not there"},
)
RELEASED = declare(
    "parts.released",
    _("Reservation released"),
    data={**PURPOSE, "quantity": "thousandths free again"},
)
ISSUED = declare("parts.issued", _("Parts issued"), data={**MOVED, **PURPOSE, "reason": "reason code"})
RETURNED = declare("parts.returned", _("Parts returned to stock"), data={**MOVED, **PURPOSE})
SCRAPPED = declare("parts.scrapped", _("Parts scrapped"), data={**MOVED, "reason": "reason code"})
ADJUSTED = declare("parts.adjusted", _("Stock corrected"), data={**MOVED, "reason": "reason code"})
