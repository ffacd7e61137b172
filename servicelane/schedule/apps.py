from django.apps import AppConfig


class ScheduleConfig(AppConfig):
    name = "servicelane.schedule"
    label = "schedule"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # What the app declares announces itself on import.
        from . import events, promising, rights, rules, steps  # noqa: F401
