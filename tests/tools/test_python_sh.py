"""What `make` says, in one line, on a machine that lacks something."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools/python.sh"
GOOD = "exit 0"
OLD = 'case "$2" in *version_info*) exit 1;; esac'
NO_VENV = 'case "$2" in *ensurepip*) exit 1;; esac'


def machine(folder: Path, **programs: str) -> Path:
    """A PATH that holds exactly these programs, each a line of shell."""
    for name, line in programs.items():
        program = folder / name.replace("_", ".")
        program.write_text(f"#!/bin/sh\n{line}\n")
        program.chmod(0o755)
    return folder


def ask(path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    shell = shutil.which("sh")
    assert shell
    return subprocess.run(
        [shell, str(SCRIPT)],
        env={"PATH": str(path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("programs", "missing", "install"),
    [
        ({"python3": GOOD}, "git is missing", "apt-get install git"),
        ({"git": GOOD}, "Python is missing", "apt-get install python3 python3-venv"),
        ({"git": GOOD, "python3": OLD}, "Python is too old", "3.11 or newer"),
        ({"git": GOOD, "python3": NO_VENV}, "python3 has no venv", "apt-get install python3-venv"),
    ],
)
def test_it_says_what_is_missing_and_what_to_install(
    tmp_path: Path, programs: dict[str, str], missing: str, install: str
) -> None:
    said = ask(machine(tmp_path, **programs))

    assert said.returncode == 1
    assert said.stdout == ""
    assert said.stderr.count("\n") == 1
    assert missing in said.stderr
    assert install in said.stderr


def test_it_takes_a_newer_python_beside_an_old_one(tmp_path: Path) -> None:
    said = ask(machine(tmp_path, git=GOOD, python3=OLD, python3_12=GOOD))

    assert (said.returncode, said.stdout) == (0, "python3.12\n")


def test_it_takes_the_python_it_is_told(tmp_path: Path) -> None:
    path = machine(tmp_path, git=GOOD, python3=GOOD, mine=GOOD)

    assert ask(path, PYTHON="mine").stdout == "mine\n"
    assert "yours is not there" in ask(path, PYTHON="yours").stderr
