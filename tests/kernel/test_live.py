"""A live fragment is silent while nothing changed: 204 and not 304, which htmx would swap in."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from servicelane.kernel import live


@pytest.mark.parametrize(("asked", "status"), [("?v=3", 204), ("?v=2", 200), ("", 200), ("?v=", 200)])
def test_a_poll_is_answered_in_full_only_after_a_change(monkeypatch, asked, status):
    monkeypatch.setattr(live, "render", lambda request, template, context: HttpResponse(repr(context)))

    answer = live.live(RequestFactory().get(f"/news{asked}"), "news.html", "3", {"what": "new"})

    assert answer.status_code == status
    assert answer.content.decode() == ("" if status == 204 else "{'what': 'new', 'version': '3'}")
