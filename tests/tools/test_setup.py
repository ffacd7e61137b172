"""The set-up: what was cut off heals, what is done is not done again, what is lacking is said in words."""

import fcntl
import platform
import stat
import sys
from pathlib import Path

import pytest

from tools import setup
from tools.steps import Refused

# Stands for every interpreter: makes an environment, and installs unless the file `fails` says otherwise.
FAKE_PYTHON = """#!/bin/sh
echo "$*" >> "{home}/asked"
case "$*" in
    "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
    "-c "*) echo "{version}" ;;
    *install*) if [ -f "{home}/fails" ]; then cat "{home}/fails"; exit 1; fi ;;
esac
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy that has nothing but its locks, on a machine whose Python is a fake one."""
    python = tmp_path / "python"
    python.write_text(FAKE_PYTHON.format(home=tmp_path, version=platform.python_version()))
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    root = tmp_path / "copy"
    (root / "requirements").mkdir(parents=True)
    for name in ("base", "dev"):
        (root / f"requirements/{name}.txt").write_text(name)
    (root / "pyproject.toml").write_text('[project]\nname = "thing"\n[tool.lint]\n')
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.setattr(setup, "ROOT", root)
    monkeypatch.setattr(setup, "VENV", root / ".venv")
    monkeypatch.setattr(setup, "PYTHON", root / ".venv/bin/python")
    monkeypatch.setattr(setup, "CUT_OFF", root / ".venv/.installing")
    monkeypatch.setattr(setup, "LOCK", root / ".setup.lock")
    return tmp_path


def asked(tree: Path) -> list[str]:
    """What the interpreters were asked to do since the last call, without the questions for their version."""
    log = tree / "asked"
    lines = log.read_text().splitlines() if log.exists() else []
    log.unlink(missing_ok=True)
    return [line for line in lines if not line.startswith("-c ")]


def made_anew(lines: list[str]) -> bool:
    return any(line.startswith("-m venv ") for line in lines)


def test_the_first_set_up_installs_by_hashes_and_the_second_does_nothing(tree: Path) -> None:
    setup.install("base")
    first = asked(tree)
    setup.install("base")

    assert made_anew(first)
    assert any("--require-hashes -r requirements/base.txt" in line for line in first)
    assert asked(tree) == []


def test_an_interrupted_install_is_made_anew(tree: Path) -> None:
    (tree / "fails").write_text("killed")
    with pytest.raises(Refused):
        setup.install("base")
    assert asked(tree)
    (tree / "fails").unlink()

    setup.install("base")

    assert made_anew(asked(tree))
    setup.install("base")
    assert asked(tree) == []


@pytest.mark.parametrize("damage", ["no interpreter", "another place", "another version"])
def test_a_broken_environment_is_made_anew(tree: Path, damage: str) -> None:
    setup.install("base")
    asked(tree)
    if damage == "no interpreter":
        setup.PYTHON.unlink()
    elif damage == "another place":
        (setup.VENV / ".root").write_text("elsewhere")
        (setup.VENV / ".base").unlink()
    else:
        setup.PYTHON.write_text("#!/bin/sh\necho 3.10.0\n")

    setup.install("base")

    assert made_anew(asked(tree))


def test_a_changed_lock_is_installed_into_the_same_environment(tree: Path) -> None:
    setup.install("base")
    asked(tree)
    (setup.ROOT / "requirements/base.txt").write_text("another version")

    setup.install("base")

    again = asked(tree)
    assert again
    assert not made_anew(again)


def test_a_changed_lint_rule_installs_nothing_and_a_changed_entry_does(tree: Path) -> None:
    setup.install("base")
    asked(tree)
    project = setup.ROOT / "pyproject.toml"

    project.write_text('[project]\nname = "thing"\n[tool.lint]\nstrict = true\n')
    setup.install("base")
    assert asked(tree) == []

    project.write_text('[project]\nname = "thing"\nscripts = {lane = "lane:main"}\n')
    setup.install("base")
    assert any("-e ." in line for line in asked(tree))


def test_the_tests_packages_hold_the_base_set(tree: Path) -> None:
    setup.install("dev")
    asked(tree)

    setup.install("base")

    assert asked(tree) == []


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", "the disk is full"),
        ("npm error code ENOSPC", "the disk is full"),
        (
            "NewConnectionError: Temporary failure in name resolution",
            "the package registry cannot be reached",
        ),
        ("npm error code EAI_AGAIN", "the package registry cannot be reached"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "THESE PACKAGES DO NOT MATCH THE HASHES"),
    ],
)
def test_a_failed_install_says_why(tree: Path, output: str, words: str) -> None:
    (tree / "fails").write_text(output)

    with pytest.raises(Refused) as refused:
        setup.install("base")

    assert str(refused.value).startswith("The packages were not installed")
    assert words in str(refused.value)
    assert not (setup.VENV / ".base").exists()


def test_a_second_set_up_at_the_same_time_is_refused(tree: Path) -> None:
    with setup.LOCK.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.write("4711")
        held.flush()

        with pytest.raises(Refused) as refused:
            setup.set_up("base")

    assert "process 4711" in str(refused.value)
    assert asked(tree) == []


def test_no_traceback_for_an_error_of_the_machine(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_kind: str) -> None:
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.setattr(setup, "install", full)

    with pytest.raises(SystemExit) as ended:
        setup.main([])

    assert "the disk is full" in str(ended.value.code)
