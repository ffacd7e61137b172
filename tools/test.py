"""`make test`: everything CI runs, ended by pytest's own count. `python -m tools.test [pytest arguments]`.

With arguments only pytest runs, with these arguments, every test on both databases. Without, each database
has every other test of what works alike on both (`ON_BOTH` in `tests/conftest.py` names the rest); with
`TEST_LONG=1` both have all.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from tools import cluster, debian
from tools.steps import ROOT, Refused

PYTHON = sys.executable
BIN = Path(PYTHON).parent
LINT = (
    ("ruff check", [str(BIN / "ruff"), "check", "--output-format=concise", "."]),
    ("ruff format", [str(BIN / "ruff"), "format", "--check", "--output-format=concise", "."]),
)
TYPES_AND_LAYERS = (
    ("mypy", [str(BIN / "mypy")]),
    ("import layers", [str(BIN / "lint-imports"), "--no-cache"]),
)
SETTINGS = ("--settings", "tests.settings", "--pythonpath", str(ROOT))
AGREE = (
    ("migrations", [PYTHON, "-m", "django", "makemigrations", "--check", "--dry-run", *SETTINGS]),
    ("catalogues", [PYTHON, "-m", "tools.catalogues", "--check"]),
    ("reference", [PYTHON, "-m", "tools.reference", "--check"]),
)
# One session runs the tests on both databases, so that one count line tells of both.
BOTH = (
    *("--dist", "each"),
    *("--tx", "popen//env:TEST_DB=sqlite//env:TEST_OTHER_DB=postgresql"),
    *("--tx", "popen//env:TEST_DB=postgresql//env:TEST_OTHER_DB=sqlite"),
    *("--tx", "popen//env:TEST_DB=sqlite//env:TEST_BESIDE=pages"),
    *("--tx", "popen//env:TEST_DB=sqlite//env:TEST_BESIDE=processes"),
)


def together(checks: Sequence[tuple[str, list[str]]]) -> None:
    """Run checks beside each other, a line for each. Raises Refused with what the first to fail printed."""
    environment = {
        **os.environ,
        # With a key given, loading the settings writes none into the data directory.
        "SECRET_KEY": "only for checks",
        "MYPY_FORCE_COLOR": "0",
    }
    running = []
    for name, command in checks:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        running.append((name, process, time.monotonic()))
    failed = ""
    try:
        for name, process, began in running:
            output, _ = process.communicate()
            if process.returncode and not failed:
                failed = f"{name} found something:\n{output.strip()}"
            elif not process.returncode:
                print(f"  {name}: {time.monotonic() - began:.1f} s", flush=True)
    finally:
        for _, process, _ in running:
            if process.poll() is None:
                process.kill()
    if failed:
        raise Refused(failed)


def pytest(arguments: Sequence[str], environment: dict[str, str]) -> int:
    """Run pytest with its output as it comes; returns its exit code."""
    command = [PYTHON, "-m", "pytest", "--quiet", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode


def main(arguments: list[str]) -> int:
    """Check all, then test all; returns the exit code, that of pytest once it ran."""
    signal.signal(signal.SIGTERM, _as_interrupt)
    shared: dict[str, str] = {}
    try:
        debian.ensure()
        with TemporaryDirectory(prefix="servicelane-empty-") as folder, cluster.throw_away() as url:
            empty = f"{folder}/empty.sqlite3"
            checks = [("empty database", [PYTHON, "-m", "tests.empty_database", empty])]
            if not arguments:
                together(LINT)
                checks += [*TYPES_AND_LAYERS, *AGREE]
                arguments = ["--durations=10", "--durations-min=0.5"]
                if not os.environ.get("TEST_LONG"):
                    shared = {"TEST_SHARED": "1"}
            together(checks)
            environment = {"TEST_DATABASE_URL": url, "TEST_EMPTY_DATABASE": empty, **shared}
            return pytest([*BOTH, "--reuse-db", *arguments], environment)
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
