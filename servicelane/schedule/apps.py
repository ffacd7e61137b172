from django.apps import AppConfig


class ScheduleConfig(AppConfig):
    name = "servicelane.schedule"
    label = "schedule"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import events, rights, steps  # noqa: F401 - what the app declares announces itself on import
