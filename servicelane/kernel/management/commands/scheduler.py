import logging
import signal
import time
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from servicelane.kernel.clock import now
from servicelane.kernel.schedule import enqueue_due
from servicelane.kernel.sealing import seal
from servicelane.kernel.tasks import free_lost

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Seal facts each second, enqueue jobs that are due, give back tasks of dead workers."""

    help = "Seal facts each second, enqueue jobs that are due, give back tasks of dead workers."

    def handle(self, *args: Any, **options: Any) -> None:
        self.running = True
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        turn = 0
        while self.running:
            try:
                while seal() and self.running:
                    pass
                if turn % 5 == 0:
                    enqueue_due()
                if turn % 20 == 0:
                    free_lost(now())
            except DatabaseError as error:
                logger.error("this second's turn was left out: %s", type(error).__name__)
                time.sleep(2)
            close_old_connections()
            turn += 1
            time.sleep(1)

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self.running = False
