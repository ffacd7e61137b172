"""The site and the bare view as the benchmarks serve them: real processes, a free port on loopback."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from servicelane.project import starting
from servicelane.project.refusals import NotDone

LONGEST_START = 90.0
_SITE = "from servicelane.project.cli import main; main()"


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: its port and the process that started all others."""

    port: int
    pid: int

    def memory(self) -> tuple[int, int]:
        """MB that its processes hold together: resident, and with shared pages counted once."""
        kilobytes = [_kilobytes(pid) for pid in self._processes()]
        return sum(rss for rss, _ in kilobytes) // 1024, sum(pss for _, pss in kilobytes) // 1024

    def _processes(self) -> list[int]:
        parents = {int(entry.name): _parent(entry) for entry in Path("/proc").glob("[0-9]*")}
        found = [self.pid]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found


def _parent(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _kilobytes(pid: int) -> tuple[int, int]:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0, 0
    told = {line.split()[0]: int(line.split()[1]) for line in lines[1:]}
    return told["Rss:"], told["Pss:"]


@contextmanager
def the_site(environment: Mapping[str, str]) -> Iterator[Served]:
    """`servicelane up` on the data directory and database of this environment, while the block lasts."""
    port = free_port()
    command = [sys.executable, "-c", _SITE, "up", "--port", str(port)]
    with _running(command, {**environment, "PORT": str(port)}, port, "health") as served:
        yield served


@contextmanager
def the_bare_view(environment: Mapping[str, str], vendor: str) -> Iterator[Served]:
    """The view of `bare` under the site's web server, with the site's workers and threads."""
    subprocess.run([sys.executable, "-m", "servicelane.project.bench.bare"], env=environment, check=True)
    port = free_port()
    command = starting.web_command(
        "127.0.0.1", port, vendor, "--factory", "servicelane.project.bench.bare:make"
    )
    with _running(command, environment, port, "") as served:
        yield served


@contextmanager
def _running(command: list[str], environment: Mapping[str, str], port: int, path: str) -> Iterator[Served]:
    log = Path(environment["DATA_DIR"]) / "bench.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        _await(process, f"http://127.0.0.1:{port}/{path}", log)
        yield Served(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(process: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    last = time.monotonic() + LONGEST_START
    while time.monotonic() < last and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 - our own http address
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    lines = log.read_text(errors="replace").strip().splitlines()
    raise NotDone(f"The site to be measured did not start: {lines[-1] if lines else 'no word'}")


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_for(place: Path, url: str) -> dict[str, str]:
    """The environment of a scratch installation in this folder, on the database at this URL."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PORT", "HOST", "SECRET_KEY")}
    return {
        **kept,
        "DATA_DIR": str(place),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "servicelane.project.settings",
        "DEMO_DAYS": "0",
    }
