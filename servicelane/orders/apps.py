from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "servicelane.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Kinds of facts, rules, words of rights and steps announce themselves on import.
        from . import (  # noqa: F401
            checks,
            events,
            file_hints,
            file_panels,
            links_panel,
            offers,
            photo_panel,
            printed,
            rights,
            rules,
        )
