"""`make lock`: the newest versions that fit, with hashes and without any registry's name."""

import re
import sys
from pathlib import Path

from tools.frontend import npm
from tools.steps import ROOT, Refused, run, step

SETS = ("base", "plan", "dev", "node")
UV = (
    *(
        "pip",
        "compile",
        "--upgrade",
        "--quiet",
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
    ),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate"),
)
FOREIGN = re.compile(r"https?://|file://|--index|--find-links|\"resolved\"|@ /")


def named_places(text: str) -> list[str]:
    """The lines of a lock that name a registry or a place; who funds a package does not count."""
    return [line.strip() for line in text.splitlines() if FOREIGN.search(line) and '"url":' not in line]


def main() -> None:
    """Renew all locks. Exits with words when a registry is not reached or a lock names a place."""
    python = Path(sys.executable)
    try:
        for name in SETS:
            with step(f"requirements/{name}.txt"):
                command = [str(python.with_name("uv")), *UV, f"requirements/{name}.in"]
                run([*command, "-o", f"requirements/{name}.txt"], f"requirements/{name}.txt was not made")
        with step("package-lock.json"):
            command = [*npm(python), "update", "--package-lock-only", "--ignore-scripts", "--loglevel=error"]
            run(command, "package-lock.json was not made")
        for lock in [*(ROOT / f"requirements/{name}.txt" for name in SETS), ROOT / "package-lock.json"]:
            if named := named_places(lock.read_text(encoding="utf-8")):
                raise Refused(f"{lock.relative_to(ROOT)} names a place: {named[0]}")
    except Refused as refused:
        sys.exit(str(refused))


if __name__ == "__main__":
    main()
