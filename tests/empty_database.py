"""`python -m tests.empty_database FILE`: an SQLite file with all tables and nothing in them.

The processes of one run copy it, for each would migrate ten seconds to come to the same.
"""

import os
import sys


def make(file: str) -> None:
    """Migrate an SQLite database from nothing and write it to `file`, which must not be there yet."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.db import connection

    django.setup()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [file])


if __name__ == "__main__":
    make(sys.argv[1])
