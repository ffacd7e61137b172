"""What each right is called, for the table of roles.

An app above this one says the words of its own rights by calling `say` where it defines them.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicelane.org.permissions import Perm as OrgPerm

from .permissions import Perm
from .roles import Role, full_sign_in, table

_words: dict[str, Promise] = {}


def say(right: str, words: Promise) -> None:
    """Give a right its words: a verb and its object."""
    _words[str(right)] = words


say(Perm.SEE_TODAY, _("see Today"))
say(Perm.USE_TERMINAL, _("switch by PIN on a terminal"))
say(Perm.SEE_PEOPLE, _("see people and shifts"))
say(Perm.MANAGE_PEOPLE, _("manage staff files and sign-ins"))
say(Perm.GRANT_ROLES, _("grant and withdraw roles"))
say(Perm.PLAN_SHIFTS, _("plan shifts"))
say(Perm.REGISTER_TERMINALS, _("register terminals"))
say(OrgPerm.SEE_SETTINGS, _("see the settings"))
say(OrgPerm.MANAGE_STORES, _("open and change stores"))
say(OrgPerm.MANAGE_BAYS, _("manage bays"))
say(OrgPerm.MANAGE_CALENDAR, _("set opening hours and the calendar"))
say(OrgPerm.SET_RULES, _("set store rules"))


@dataclass(frozen=True, slots=True)
class Right:
    """One column of the table: a right, its words, whether a sign-in by PIN lacks it."""

    code: str
    words: str
    needs_password: bool


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role: which of the rights, in the order of the columns, it has."""

    role: Role
    held: list[tuple[Right, bool]]

    @property
    def words(self) -> list[str]:
        """The rights it has, in words."""
        return [right.words for right, has in self.held if has]


def role_table() -> tuple[list[Right], list[RoleRow]]:
    """Return the columns and rows of the table of roles; no query."""
    codes = sorted(frozenset().union(*table().values()))
    known = [code for code in _words if code in codes]
    order = known + [code for code in codes if code not in _words]
    rights = [Right(code, str(_words.get(code, code)), code in full_sign_in()) for code in order]
    rows = [
        RoleRow(role, [(right, right.code in table().get(role, frozenset())) for right in rights])
        for role in Role
    ]
    return rights, rows
