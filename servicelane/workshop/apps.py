from django.apps import AppConfig


class WorkshopConfig(AppConfig):
    name = "servicelane.workshop"
    label = "workshop"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What the app declares announces itself on import.
        from . import (  # noqa: F401
            checks,
            delay_step,
            events,
            floor_day,
            gates,
            jobs,
            panels,
            printed,
            rights,
            rules,
            steps,
            timeline,
        )
