"""What a command says when the machine or the database lacks something: one line, no traceback."""

import errno

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from servicelane.project import cli
from servicelane.project.refusals import NotDone, in_words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "data/x"), "The disk is full: data/x"),
        (OSError(errno.EDQUOT, "Disk quota exceeded", "data/x"), "The disk is full: data/x"),
        (PermissionError(errno.EACCES, "Permission denied", "data/x"), "data/x cannot be written"),
        (OSError(errno.EROFS, "Read-only file system", "data/x"), "data/x cannot be written"),
        (OperationalError("database or disk is full"), "The disk is full"),
        (OperationalError("no such table: kernel_seal"), "The database is not set up yet"),
        (OperationalError("attempt to write a readonly database"), "The database cannot be written"),
        (
            OperationalError("connection to server failed:\n refused"),
            "cannot be used: connection to server failed",
        ),
        (ImproperlyConfigured("route x says nothing"), "was not started: route x says nothing"),
    ],
)
def test_what_is_lacking_is_said_in_one_line(error: Exception, words: str) -> None:
    with pytest.raises(NotDone) as refused, in_words():
        raise error

    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_mistake_of_the_program_is_not_dressed_up() -> None:
    with pytest.raises(ZeroDivisionError), in_words():
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["uppp"], "No such command"),
        (["up", "--port", "many"], "Invalid value for '--port'"),
        (["up", "--workers", "0"], "Invalid value for '--workers'"),
        (["up", "--sideways"], "No such option"),
    ],
)
def test_a_wrong_call_is_one_line_and_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    monkeypatch.setattr(cli.sys, "argv", ["servicelane", *arguments])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    said = capsys.readouterr()
    assert ended.value.code == 2
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert words in said.err
