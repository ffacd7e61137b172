from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "servicelane.org"
    label = "org"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import events  # noqa: F401 - the app's kinds of facts announce themselves on import
