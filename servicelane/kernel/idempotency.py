"""One request, one effect: a repeated key gets the first answer instead of a second effect."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from .clock import now
from .errors import KeyReused, MissingKey
from .events import Actor
from .models import Answer
from .transactions import unit

KEPT = timedelta(hours=48)
FIELD = "once"
HEADER = "Idempotency-Key"
_KEPT_HEADERS = ("Location", "Content-Type", "HX-Redirect", "HX-Location", "HX-Retarget", "HX-Trigger")
# Two statements of plain SQL: every write of the site runs them, and a twin waits in the first.
_CLAIM = """
INSERT INTO kernel_answer (actor_kind, actor_id, place, key, request, created_at, status, headers, body)
VALUES (%s, %s, %s, %s, %s, %s, 0, '{}', '')
ON CONFLICT (actor_kind, actor_id, place, key) DO NOTHING
RETURNING id
"""
_KEEP = "UPDATE kernel_answer SET status = %s, headers = %s, body = %s WHERE id = %s"
_NOT_CONTENT = {"csrfmiddlewaretoken", FIELD}


def run_once(
    request: HttpRequest,
    actor: Actor,
    call: Callable[[], HttpResponseBase],
    *,
    need_key: bool = False,
) -> HttpResponseBase:
    """Run `call` as one transaction, once for each key that `actor` sends to this method and path.

    The key's row is inserted first and in the transaction of the effect: a twin waits for it and
    gets the kept answer. An answer of 400 or more undoes everything, the key included, so the same
    key may be tried again once the cause is mended. Busy databases are retried (see `unit`).

    Raises KeyReused for the same key with another request, and MissingKey if `need_key`.
    """
    key = request.headers.get(HEADER) or request.POST.get(FIELD, "")
    if not key:
        if need_key:
            raise MissingKey
        return unit(lambda: _undone_if_refused(call()))
    return unit(lambda: _once(request, actor, key, call))


def _once(
    request: HttpRequest, actor: Actor, key: str, call: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    asked = fingerprint(request)
    once: tuple[Any, ...] = (
        str(actor.kind),
        actor.id or 0,
        _digest(f"{request.method} {request.path}"),
        _digest(key),
    )
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [*once, asked, connection.ops.adapt_datetimefield_value(now())])
        claimed = cursor.fetchone()
    if claimed is None:
        answer = Answer.objects.get(actor_kind=once[0], actor_id=once[1], place=once[2], key=once[3])
        if answer.request != asked:
            raise KeyReused(key=key[:40])
        return _kept(answer)
    response = _undone_if_refused(call())
    if response.status_code < 400:
        headers = {name: response[name] for name in _KEPT_HEADERS if name in response}
        body = response.content.decode() if isinstance(response, HttpResponse) else ""
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [response.status_code, json.dumps(headers), body, claimed[0]])
    return response


def _undone_if_refused(response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code >= 400:
        transaction.set_rollback(True)
    return response


def _kept(answer: Answer) -> HttpResponse:
    response = HttpResponse(answer.body, status=answer.status)
    for name, value in answer.headers.items():
        response[name] = value
    response["Idempotent-Replay"] = "true"
    return response


def fingerprint(request: HttpRequest) -> str:
    """Return SHA-256 of what was sent, whatever the order of fields and without tokens that change."""
    if request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
        fields = sorted(
            (name, request.POST.getlist(name)) for name in request.POST if name not in _NOT_CONTENT
        )
        files = sorted(
            (name, file.name, file.size) for name in request.FILES for file in request.FILES.getlist(name)
        )
        return _digest(repr((fields, files)))
    return sha256(request.body).hexdigest()


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def forget_old_answers(at: datetime) -> int:
    """Delete kept answers older than 48 hours at `at`; returns how many."""
    return Answer.objects.filter(created_at__lt=at - KEPT).delete()[0]
