"""The site's own code on a disk of a few megabytes; run by test_full, prints what it saw as JSON.

Arguments: the small disk, and the database file to be copied onto it. It mounts the disk itself.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOM = 1_500_000
"""Bytes left on the disk beside the database, its log and its index."""


def main(place: Path, source: Path) -> dict[str, Any]:
    """Fill a disk, try to receive a car until it is refused, make room, and try again with the same key."""
    size = source.stat().st_size + ROOM
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    subprocess.run(mount, check=True)
    file = place / "small.sqlite3"
    shutil.copyfile(source, file)
    os.environ |= {"DATABASE_URL": f"sqlite:///{file}", "DATA_DIR": str(place.parent / "data")}
    os.environ["DJANGO_SETTINGS_MODULE"] = "servicelane.project.settings"
    os.environ |= {"SECRET_KEY": "only for tests", "ALLOWED_HOSTS": "testserver"}
    import django

    django.setup()
    from django.test import Client

    from servicelane.kernel.checking import check
    from servicelane.orders.models import RepairOrder

    token = os.environ["API_TOKEN"]
    body = {"store": int(os.environ["STORE"]), "name": "张大全", "mobile": "15400003456", "words": "保养"}

    def receive(number: int) -> Any:
        return Client(raise_request_exception=False).post(
            "/api/v1/orders",
            json.dumps({**body, "plate": f"鲁B{number:05}"}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": f"car {number}"},
        )

    first = receive(0)
    assert first.status_code == 201
    filler = place / "filler"
    out = os.open(filler, os.O_CREAT | os.O_WRONLY)
    with contextlib.suppress(OSError):
        while True:
            os.write(out, bytes(4096))
    os.close(out)
    number, answer = 1, receive(1)
    while answer.status_code == 201 and number < 200:
        number, answer = number + 1, receive(number + 1)
    cars = RepairOrder.objects.count()
    seen = {"answered": number, "refused": answer.status_code, "said": answer.json(), "cars": cars}
    readable = Client(raise_request_exception=False).get(
        f"/api/v1/orders/{first.json()['id']}", headers={"Authorization": f"Bearer {token}"}
    )
    filler.unlink()
    again = receive(number)
    return seen | {
        "read": readable.status_code,
        "again": again.status_code,
        "cars_then": RepairOrder.objects.count(),
        "check": check(),
    }


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
