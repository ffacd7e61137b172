from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "servicelane.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from . import events, rules  # noqa: F401 - kinds of facts and rules announce themselves on import
        from .own_sessions import note_sign_in

        user_logged_in.connect(
            lambda request, **_: note_sign_in(request), dispatch_uid="people.note_sign_in", weak=False
        )
