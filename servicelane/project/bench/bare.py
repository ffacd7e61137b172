"""A bare Django view that writes one row, served like the site: what a write costs at the least."""

import os
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

TABLE = "bench_row"


def make() -> Any:
    """Return a WSGI application with this one view and no middleware, on the site's database options."""
    import django
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application

    from servicelane.project.settings import DATABASES

    settings.configure(
        DATABASES=DATABASES,
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["127.0.0.1"],
        MIDDLEWARE=[],
        SECRET_KEY=os.urandom(9).hex(),
    )
    django.setup()
    from servicelane.project.supervisor import die_with_parent

    die_with_parent()
    return get_wsgi_application()


def write(request: HttpRequest) -> HttpResponse:
    """Write one row in a transaction of its own."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (kind, words) VALUES (%s, %s)",  # noqa: S608 - our own table
            ["orders.arrived", "service due"],
        )
    return HttpResponse("{}", content_type="application/json")


def make_table() -> None:
    """Make the table the view writes to."""
    from django.db import connection

    key = "integer PRIMARY KEY" if connection.vendor == "sqlite" else "bigserial PRIMARY KEY"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (id {key}, kind text NOT NULL, words text NOT NULL)")


urlpatterns = [path("", write)]

if __name__ == "__main__":
    assert os.environ["DATABASE_URL"]
    make()
    make_table()
