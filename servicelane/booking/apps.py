from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "servicelane.booking"
    label = "booking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Kinds of facts and words of rights announce themselves on import.
        from . import events, rights  # noqa: F401
