"""Pages: numbered ones of screens, which count no further than anybody turns, and cursors of the API."""

import base64
import binascii
from typing import Annotated, Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property
from ninja import Query, Schema
from pydantic import Field

from .errors import UnknownCursor

MOST = 500
COUNTED = 2000
"""Rows that a screen counts and turns through; of more one narrows the list."""


class Paging(Schema):
    """Where a page begins (`cursor` as the page before said it) and how many rows it has, 1 to 500."""

    cursor: str = Field("", max_length=100)
    limit: int = Field(100, ge=1, le=MOST)


PageQuery = Annotated[Paging, Query()]


def page_by_pk(rows: QuerySet[Any], asked: Paging) -> tuple[list[Any], str]:
    """Return one page of `rows` in the order of their primary keys, and the next cursor or "".

    One query. Raises UnknownCursor for a cursor that no page gave.
    """
    if asked.cursor:
        rows = rows.filter(pk__gt=_opened(asked.cursor))
    found = list(rows.order_by("pk")[: asked.limit + 1])
    shown = found[: asked.limit]
    return shown, _sealed(shown[-1].pk) if len(found) > asked.limit else ""


def _sealed(pk: int) -> str:
    return base64.urlsafe_b64encode(f"pk:{pk}".encode()).decode().rstrip("=")


def _opened(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        kind, pk = text.split(":")
        number = int(pk)
    except (binascii.Error, ValueError):
        raise UnknownCursor from None
    if kind != "pk" or not 0 <= number < 2**63:
        raise UnknownCursor
    return number


class Pages(Paginator[Any]):
    """The numbered pages of a screen: `count` ends at 2000 rows, and `is_cut` says that there are more.

    To count a million rows takes longer than to show fifty of them.
    """

    @cached_property
    def _seen(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: COUNTED + 1].count())

    @cached_property
    def count(self) -> int:
        """How many rows there are, 2000 at most. One query."""
        return min(self._seen, COUNTED)

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than are counted."""
        return self._seen > COUNTED
