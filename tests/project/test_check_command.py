"""`servicelane check` as an operator meets it: the findings on stderr, one a line, and code 1."""

import pytest

from servicelane.kernel import sealing
from servicelane.project import cli


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(cli.sys, "argv", ["servicelane", "check", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


@pytest.mark.usefixtures("cast")
def test_a_sound_database_is_ok(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    sealing.seal()

    assert run(monkeypatch, "--head", sealing.head().hash) == 0
    assert capsys.readouterr().out == "ok\n"


@pytest.mark.usefixtures("cast")
def test_a_head_that_is_not_in_the_chain_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sealing.seal()
    other = "f" * 64

    assert run(monkeypatch, "--head", other) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert other in said.err
