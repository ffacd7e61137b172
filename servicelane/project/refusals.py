"""What a command says when something the machine or the database should have is lacking."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DatabaseError


class NotDone(Exception):
    """A command's refusal: what was not done, why, and what to do; one line for stderr."""


@contextmanager
def in_words() -> Iterator[None]:
    """Turn what a machine or a database may lack into NotDone; a mistake in the program stays a traceback."""
    try:
        yield
    except OSError as error:
        raise NotDone(_os_words(error)) from error
    except DatabaseError as error:
        raise NotDone(_database_words(error)) from error
    except (ImproperlyConfigured, CommandError) as error:
        raise NotDone(f"ServiceLane was not started: {error}") from error


def _os_words(error: OSError) -> str:
    place = error.filename or os.environ.get("DATA_DIR") or "the data directory"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full: {place} could not be written. Free some space and start again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
        return f"{place} cannot be written. Make it writable for you, or set DATA_DIR to another directory."
    return f"ServiceLane was not started: {error}"


def _database_words(error: Exception) -> str:
    said = " ".join(str(error).split())
    if "disk is full" in said or "No space left" in said:
        return "The disk is full: the database could not be written. Free some space and start again."
    if "readonly" in said or "unable to open" in said:
        return f"The database cannot be written ({said}). Make it writable, or set DATA_DIR elsewhere."
    if "no such table" in said or "does not exist" in said:
        return f"The database is not set up yet ({said}). Start ServiceLane once: make run"
    return f"The database cannot be used: {said}. Check DATABASE_URL and that the server runs."
