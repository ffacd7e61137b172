"""What happens to a car between agreement and settlement."""

from .floor import (
    FINISH,
    WAITS,
    Clocking,
    Fault,
    FloorRequest,
    PauseReason,
    QualityCheck,
    RequestKind,
    Wash,
    WashSkip,
)
from .presses import UNDO_FOR, Press, Pressed
from .progress import DelayNotice, Outlook, ProgressCheck, TellWay

__all__ = [
    "FINISH",
    "UNDO_FOR",
    "WAITS",
    "Clocking",
    "DelayNotice",
    "Fault",
    "FloorRequest",
    "Outlook",
    "PauseReason",
    "Press",
    "Pressed",
    "ProgressCheck",
    "QualityCheck",
    "RequestKind",
    "TellWay",
    "Wash",
    "WashSkip",
]
