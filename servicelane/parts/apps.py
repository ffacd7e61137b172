from django.apps import AppConfig


class PartsConfig(AppConfig):
    name = "servicelane.parts"
    label = "parts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import checks, events, rights  # noqa: F401 - facts, rights and checks announce themselves
