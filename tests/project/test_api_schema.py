"""The API does what its description says, whatever is sent (schemathesis, in-process, with a fixed seed)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from ninja import Schema
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from servicelane.project.api import api
from servicelane.project.wsgi import application
from tests.access.operations import operations
from tests.access.stores import Stores

EXAMPLES = 20 if os.environ.get("TEST_LONG") else 2
QUIET = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """The server closes its connections around each request; the test's own transaction needs this one."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
    unsupported_method,
]


def _undone(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The product as the server runs it, each request undone again."""
    with transaction.atomic():
        answer = b"".join(application(environ, start_response))
        transaction.set_rollback(True)
    return [answer]


@pytest.mark.usefixtures("kept_connection")
def test_whatever_is_sent_is_answered_as_described(stores: Stores) -> None:
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", _undone)
    asked = [
        _ask(result.ok(), mode, stores)
        for result in described.get_all_operations()
        for mode in GenerationMode
    ]

    assert len(asked) == 2 * len(operations())
    assert sum(asked) > len(operations()) * EXAMPLES


def _ask(operation: Any, mode: GenerationMode, stores: Stores) -> int:
    """Send what the description allows, or does not; returns how many requests that were."""
    known = {"store": stores.own.store.pk} if mode is GenerationMode.POSITIVE else {}
    token = {"Authorization": f"Bearer {stores.own.api_token}"}
    asked = 0

    @QUIET
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        nonlocal asked
        asked += 1
        case.path_parameters.update({name: pk for name, pk in known.items() if name in case.path_parameters})
        # The checks read an answer as it comes, so it has to come as text.
        case.call_and_validate(headers={**token, "Accept-Encoding": "identity"}, checks=CHECKS)

    check()
    return asked


def test_every_operation_says_how_it_refuses() -> None:
    described = api.get_openapi_schema()
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            assert {"4XX", "5XX"} <= set(operation["responses"]), f"{method} {path}"
            assert operation["description"], f"{method} {path} says nothing"
    assert "Problem" in described["components"]["schemas"]


def test_no_two_shapes_share_a_name() -> None:
    """The description knows shapes by name alone: of two with one name, one would be described wrongly."""
    ours = (shape for shape in _shapes(Schema) if shape.__module__.startswith("servicelane."))
    names = Counter(shape.__name__ for shape in ours)

    assert [name for name, count in names.items() if count > 1] == []
    assert len(names) > 8


def _shapes(of: type[Schema]) -> Iterator[type[Schema]]:
    for shape in of.__subclasses__():
        yield shape
        yield from _shapes(shape)
