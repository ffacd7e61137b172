"""Make this copy ready to run: environment, front-end files, catalogues. `python -m tools.setup [dev|run]`.

Runs on the machine's own Python. Each step leaves a stamp, written last, of exactly what it was made from:
a second start finds all stamps and does nothing, an interrupted one finds one missing and heals.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import frontend
from tools.steps import PIP_INSTALL, ROOT, Refused, refusal, run, step, write_stamp

VENV = ROOT / ".venv"
PYTHON = VENV / "bin/python"
CUT_OFF = VENV / ".installing"
LOCK = ROOT / ".setup.lock"


def set_up(kind: str, *, is_whole: bool = False) -> None:
    """Bring this copy up to date; `kind` is the set of packages, base or dev. Raises Refused in words.

    `is_whole` adds the solver of the planner to base, which runs without it; dev has it.
    """
    with one_at_a_time():
        install(kind)
        if is_whole:
            add("plan")
        frontend.build(PYTHON)
        compile_catalogues()


def install(kind: str) -> None:
    """The environment in .venv with the locked packages and this tree itself; made anew when it is broken."""
    stamp, wanted = VENV / f".{kind}", _wanted(kind)
    # The tests' packages hold all of the base set in the same versions.
    if not CUT_OFF.exists() and any(_is_made(had) for had in {kind, "dev"}) and _answers():
        return
    if CUT_OFF.exists() or not _answers() or not _here():
        with step("environment"):
            shutil.rmtree(VENV, ignore_errors=True)
            run([sys.executable, "-m", "venv", str(VENV)], "The environment was not made")
    with step(f"packages ({kind})"):
        stamp.unlink(missing_ok=True)
        CUT_OFF.touch()
        failure = "The packages were not installed"
        run([str(PYTHON), *PIP_INSTALL, "--require-hashes", "-r", f"requirements/{kind}.txt"], failure)
        run(
            [str(PYTHON), *PIP_INSTALL, "--no-index", "--no-deps", "--no-build-isolation", "-e", "."], failure
        )
        (VENV / ".root").write_text(str(ROOT), encoding="utf-8")
        write_stamp(stamp, wanted)
        CUT_OFF.unlink()


def add(kind: str) -> None:
    """A further set of packages beside those that are there; the tests' packages hold it already."""
    if _is_made("dev") or _is_made(kind):
        return
    with step(f"packages ({kind})"):
        command = [str(PYTHON), *PIP_INSTALL, "--require-hashes", "-r", f"requirements/{kind}.txt"]
        run(command, "The packages were not installed")
        write_stamp(VENV / f".{kind}", _wanted(kind))


def compile_catalogues() -> None:
    """The .mo file of every catalogue whose .po is newer. Raises Refused for one that is not well-formed."""
    late = [po for po in sorted(ROOT.glob("servicelane/*/locale/*/LC_MESSAGES/django.po")) if _is_late(po)]
    if not late:
        return
    with step("catalogues"):
        for po in late:
            name, half = po.relative_to(ROOT), po.with_suffix(".mo.new")
            pybabel = [str(PYTHON), "-m", "babel.messages.frontend", "compile", "-D", "django"]
            said = run(
                [*pybabel, "-l", po.parent.parent.name, "-i", str(po), "-o", str(half)],
                f"{name} was not compiled",
            )
            if not half.is_file():
                raise Refused(
                    f"{name} was not compiled: {said.strip()}", "Remove the fuzzy mark from its head."
                )
            half.replace(po.with_suffix(".mo"))


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold this copy's lock while it is set up. Raises Refused when another set-up holds it."""
    with LOCK.open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            held.seek(0)
            raise Refused(
                f"Another set-up of this copy is running (process {held.read().strip() or 'unknown'}).",
                "Wait for it to end, then start again.",
            ) from error
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


def _is_made(kind: str) -> bool:
    stamp = VENV / f".{kind}"
    return stamp.is_file() and stamp.read_text() == _wanted(kind)


def _wanted(kind: str) -> str:
    """What an environment is made from: the interpreter, this place, the lock and the project's own entry."""
    inputs = hashlib.sha256(f"{platform.python_version()} {platform.machine()} {ROOT}".encode())
    inputs.update((ROOT / f"requirements/{kind}.txt").read_bytes())
    # The rest of pyproject.toml is for lint and tests and changes nothing that is installed.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    inputs.update(repr([project.get("build-system"), project.get("project")]).encode())
    return inputs.hexdigest()


def _answers() -> bool:
    """Whether .venv has an interpreter of this version that runs and has pip."""
    script = "import pip, platform; print(platform.python_version())"
    try:
        said = subprocess.run(
            [str(PYTHON), "-c", script], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.stdout.strip() == platform.python_version()


def _here() -> bool:
    """Whether .venv was made at this place: its commands begin with the absolute path of its interpreter."""
    made = VENV / ".root"
    return not made.is_file() or made.read_text() == str(ROOT)


def _is_late(po: Path) -> bool:
    mo = po.with_suffix(".mo")
    return not mo.is_file() or mo.stat().st_mtime < po.stat().st_mtime


def main(arguments: list[str]) -> None:
    """`setup` with all it can use, `setup dev` for the tests' packages, `setup run` to start ServiceLane."""
    kind = "dev" if arguments == ["dev"] else "base"
    try:
        set_up(kind, is_whole=not arguments)
    except Refused as refused:
        sys.exit(str(refused))
    except OSError as error:
        sys.exit(str(refusal(error, "The set-up was not finished")))
    except KeyboardInterrupt:
        sys.exit("Stopped; the next start takes up the work.")
    if arguments == ["run"]:
        sys.stdout.flush()
        os.execv(VENV / "bin/servicelane", ["servicelane", "up"])


if __name__ == "__main__":
    main(sys.argv[1:])
