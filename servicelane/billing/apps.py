from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "servicelane.billing"
    label = "billing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Facts, rules, words of rights, gates, steps, panels and checks announce themselves on import.
        from . import (  # noqa: F401
            arrivals,
            booked_panels,
            checks,
            events,
            gates,
            hints,
            panels,
            printed,
            rights,
            rules,
            steps,
            wording,
        )
