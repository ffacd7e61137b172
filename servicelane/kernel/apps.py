from django.apps import AppConfig
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    name = "servicelane.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import jobs  # noqa: F401 - the kernel's own periodic work announces itself on import
        from .triggers import install_after_migrate

        # A table remake on SQLite drops triggers without a word, so every migrate puts them back.
        post_migrate.connect(install_after_migrate, sender=self, dispatch_uid="kernel.triggers")
