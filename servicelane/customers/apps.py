from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "servicelane.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import events, rights  # noqa: F401 - kinds of facts and rights announce themselves on import
