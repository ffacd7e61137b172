#!/bin/sh
# Prints the Python to set up with, or says in one line what the machine lacks. PYTHON names one by hand.
lacks() { echo "$1" >&2; exit 1; }

command -v git >/dev/null 2>&1 || lacks "git is missing: install it (Debian: apt-get install git)."
seen=""
for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    command -v "$python" >/dev/null 2>&1 || continue
    seen="$seen $python"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    if "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        echo "$python"
        exit 0
    fi
    without="$python"
done
[ -n "$without" ] && lacks "$without has no venv: install it (Debian: apt-get install python3-venv)."
[ -n "$seen" ] && lacks "Python is too old ($seen ): 3.11 or newer is needed; install it, or name it: make run PYTHON=/path/to/python3.11"
[ -n "$PYTHON" ] && lacks "$PYTHON is not there: PYTHON names a Python of 3.11 or newer."
lacks "Python is missing: install 3.11 or newer with venv (Debian: apt-get install python3 python3-venv)."
