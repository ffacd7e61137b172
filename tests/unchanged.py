"""The proof every refusal owes: it was raised, and nothing was changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps

from servicelane.kernel.errors import DomainError

APPS = (
    "kernel", "org", "people", "parts", "customers", "orders", "schedule", "booking", "reception", "workshop",
    "billing", "care",
)  # fmt: skip


def rows() -> dict[str, list[Any]]:
    """Everything the apps' tables hold, history and facts included."""
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list()))
        for name in APPS
        for model in apps.get_app_config(name).get_models()
    }


@contextmanager
def refused(error: type[DomainError], **facts: object) -> Iterator[None]:
    """Expect `error` with these facts among its own, and no row changed, in words a reader can read."""
    before = rows()
    with pytest.raises(error) as caught:
        yield
    assert rows() == before
    assert {name: caught.value.facts[name] for name in facts} == facts
    assert "{" not in str(caught.value) + caught.value.advice
