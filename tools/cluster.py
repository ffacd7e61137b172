"""A throw-away PostgreSQL for the tests: its own folder, its own port on loopback, nothing kept."""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from tools.debian import postgresql_programs
from tools.steps import Refused, step

# What durability costs is of no use to data that is thrown away.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "listen_addresses": "127.0.0.1",
    "timezone": "UTC",
}


@dataclass
class Cluster:
    """A PostgreSQL server in a folder of its own; a crashed one can be started again on the same data."""

    folder: Path
    programs: Path
    user: pwd.struct_passwd | None
    options: Mapping[str, str]
    port: int
    server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the server listens, with its first database."""
        return f"postgresql://servicelane@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start the server and wait until it takes connections. Raises Refused when it does not."""
        options = {**OPTIONS, **self.options}
        self.server = _serve(self.programs, self.folder, self.port, self.user, options)

    def crash(self) -> None:
        """End the server and all its sessions at once; its next start has to recover from the log."""
        self._end(signal.SIGQUIT)

    def stop(self) -> None:
        """End the server; open sessions are rolled back."""
        self._end(signal.SIGINT)

    def _end(self, how: int) -> None:
        if self.server is None:
            return
        self.server.send_signal(how)
        try:
            self.server.wait(10)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()
        self.server = None


@contextmanager
def cluster(options: Mapping[str, str] = MappingProxyType({})) -> Iterator[Cluster]:
    """Run a new server while the block lasts; `options` are beside OPTIONS.

    Raises Refused when it cannot be made. It goes with the block, however the block ends.
    """
    programs = postgresql_programs()
    if programs is None:
        raise Refused("PostgreSQL 15 or newer is missing.", "Install with: sudo apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="servicelane-pg-"))
    made: Cluster | None = None
    try:
        user = _ordinary_user()
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        _init(programs, folder, user)
        made = Cluster(folder, programs, user, options, _free_port())
        made.start()
        yield made
    finally:
        if made is not None:
            made.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def throw_away() -> Iterator[str]:
    """Run a new server while the block lasts and yield its URL, or TEST_DATABASE_URL when that is given.

    Raises Refused when the server cannot be made.
    """
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with ExitStack() as until_the_end:
        with step("PostgreSQL"):
            made = until_the_end.enter_context(cluster())
        yield made.url


def _ordinary_user() -> pwd.struct_passwd | None:
    """Whom to run the server as: it refuses root, so root takes postgres or nobody; None is oneself."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Refused("PostgreSQL does not run as root, and there is neither the user postgres nor nobody.")


def _init(programs: Path, folder: Path, user: pwd.struct_passwd | None) -> None:
    made = _start(
        [
            *(str(programs / "initdb"), "-D", str(folder / "data"), "-U", "servicelane", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        ],
        folder,
        user,
    )
    output, _ = made.communicate()
    if made.returncode:
        raise Refused(f"The PostgreSQL cluster was not made:\n{output.decode(errors='replace').strip()}")


def _serve(
    programs: Path, folder: Path, port: int, user: pwd.struct_passwd | None, given: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    options = {**given, "port": str(port), "unix_socket_directories": str(folder)}
    command = [str(programs / "postgres"), "-D", str(folder / "data")]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    server = _start(command, folder, user, log=folder / "log")
    last = time.monotonic() + 30
    while time.monotonic() < last and server.poll() is None:
        # Connections are taken only once the server is ready: it writes so into its pid file.
        pid_file = folder / "data/postmaster.pid"
        try:
            if pid_file.read_text().splitlines()[7].strip() == "ready":
                return server
        except (OSError, IndexError):
            pass
        time.sleep(0.05)
    server.kill()
    raise Refused(
        f"PostgreSQL did not start:\n{(folder / 'log').read_text(errors='replace').strip()[-2000:]}"
    )


def _start(
    command: list[str], folder: Path, user: pwd.struct_passwd | None, *, log: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start a program of PostgreSQL in a session of its own: Ctrl-C is for us, and we end it ourselves."""
    out = log.open("wb") if log else subprocess.PIPE
    try:
        return subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            preexec_fn=_end_with_us,  # noqa: PLW1509 - one thread only
        )
    finally:
        if not isinstance(out, int):
            out.close()


def _end_with_us() -> None:
    """Have the kernel stop this process when the tests' own process is killed (PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
