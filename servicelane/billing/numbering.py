"""Gap-free numbers of invoices and exit passes: per store and day, taken as late as possible."""

from datetime import datetime

from servicelane.kernel.numbering import take_number
from servicelane.org.models import Store
from servicelane.org.queries import zone_of


def next_invoice_number(store: Store, at: datetime) -> str:
    """Return the next invoice number, credit notes included: IN-20261122-0007. One statement."""
    return _next("IN", "billing.invoice", store, at)


def next_pass_number(store: Store, at: datetime) -> str:
    """Return the next exit pass number: EP-20261122-0007. One statement."""
    return _next("EP", "billing.exit_pass", store, at)


def _next(short: str, scope: str, store: Store, at: datetime) -> str:
    day = at.astimezone(zone_of(store.pk)).date()
    return f"{short}-{day:%Y%m%d}-{take_number(f'{scope}.{store.pk}', day):04}"
