"""Django's SQLite with one thing more: who wants to write waits in a queue."""
