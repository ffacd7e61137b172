"""Store rules: what they are called, which values they take, what holds until a store says otherwise.

A rule is defined in `rules.py` of the app that obeys it; the values are rows with history
(`StoreRule`), read by `queries.rule` and written by `services.set_rule`.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _

V = TypeVar("V", int, bool, str)


@dataclass(frozen=True, slots=True)
class Rule(ABC, Generic[V]):
    """One rule: stable `code`, `default`, and the words for people."""

    kind: ClassVar[str]

    code: str
    default: V
    label: Promise

    @abstractmethod
    def read(self, text: str) -> V:
        """Turn a stored or typed text into a value; raises ValueError for what is not allowed."""

    def write(self, value: V) -> str:
        """Turn a value into the one text that is stored for it."""
        return str(value)

    @property
    @abstractmethod
    def allowed(self) -> str:
        """Say in the reader's language which values are allowed."""


@dataclass(frozen=True, slots=True)
class NumberRule(Rule[int]):
    """A whole number from `least` to `most`, counted in `unit`."""

    kind: ClassVar[str] = "int"

    unit: Promise
    least: int
    most: int

    def read(self, text: str) -> int:
        value = int(text)
        if not self.least <= value <= self.most:
            raise ValueError(text)
        return value

    @property
    def allowed(self) -> str:
        return _("a whole number from {least} to {most} ({unit})").format(
            least=self.least, most=self.most, unit=self.unit
        )


@dataclass(frozen=True, slots=True)
class SwitchRule(Rule[bool]):
    """Yes or no."""

    kind: ClassVar[str] = "bool"

    def read(self, text: str) -> bool:
        if text not in ("yes", "no"):
            raise ValueError(text)
        return text == "yes"

    def write(self, value: bool) -> str:
        return "yes" if value else "no"

    @property
    def allowed(self) -> str:
        return _("yes or no")


@dataclass(frozen=True, slots=True)
class ChoiceRule(Rule[str]):
    """One of `choices`: code to label."""

    kind: ClassVar[str] = "choice"

    choices: dict[str, Promise]

    def read(self, text: str) -> str:
        if text not in self.choices:
            raise ValueError(text)
        return text

    @property
    def allowed(self) -> str:
        return ", ".join(str(label) for label in self.choices.values())


AnyRule = NumberRule | SwitchRule | ChoiceRule
R = TypeVar("R", NumberRule, SwitchRule, ChoiceRule)

_rules: dict[str, AnyRule] = {}


def define(rule: R) -> R:
    """Announce a rule once; its app's `rules.py` is imported by AppConfig.ready."""
    if rule.code in _rules:
        raise ValueError(f"the rule {rule.code!r} is defined twice")
    _rules[rule.code] = rule
    return rule


def defined() -> dict[str, AnyRule]:
    """Return all rules by code, in the order of their codes."""
    return dict(sorted(_rules.items()))
