from django.apps import AppConfig


class ReceptionConfig(AppConfig):
    name = "servicelane.reception"
    label = "reception"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Kinds of facts, words of rights, steps and panels of the order page announce themselves on import.
        from . import events, panels, printed, rights, rules, steps  # noqa: F401
