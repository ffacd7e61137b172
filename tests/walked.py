"""A whole visit through the site in this process, as the benchmarks walk it: from arrival to hand-over."""

from collections.abc import Mapping
from typing import Any

from django.test import Client as Browser

from servicelane.orders.models import RepairOrder
from servicelane.project.bench.client import Client
from servicelane.project.bench.loop import sign_in
from servicelane.project.bench.stage import make_stage
from servicelane.project.bench.visit import Car, Crew, walk


class WithoutServer(Client):
    """Sends what the benchmark sends to the site in this process."""

    def send(
        self, method: str, path: str, body: str = "", headers: Mapping[str, str] | None = None
    ) -> tuple[int, list[str], str]:
        told = dict(headers or {})
        answer = Browser().generic(method, path, body, told.pop("Content-Type", ""), headers=told)
        return answer.status_code, [cookie.OutputString() for cookie in answer.cookies.values()], answer.text


def ready_to_walk() -> tuple[WithoutServer, Crew, Car]:
    """Everybody signed in, and a known car; the shop is there."""
    stage, client = make_stage(1, 1), WithoutServer(0)
    return client, sign_in(client, stage)[0], Car(*stage["cars"][0])


def walked() -> RepairOrder:
    """The order of a visit that was walked to its end."""
    order: Any = walk(*ready_to_walk())
    return RepairOrder.objects.with_car().get(pk=order)
