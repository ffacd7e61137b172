"""`make check`: the inner loop. Lint, types, layers, and the tests of what changed since HEAD, on SQLite."""

import os
import subprocess
import sys
from pathlib import Path

from tools.steps import ROOT, Refused
from tools.test import LINT, TYPES_AND_LAYERS, pytest, together

# A change of one of these may break any test.
EVERYWHERE = (
    "requirements/",
    "pyproject.toml",
    "tests/conftest.py",
    "tests/settings.py",
    "servicelane/kernel/",
)


def changed() -> list[str]:
    """The files that differ from HEAD, with new ones. Raises Refused outside a git work tree."""
    said = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all", "--no-renames", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if said.returncode:
        raise Refused("What changed is not known: this is no git work tree.", "Use make test.")
    return sorted(entry[3:] for entry in said.stdout.split("\0") if entry)


def tests_of(files: list[str]) -> list[str]:
    """The tests that a change of these files asks for: those changed, and those of the changed files' app.

    Everything but the browser tests when that cannot be told from the files' places.
    """
    wanted: set[str] = set()
    for file in files:
        parts = Path(file).parts
        if file.startswith(EVERYWHERE):
            return ALL
        if parts[0] == "tests" and parts[-1].startswith("test_"):
            wanted.add(file)
        elif parts[0] in ("servicelane", "tools", "tests") and len(parts) > 1:
            folder = f"tests/{parts[0] if parts[0] == 'tools' else parts[1]}"
            if not any((ROOT / folder).glob("**/test_*.py")):
                return ALL
            wanted.add(folder)
    there = sorted(path for path in wanted if (ROOT / path).exists())
    # A file within a wanted folder would be run twice.
    return [path for path in there if not any(path.startswith(f"{folder}/") for folder in there)]


ALL = ["tests", "--ignore=tests/browser"]


def main() -> int:
    """Check and test; returns the exit code."""
    try:
        together([*LINT, *TYPES_AND_LAYERS])
        wanted = tests_of(changed())
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    if not wanted:
        print("  tests: nothing changed that has any")
        return 0
    processes = str(min(os.cpu_count() or 1, 4))
    code = pytest(["-n", processes, "--maxfail=5", *wanted], {"TEST_DB": "sqlite"})
    return 0 if code == 5 else code  # 5: none of the wanted folders has a test yet


if __name__ == "__main__":
    sys.exit(main())
