from django.apps import AppConfig


class WorkshopConfig(AppConfig):
    name = "servicelane.workshop"
    label = "workshop"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What the app declares announces itself on import.
        from . import checks, events, gates, panels, printed, rights, rules, steps, timeline  # noqa: F401
