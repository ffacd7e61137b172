from django.apps import AppConfig


class GoodsConfig(AppConfig):
    """Tables that only the kernel's tests have: rows with every exact number, and a subject of facts."""

    name = "tests.kernel.goods"
    label = "goods"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import reactions  # noqa: F401
