"""What the pages benchmark opens beside lists: orders, papers and customers' pages that are there.

Run as a program with DATABASE_URL set: `shown` prints how they are reached, as JSON.
"""

import json
from typing import Any

NEWEST = 8


def shown() -> dict[str, Any]:
    """The demo's password; paths of the newest orders, of papers by kind, of a customer's page."""
    from django.urls import reverse

    from servicelane.billing.models import Invoice
    from servicelane.demo.cast import PASSWORD
    from servicelane.orders.link_services import make_progress_link, path_of
    from servicelane.orders.models import Estimate, RepairOrder, Status
    from servicelane.org.models import Store
    from servicelane.people.models import Employee

    store = Store.objects.order_by("pk")[0]
    orders = RepairOrder.objects.filter(store=store).order_by("-pk")
    running = orders.filter(status=Status.IN_WORK).first() or orders[0]
    chen = Employee.objects.get(user_name="chen")
    invoice = Invoice.objects.filter(order__store=store).order_by("-pk")[0]
    estimate = Estimate.objects.filter(order__store=store).order_by("-pk")[0]
    return {
        "password": PASSWORD,
        "orders": [reverse("orders:order", args=[pk]) for pk in orders.values_list("pk", flat=True)[:NEWEST]],
        "papers": {
            "repair order": reverse("orders:repair_order_pdf", args=[orders[0].pk]),
            "estimate": reverse("orders:estimate_pdf", args=[estimate.pk]),
            "settlement list": reverse("billing:settlement_pdf", args=[invoice.pk]),
        },
        "customer": path_of(make_progress_link(running, by=chen)),
    }


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(shown()))
