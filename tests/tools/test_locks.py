"""The locks: complete with hashes, the same everywhere, and without the name of a place."""

import json
import re

import pytest

from tools.lock import named_places
from tools.steps import ROOT

SETS = ("base", "dev", "node")


def versions(name: str) -> dict[str, str]:
    text = (ROOT / f"requirements/{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", text, flags=re.MULTILINE))


@pytest.mark.parametrize("name", [f"requirements/{name}.txt" for name in SETS] + ["package-lock.json"])
def test_a_lock_names_no_registry_and_no_place(name: str) -> None:
    assert named_places((ROOT / name).read_text()) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://packages.example/simple",
        '      "resolved": "https://packages.example/x.tgz",',
        "thing @ file:///somewhere/thing.whl",
    ],
)
def test_a_named_place_is_found(line: str) -> None:
    assert named_places(f"a==1\n{line}\n") == [line.strip()]


@pytest.mark.parametrize("name", SETS)
def test_every_package_has_a_hash(name: str) -> None:
    text = (ROOT / f"requirements/{name}.txt").read_text().replace("\\\n", " ")

    without = [line for line in text.splitlines() if "==" in line and "--hash=sha256:" not in line]
    assert without == []
    assert versions(name)


def test_the_tests_run_with_what_is_shipped() -> None:
    dev = versions("dev")

    assert {package: dev.get(package) for package in versions("base")} == versions("base")


def test_every_front_end_package_has_a_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    assert [name for name, told in packages.items() if name and "integrity" not in told] == []
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text()
