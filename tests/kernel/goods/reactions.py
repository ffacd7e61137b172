import os
import signal
import time
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from servicelane.kernel.events import declare, on
from servicelane.kernel.models import Event

MADE = declare("goods.made", _("made"), data={"code": "any"})
TOLD = declare("goods.told", _("told"), data={"code": "any"})
HUNG = declare("goods.hung", _("hung"), data={"file": "a path: there once the reaction has run"})
KILLED = declare("goods.killed", _("killed"), data={"file": "a path: there once the reaction has run"})
FAULTY = declare("goods.faulty", _("faulty"))


def echo(event: Event) -> None:
    from .models import Echo

    Echo.objects.create(event_id=event.pk)


@on(TOLD)
def tell(event: Event) -> None:
    echo(event)


@on(HUNG)
def hang_the_first_time(event: Event) -> None:
    """Write the effect, then never come to the end of the transaction."""
    echo(event)
    file = Path(event.data["file"])
    if not file.exists():
        file.touch()
        time.sleep(120)


@on(KILLED)
def die_after_the_commit(event: Event) -> None:
    """Commit the effect, then die before the worker can write that the task is done."""
    echo(event)
    file = Path(event.data["file"])
    if not file.exists():
        file.touch()
        transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))


@on(FAULTY)
def fail(event: Event) -> None:
    echo(event)
    raise ZeroDivisionError
