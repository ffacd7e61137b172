"""What every tool shares: the place of the tree, a line per step, commands run quietly, refusals in words."""

import errno
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Python compiles what is imported when it first is; pip would compile all, for a third of its time.
PIP_INSTALL = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-compile")

NO_SPACE = re.compile(
    r"No space left on device|ENOSPC|EDQUOT|Disk quota exceeded|disk is full", re.IGNORECASE
)
NO_NETWORK = re.compile(
    r"Temporary failure in name resolution|Name or service not known|NameResolutionError|NewConnectionError"
    r"|Max retries exceeded|ConnectTimeoutError|ReadTimeoutError|ProxyError|Network is unreachable"
    r"|Failed to establish a new connection|Connection broken|ConnectionResetError|RemoteDisconnected"
    r"|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT"
    r"|Could not resolve|Temporary failure resolving|Failed to fetch",
)


class Refused(Exception):
    """The machine lacks something: what was not done and why, and what to do about it."""

    def __init__(self, why: str, what_to_do: str = "") -> None:
        super().__init__(f"{why} {what_to_do}".strip())


@contextmanager
def step(name: str) -> Iterator[None]:
    """Print one line for a step once it is done, with its seconds."""
    began = time.monotonic()
    on_terminal = sys.stdout.isatty()
    if on_terminal:
        print(f"  … {name}", end="\r", flush=True)
    try:
        yield
    except BaseException:
        if on_terminal:
            print(flush=True)
        raise
    print(f"  {name}: {time.monotonic() - began:.1f} s", flush=True)


def run(
    command: Sequence[str], failure: str, *, cwd: Path = ROOT, env: Mapping[str, str] | None = None
) -> str:
    """Run a command and return what it printed.

    Raises Refused, beginning with `failure`, when it fails: naming a full disk or an unreachable registry
    where its output tells of one, and with its last lines else.
    """
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise refusal(error, failure) from error
    if done.returncode:
        raise explained(failure, done.stdout)
    return done.stdout


def explained(failure: str, output: str) -> Refused:
    """The refusal that a failed command's output amounts to."""
    if NO_SPACE.search(output):
        return Refused(f"{failure}: the disk is full.", "Free some space, then run the same command again.")
    if NO_NETWORK.search(output):
        return Refused(
            f"{failure}: the package registry cannot be reached.",
            "Check the network and proxy settings, then run the same command again.",
        )
    last = "\n".join(line for line in output.strip().splitlines()[-15:])
    return Refused(f"{failure}:\n{last}")


def refusal(error: OSError, failure: str) -> Refused:
    """The refusal that an operating system error amounts to."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Refused(f"{failure}: the disk is full.", "Free some space, then run the same command again.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Refused(
            f"{failure}: {error.filename or 'a file'} may not be written.",
            "Make it writable for you, then run the same command again.",
        )
    return Refused(f"{failure}: {error.strerror or error}{f' ({error.filename})' if error.filename else ''}.")


def write_stamp(stamp: Path, text: str) -> None:
    """Mark a step as done; written last and in one move, so that a cut-off step is seen as not done."""
    half = stamp.with_name(stamp.name + ".new")
    half.write_text(text, encoding="utf-8")
    half.replace(stamp)
