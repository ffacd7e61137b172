import signal
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from servicelane.demo.filling import fill


class Command(BaseCommand):
    """Let the demo dealership live from where it stopped until now."""

    help = "Let the demo dealership live from where it stopped until now."

    def handle(self, *args: Any, **options: Any) -> None:
        self.running = True
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        tally = fill(lambda _share: self.running)
        self.stdout.write(f"{tally.cars} cars came, {len(tally.refused)} steps were refused")
        for refused in tally.refused:
            self.stdout.write(refused)

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self.running = False
