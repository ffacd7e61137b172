"""`servicelane bench plan`: how good the planner's plans are, and after which time, on published instances.

Each file is planned by a program of its own, so that its memory is its own. What is measured is kept line by
line: a run that was stopped goes on where it stood.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from statistics import mean
from tempfile import TemporaryFile
from time import monotonic
from typing import Annotated, Any

import typer

from ..refusals import NotDone

FOLDER = "01-dispatch-scheduling"
PROGRAM = "from servicelane.project.cli import main; main()"
MB = 1024
"""KiB, in which the system tells how large a program was."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One file planned once. `value` is its makespan or weighted lateness, `peer` the best known makespan or
    what first come, first served leads to; `first` is the plan before the search began, with its seconds.
    """

    file: str
    seconds: float
    seed: int
    value: int
    peer: int
    first: int
    first_seconds: float
    took: float
    megabytes: int

    @property
    def share(self) -> float:
        """A job shop's gap to the best known, a day's lateness as a share of first come; in percent."""
        if self.file.endswith(".fjs"):
            return 100 * (self.value - self.peer) / self.peer
        return 100 * self.value / self.peer if self.peer else 0.0


def plan(
    reference: Annotated[
        Path, typer.Option(envvar="SERVICELANE_REFERENCE", help="folder of the published instances")
    ],
    sample: Annotated[int, typer.Option(min=0, help="how many of the files, drawn by --seed; 0: all")] = 0,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="of the draw and of the searches")] = 0,
    seconds: Annotated[float, typer.Option(min=0, max=3600, help="time for one file")] = 20,
    place: Annotated[
        Path, typer.Option(help="file that keeps what is measured, to go on after a stop")
    ] = Path("build/bench-plan.jsonl"),
) -> None:
    """The planner on published job shops and workshop days: gap to the best known, lateness, memory."""
    folder = reference / FOLDER
    files = _files(folder)
    if sample:
        files = sorted(Random(seed).sample(files, min(sample, len(files))))  # noqa: S311 - a draw, no secret
    known = {(one.file, one.seconds, one.seed): one for one in _kept(place)}
    found = []
    for number, (name, file, best) in enumerate(files, 1):
        measured = known.get((name, seconds, seed))
        if measured is None:
            measured = _measure(name, file, best, seconds, seed)
            _keep(place, measured)
        found.append(measured)
        typer.echo(f"{number:3}/{len(files)}  {_line(measured)}")
    _sum_up(found)


def _files(folder: Path) -> list[tuple[str, Path, int]]:
    """Name, path and best known value of each file; 0 where that is first come, which is worked out."""
    try:
        expected = json.loads((folder / "expected.json").read_text())["instances"]
    except (OSError, ValueError, KeyError) as error:
        raise NotDone(
            f"The planner was not measured: {folder} is not the folder of the published instances "
            "(--reference, SERVICELANE_REFERENCE)."
        ) from error
    shops = [(Path(row["file"]).name, folder / row["file"], row["upper_bound"]) for row in expected.values()]
    days = [(path.name, path, 0) for path in folder.glob("day*.json")]
    return sorted(shops) + sorted(days)


def _kept(place: Path) -> Iterator[Measured]:
    if place.exists():
        for line in place.read_text().splitlines():
            # The last line of a run that was killed may be half of one.
            try:
                yield Measured(**json.loads(line))
            except (ValueError, TypeError):
                continue


def _keep(place: Path, measured: Measured) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    is_torn = place.exists() and not place.read_text().endswith("\n")
    with place.open("a") as kept:
        kept.write(("\n" if is_torn else "") + json.dumps(asdict(measured)) + "\n")


def _measure(name: str, file: Path, best: int, seconds: float, seed: int) -> Measured:
    first, first_seconds, peer = _first(file)
    command = [
        sys.executable, "-c", PROGRAM, "plan", str(file), "--json",
        "--seconds", str(seconds), "--seed", str(seed),
    ]  # fmt: skip
    began = monotonic()
    with TemporaryFile("w+") as said:
        child = subprocess.Popen(command, stdout=said)
        _, code, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(code)
        took = monotonic() - began
        said.seek(0)
        answer: dict[str, Any] = json.loads(said.read() or "{}")
    if child.returncode:
        raise NotDone(f"The planner was not measured: {name} was not planned.")
    value = answer["weighted_lateness"] if "weighted_lateness" in answer else answer["makespan"]
    return Measured(
        file=name, seconds=seconds, seed=seed, value=value, peer=best or peer, first=first,
        first_seconds=round(first_seconds, 3), took=round(took, 1), megabytes=used.ru_maxrss // MB,
    )  # fmt: skip


def _first(file: Path) -> tuple[int, float, int]:
    """Value of the plan before any search, the seconds it took, and of a day what first come leads to."""
    from servicelane.schedule.planner import jobshops
    from servicelane.schedule.planner.files import read_day, read_job_shop
    from servicelane.schedule.planner.placing import first_come, first_plan

    text = file.read_text()
    began = monotonic()
    if file.suffix == ".fjs":
        value = max(step.end for step in jobshops.first_plan(read_job_shop(text)))
        return value, monotonic() - began, 0
    day = read_day(text)
    value = first_plan(day).plan().lateness
    took = monotonic() - began
    return value, took, first_come(day).lateness


def _line(one: Measured) -> str:
    what = "gap to best known" if one.file.endswith(".fjs") else "of first come"
    return (
        f"{one.file:18} {one.value:7}  {one.peer:7}  {one.share:6.2f} % {what:17}  first {one.first} after "
        f"{one.first_seconds:.2f} s, all {one.took:.1f} s, {one.megabytes} MB"
    )


def _sum_up(found: list[Measured]) -> None:
    shops = [one for one in found if one.file.endswith(".fjs")]
    if shops:
        worst = max(shops, key=lambda one: one.share)
        greedy = [100 * (one.first - one.peer) / one.peer for one in shops]
        typer.echo(
            f"{len(shops)} job shops: gap to the best known {mean(one.share for one in shops):.2f} % in the "
            f"mean, {worst.share:.2f} % at worst ({worst.file}); before the search {mean(greedy):.2f} % in "
            f"the mean, {max(greedy):.2f} % at worst"
        )
    for one in found:
        if one not in shops:
            typer.echo(
                f"{one.file}: lateness {one.value}, {one.share:.1f} % of first come ({one.peer}); "
                f"the first plan {one.first}, after {one.first_seconds:.2f} s"
            )
