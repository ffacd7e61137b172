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
from .plans import IN_THE_MAKING, LineState, PlanEffort, PlanLine, PlanState, ShopPlan
from .presses import UNDO_FOR, Press, Pressed
from .progress import DelayNotice, Outlook, ProgressCheck, TellWay
from .sheets import CheckAnswer, CheckItem, Checklist, SheetEntry, Use, Verdict, plain

__all__ = [
    "FINISH",
    "IN_THE_MAKING",
    "UNDO_FOR",
    "WAITS",
    "CheckAnswer",
    "CheckItem",
    "Checklist",
    "Clocking",
    "DelayNotice",
    "Fault",
    "FloorRequest",
    "LineState",
    "Outlook",
    "PauseReason",
    "PlanEffort",
    "PlanLine",
    "PlanState",
    "Press",
    "Pressed",
    "ProgressCheck",
    "QualityCheck",
    "RequestKind",
    "SheetEntry",
    "ShopPlan",
    "TellWay",
    "Use",
    "Verdict",
    "Wash",
    "WashSkip",
    "plain",
]
