"""`servicelane plan FILE`: a workshop's day or a flexible job shop, planned within seconds (WSH-3)."""

import json
from pathlib import Path
from time import monotonic
from typing import Annotated, Any

import typer

from .refusals import NotDone

WRONG_FILE = 2
"""The exit code for a file that is not what it should be."""
LONGEST = 64 * 1024 * 1024
"""Bytes; a year of a large workshop has less."""


def plan(
    file: Annotated[Path, typer.Argument(help="FILE.fjs, a flexible job shop, or DAY.json, a planner-day/1")],
    seconds: Annotated[
        float, typer.Option(min=0, max=86400, help="time for all of it; the best plan by then is printed")
    ] = 20,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="the same seed searches alike")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Plan the jobs of FILE and print who does what, where and when.

    A file that is not in its format is refused with line and reason, and exit code 2.
    """
    began = monotonic()
    text = _text(file)
    try:
        planned = _day if _is_json(file, text) else _shop
        found = planned(text, seconds, seed, began)
    except ValueError as error:
        typer.echo(f"{file} was not planned: {error}", err=True)
        raise typer.Exit(WRONG_FILE) from error
    except KeyboardInterrupt:
        raise NotDone(f"{file} was not planned: the search was stopped.") from None
    found["seconds"] = round(monotonic() - began, 3)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        _print(found)


def _text(file: Path) -> str:
    try:
        if file.is_dir():
            raise NotDone(f"{file} was not planned: it is a directory, not a file.")
        if not file.is_file():
            raise NotDone(f"{file} was not planned: there is no such file.")
        with file.open("rb") as opened:
            read = opened.read(LONGEST + 1)
    except OSError as error:
        raise NotDone(f"{file} was not planned: it cannot be read ({error.strerror}).") from error
    if len(read) > LONGEST:
        raise NotDone(f"{file} was not planned: it is larger than {LONGEST // 2**20} MB.")
    try:
        return read.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = read[: error.start].count(b"\n") + 1
        typer.echo(f"{file} was not planned: line {line}: it is no UTF-8 text", err=True)
        raise typer.Exit(WRONG_FILE) from error


def _is_json(file: Path, text: str) -> bool:
    return file.suffix.lower() == ".json" or text.lstrip().startswith(("{", "["))


def _shop(text: str, seconds: float, seed: int, began: float) -> dict[str, Any]:
    from servicelane.schedule.planner.files import read_job_shop
    from servicelane.schedule.planner.jobshops import plan as plan_shop

    shop = read_job_shop(text)
    result = plan_shop(shop, seconds - (monotonic() - began), seed)
    schedule = [
        {"job": one.job, "op": one.op, "machine": one.machine, "start": one.start, "end": one.end}
        for one in result.steps
    ]
    return {
        "makespan": result.makespan, "lower_bound": result.lower_bound, "engine": result.engine,
        "schedule": schedule,
    }  # fmt: skip


def _day(text: str, seconds: float, seed: int, began: float) -> dict[str, Any]:
    from servicelane.schedule.planner.files import read_day
    from servicelane.schedule.planner.improving import improve
    from servicelane.schedule.planner.placing import first_plan
    from servicelane.schedule.planner.reasons import reasons_of, say

    day = read_day(text)
    day.check()
    board = first_plan(day)
    first = round(monotonic() - began, 3)
    effort = improve(board, seconds - (monotonic() - began), seed)
    plan = board.plan()
    if plan.left:
        raise ValueError(f"the windows of the technicians have no room for {', '.join(plan.left[:20])}")
    why = reasons_of(day, plan)
    assignments = [
        {
            "op": one.operation, "technician": one.technician, "bay": one.bay,
            "start": one.start, "end": one.end,
            "reasons": {
                language: [say(it.code, it.facts, language, _name, str) for it in why[one.operation]]
                for language in ("zh", "en")
            },
        }
        for one in plan.assignments
    ]  # fmt: skip
    return {
        "weighted_lateness": plan.lateness, "first_plan_seconds": first, "engine": effort.engine,
        "is_proven": effort.is_proven, "assignments": assignments,
    }  # fmt: skip


def _name(kind: str, name: str) -> str:
    return name


def _print(found: dict[str, Any]) -> None:
    rows = found.pop("schedule" if "schedule" in found else "assignments")
    if rows:
        typer.echo("\t".join(rows[0]))
    for row in rows:
        if "reasons" in row:
            row["reasons"] = " ".join(row["reasons"]["en"])
    for row in sorted(rows, key=lambda row: (row["start"], row["end"])):
        typer.echo("\t".join(map(str, row.values())))
    for name, value in found.items():
        typer.echo(f"{name}\t{value}")
