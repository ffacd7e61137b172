"""A database on a PostgreSQL server that lives as long as a measurement."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from urllib.parse import urlsplit

_made = count(1)


@contextmanager
def scratch(server: str) -> Iterator[str]:
    """Make an empty database on the server at this URL, yield its URL, and drop it after the block."""
    import psycopg

    name = f"servicelane_bench_{os.getpid()}_{next(_made)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
