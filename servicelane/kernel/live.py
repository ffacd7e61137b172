"""Live fragments: a page asks again each 1.5 s and gets 204 while nothing changed."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def live(request: HttpRequest, template: str, version: str, context: Mapping[str, Any]) -> HttpResponse:
    """Answer a poll: 204 when `?v=` is still the version, else the fragment as it is now.

    `version` is `count · sum(version) · minute` over the rows shown, from one indexed query. A
    bare 304 would be swapped in by htmx 2, hence 204.
    """
    if request.GET.get("v") == version:
        return HttpResponse(status=204)
    return render(request, template, {**context, "version": version})
