"""The benchmarks on both databases: `servicelane bench` with a throw-away PostgreSQL beside it."""

import os
import subprocess
import sys
from pathlib import Path

from tools.cluster import throw_away
from tools.steps import Refused


def main() -> None:
    """Run all benchmarks, or those named on the command line."""
    program = Path(sys.executable).with_name("servicelane")
    try:
        with throw_away() as url:
            environment = {**os.environ, "BENCH_DATABASE_URL": url}
            done = subprocess.run([program, "bench", *sys.argv[1:]], env=environment, check=False)
    except Refused as refused:
        raise SystemExit(str(refused)) from refused
    raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
