from django.apps import AppConfig


class ChannelsConfig(AppConfig):
    name = "servicelane.channels"
    label = "channels"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import events, jobs  # noqa: F401 - facts and the periodic work announce themselves
