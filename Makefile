# The doors of the project. `make run` and `make test` are all one needs; README.md tells the rest.
# PORT, HOST, DATA_DIR, DATABASE_URL, PYTHON may be given: make run PORT=8001
.PHONY: help run setup test check shots pictures bench lock
.DEFAULT_GOAL := help
PY = .venv/bin/python

help:
	@echo "make run    set up what is missing and run ServiceLane"
	@echo "make setup  only set up"
	@echo "make test   everything CI runs, on SQLite and PostgreSQL, with browser tests"
	@echo "make check  the inner loop: lint, types, tests of what changed (SQLite)"
	@echo "make shots  contact sheets of all pages into build/shots (PAGES=\"today people\": only these)"
	@echo "make pictures  the pictures of the manual, from a demo that lives"
	@echo "make bench  the benchmarks"
	@echo "make lock   renew requirements/*.txt and package-lock.json"

run:
	@python=$$(sh tools/python.sh) && exec "$$python" -m tools.setup run

setup:
	@python=$$(sh tools/python.sh) && exec "$$python" -m tools.setup

test:
	@python=$$(sh tools/python.sh) && "$$python" -m tools.setup dev && exec $(PY) -m tools.test

check:
	@python=$$(sh tools/python.sh) && "$$python" -m tools.setup dev && exec $(PY) -m tools.check

shots:
	@python=$$(sh tools/python.sh) && "$$python" -m tools.setup dev && exec $(PY) -m tools.shots $(PAGES)

pictures:
	@python=$$(sh tools/python.sh) && "$$python" -m tools.setup dev && exec $(PY) -m tools.pictures $(PAGES)

bench:
	@python=$$(sh tools/python.sh) && "$$python" -m tools.setup && exec $(PY) -m tools.bench

lock:
	@python=$$(sh tools/python.sh) && "$$python" -m tools.setup dev && exec $(PY) -m tools.lock
