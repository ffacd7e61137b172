"""What the tests need from Debian: installed where that is allowed, else named."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tools.steps import Refused, explained, run, step


def postgresql_programs() -> Path | None:
    """The newest folder with initdb and postgres; None without a PostgreSQL server of 15 or newer."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin")]
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    found = [(_version(folder), folder) for folder in folders if (folder / "initdb").is_file()]
    found = [(version, folder) for version, folder in found if version >= 15]
    return max(found)[1] if found else None


# Debian's package -> whether it is there.
NEEDED: dict[str, Callable[[], bool]] = {
    "chromium": lambda: shutil.which("chromium") is not None,
    "fonts-wqy-microhei": lambda: any(Path("/usr/share/fonts/truetype/wqy").glob("wqy-microhei.*")),
    "postgresql": lambda: postgresql_programs() is not None,
    "gettext": lambda: shutil.which("xgettext") is not None,
}


def ensure(*packages: str) -> None:
    """Install what is missing of these packages, or of all. Raises Refused, naming them, when not allowed."""
    missing = [package for package in packages or NEEDED if not NEEDED[package]()]
    if not missing:
        return
    names = " ".join(missing)
    become = _become_root()
    if become is None or not shutil.which("apt-get"):
        raise Refused(f"The tests need Debian's {names}.", f"Install with: sudo apt-get install {names}")
    with step(f"Debian's {names}"):
        quiet = [*become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
        run([*quiet, "update"], "Debian's package lists were not renewed")
        run(
            [*quiet, "install", "--yes", "--no-install-recommends", *missing],
            f"Debian's {names} not installed",
        )
    if still := [package for package in missing if not NEEDED[package]()]:
        raise explained(f"Debian's {' '.join(still)} was installed but is not found", "")


def _become_root() -> list[str] | None:
    """What to put before a command to run it as root; None when this user may not without a password."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, stdin=subprocess.DEVNULL, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def _version(programs: Path) -> int:
    said = run([str(programs / "postgres"), "--version"], "PostgreSQL does not answer")
    number = said.split()[2].split(".")[0]
    return int(number) if number.isdigit() else 0
