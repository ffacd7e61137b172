"""How the facts of the workshop read on an order's timeline."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from servicelane.orders.timeline import worded

from .models import FINISH, Fault, Outlook, PauseReason, Pressed, TellWay, Verdict, WashSkip


def length(seconds: int) -> str:
    """Write a length of work as h:mm, for example 0:47."""
    minutes = seconds // 60
    return f"{minutes // 60}:{minutes % 60:02}"


@worded("workshop.paused")
def _paused(data: dict[str, Any]) -> str:
    worked = length(data["seconds"])
    if data["reason"] == FINISH:
        return worked
    return f"{PauseReason(data['reason']).label} {worked}"


@worded("workshop.finished")
def _finished(data: dict[str, Any]) -> str:
    return length(data["seconds"]) if data["seconds"] else ""


@worded("workshop.undone")
def _undone(data: dict[str, Any]) -> str:
    return str(Pressed(data["what"]).label)


@worded("workshop.sheet_filled")
def _filled(data: dict[str, Any]) -> str:
    verdicts = [entry.rsplit(":", 1)[1] for entry in data["entries"]]
    said = [f"{Verdict(one).label} {verdicts.count(one)}" for one in Verdict.values if one in verdicts]
    return _(", ").join(said)


@worded("workshop.inspected")
def _inspected(data: dict[str, Any]) -> str:
    if data["passed"]:
        return _("passed")
    faults = [str(Fault(code).label) for code in data["faults"] if code in Fault.values]
    return _(", ").join([_("sent back"), *faults])


@worded("workshop.washed")
def _washed(data: dict[str, Any]) -> str:
    return length(data["seconds"]) if data["seconds"] else ""


@worded("workshop.wash_skipped")
def _skipped(data: dict[str, Any]) -> str:
    return str(WashSkip(data["reason"]).label)


def _hour(text: str) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(text)), "H:i")


@worded("workshop.progress_answered")
def _answered(data: dict[str, Any]) -> str:
    label = str(Outlook(data["outlook"]).label)
    return f"{label} {_hour(data['until'])}" if data["until"] else label


@worded("workshop.delay_told")
def _told(data: dict[str, Any]) -> str:
    return f"{TellWay(data['way']).label} {_hour(data['new_promised_at'])}"
