"""Reading what is to be planned: flexible job shops as the field writes them, days as `planner-day/1`."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from .days import Bay, Car, Day, Operation, Technician
from .jobshops import JobShop, Option

T = TypeVar("T")

FORMAT = "planner-day/1"
MOST = 10**7
"""Minutes, weights and counts beyond this are a slip."""
LONGEST_TEXT = 200


class Malformed(ValueError):
    """A file is not what it should be; the message says in which line or at which place, and why."""


def read_job_shop(text: str) -> JobShop:
    """Read `jobs machines [flexibility]`, then a line for each job: operations, and for each its options.

    An option is a machine, counted from 1, and a duration of at least 1. Raises Malformed with the line.
    """
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.split()]
    if not lines:
        raise Malformed("line 1: the file is empty")
    number, head = lines[0]
    if len(head) not in (2, 3):
        raise Malformed(f"line {number}: expected jobs, machines and perhaps the mean number of options")
    jobs, machines = (_whole(number, word, 1) for word in head[:2])
    if len(head) == 3:
        _number(number, head[2])
    if len(lines) - 1 != jobs:
        last = lines[-1][0]
        raise Malformed(f"line {last}: {jobs} jobs were announced, {len(lines) - 1} follow")
    return JobShop(machines, tuple(_job(number, words, machines) for number, words in lines[1:]))


def _job(line: int, words: list[str], machines: int) -> tuple[tuple[Option, ...], ...]:
    at = 0

    def following(what: str, least: int, most: int = MOST) -> int:
        nonlocal at
        if at >= len(words):
            raise Malformed(f"line {line}: it ends where {what} should follow")
        at += 1
        return _whole(line, words[at - 1], least, most)

    operations = []
    for _ in range(following("the number of operations", 1)):
        options: dict[int, int] = {}
        for _ in range(following("the number of machines for an operation", 1, machines)):
            machine = following("a machine", 1, machines)
            if machine in options:
                raise Malformed(f"line {line}: machine {machine} is named twice for one operation")
            options[machine] = following("a duration", 1)
        operations.append(tuple(options.items()))
    if at < len(words):
        raise Malformed(f"line {line}: nothing should follow the last operation, there is {words[at][:20]!r}")
    return tuple(operations)


def _whole(line: int, word: str, least: int, most: int = MOST) -> int:
    # str.isdigit takes digits of all scripts, int() also signs and underscores.
    if not (word.isascii() and word.removeprefix("-").isdigit()):
        raise Malformed(f"line {line}: {word[:20]!r} is no whole number")
    if len(word) > 12 or not least <= int(word) <= most:
        raise Malformed(f"line {line}: {word[:20]} is not between {least} and {most}")
    return int(word)


def _number(line: int, word: str) -> None:
    if not word.isascii() or not word.replace(".", "", 1).isdigit():
        raise Malformed(f"line {line}: {word[:20]!r} is no number")


def read_day(text: str) -> Day:
    """Read a day as `planner-day/1`. Raises Malformed with the place, such as `cars[3].ops[0].skill`."""
    try:
        whole = json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise Malformed(f"line {error.lineno}: {error.msg}") from error
    except RecursionError as error:
        raise Malformed("line 1: nested too deep") from error
    found = _Place(whole, "the file")
    if found.text("format") != FORMAT:
        raise Malformed(f"format: expected {FORMAT!r}")
    return Day(
        technicians=found.rows("technicians", _technician),
        bays=found.rows("bays", lambda row: Bay(row.text("id"), row.text("kind"))),
        cars=found.rows("cars", _car),
    )


def _no_constant(word: str) -> float:
    raise Malformed(f"{word} is no number here")


def _technician(row: "_Place") -> Technician:
    skills = row.value("skills", dict)
    for name, level in skills.items():
        if type(level) is not int or not 0 <= level <= 99:
            raise Malformed(f"{row.name}.skills.{name}: a level is a whole number, not {level!r}")
    return Technician(row.text("id"), skills, tuple(row.windows("windows")))


def _car(row: "_Place") -> Car:
    return Car(
        id=row.text("id"),
        priority=row.text("class"),
        weight=row.whole("weight", 0),
        arrival=row.whole("arrival"),
        promised=row.whole("promised"),
        bay_kind=row.text("bay_kind"),
        operations=row.rows("ops", _operation),
    )


def _operation(row: "_Place") -> Operation:
    return Operation(
        id=row.text("id"),
        skill=row.text("skill"),
        level=row.whole("level", 0),
        minutes=row.whole("minutes"),
        ready=row.whole("ready"),
    )


class _Place:
    """One object of the file with the words for where it stands."""

    def __init__(self, value: Any, name: str) -> None:
        if not isinstance(value, dict):
            raise Malformed(f"{name}: expected an object")
        self._value, self.name = value, name

    def value(self, key: str, kind: type) -> Any:
        if key not in self._value:
            raise Malformed(f"{self.name}: {key!r} is missing")
        if type(self._value[key]) is not kind:
            names = {int: "a whole number", str: "text", list: "a list", dict: "an object"}
            raise Malformed(f"{self._at(key)}: expected {names[kind]}")
        return self._value[key]

    def text(self, key: str) -> str:
        said = str(self.value(key, str))
        if not said.isprintable() or len(said) > LONGEST_TEXT:
            raise Malformed(f"{self._at(key)}: expected at most {LONGEST_TEXT} signs that can be printed")
        return said

    def whole(self, key: str, least: int = -MOST) -> int:
        number = int(self.value(key, int))
        if not least <= number <= MOST:
            raise Malformed(f"{self._at(key)}: {str(number)[:20]} is not between {least} and {MOST}")
        return number

    def rows(self, key: str, read: Callable[["_Place"], T]) -> tuple[T, ...]:
        rows = self.value(key, list)
        return tuple(read(_Place(row, f"{self._at(key)}[{at}]")) for at, row in enumerate(rows))

    def windows(self, key: str) -> list[tuple[int, int]]:
        found = []
        for at, window in enumerate(self.value(key, list)):
            if not (isinstance(window, list) and [type(one) for one in window] == [int, int]):
                raise Malformed(f"{self._at(key)}[{at}]: a window is two whole numbers")
            if max(map(abs, window)) > MOST:
                raise Malformed(f"{self._at(key)}[{at}]: beyond {MOST}")
            found.append((window[0], window[1]))
        return found

    def _at(self, key: str) -> str:
        return key if self.name == "the file" else f"{self.name}.{key}"
