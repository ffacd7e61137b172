from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "servicelane.care"
    label = "care"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Kinds of facts, rules, words of rights, reactions and panels announce themselves on import.
        from . import events, hints, panels, reactions, rights, rules  # noqa: F401
