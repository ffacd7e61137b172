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
from .sheets import CheckAnswer, CheckItem, Checklist, SheetEntry, Use, Verdict, plain

__all__ = [
    "FINISH",
    "UNDO_FOR",
    "WAITS",
    "CheckAnswer",
    "CheckItem",
    "Checklist",
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
    "SheetEntry",
    "TellWay",
    "Use",
    "Verdict",
    "Wash",
    "WashSkip",
    "plain",
]
