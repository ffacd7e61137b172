"""Answers without the words of their pages, for tests that ask for the status and for the rows only."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch


@contextmanager
def undrawn() -> Iterator[None]:
    """Draw no page inside: where only the status counts, drawing is most of the time.

    That every page can be drawn for those who may open it is asked by other tests.
    """
    with patch("django.template.backends.django.Template.render", lambda *_arguments, **_named: ""):
        yield
