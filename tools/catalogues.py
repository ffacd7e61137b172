"""The Chinese catalogues: `update` extracts new texts into them, `--check` says what is missing.

English stands in the code. Extraction needs gettext (Debian); compiling is a part of the set-up.
"""

import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "servicelane"
CATALOGUE = Path("locale/zh_Hans/LC_MESSAGES/django.po")
HEADER = """msgid ""
msgstr ""
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|(?<!\{)\{\w*\}(?!\})")


def apps() -> list[Path]:
    """Return the folders of the apps that say something."""
    return sorted(folder for folder in PACKAGE.iterdir() if (folder / "apps.py").exists())


def extract(app: Path) -> Catalog:
    """Return the texts that the code and templates of the app in folder `app` say."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / app.name
        shutil.copytree(app, copy, ignore=shutil.ignore_patterns("vendor", "locale", "__pycache__"))
        (copy / "locale").mkdir()
        command = "django makemessages --locale zh_Hans --no-location --no-wrap --verbosity 0"
        done = subprocess.run(
            [sys.executable, "-m", *command.split()], cwd=copy, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"texts of {app.name} were not extracted: {done.stderr.strip()}")
        if not (copy / CATALOGUE).exists():
            return Catalog(locale="zh_Hans")
        # Chinese has one form for all counts; the extractor leaves room for two.
        text = re.sub(r'^msgstr\[1\] ""\n', "", (copy / CATALOGUE).read_text(), flags=re.MULTILINE)
        return read_po(io.BytesIO(text.encode()), locale="zh_Hans")


def read(file: Path) -> Catalog:
    """Return the catalogue in `file`, empty when there is none."""
    if not file.exists():
        return Catalog(locale="zh_Hans")
    with file.open("rb") as po:
        return read_po(po, locale="zh_Hans")


def update(app: Path) -> int:
    """Bring an app's catalogue up to date, keep what is translated; returns how many texts are not."""
    kept, fresh = read(app / CATALOGUE), Catalog(locale="zh_Hans", fuzzy=False)
    for message in extract(app):
        if message.id:
            mine = kept.get(message.id, message.context)
            flags = message.flags - {"fuzzy"}
            fresh.add(message.id, mine.string if mine else None, flags=flags, context=message.context)
    body = io.BytesIO()
    write_po(body, fresh, width=0, sort_output=True, omit_header=True)
    (app / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
    (app / CATALOGUE).write_text(HEADER + body.getvalue().decode())
    return sum(1 for message in fresh if message.id and not message.string)


def findings(app: Path) -> list[str]:
    """Return what is wrong with one app's catalogue: missing, stale or untranslated texts."""
    found = []
    wanted, kept = extract(app), read(app / CATALOGUE)
    ids = {message.id for message in wanted if message.id}
    for message in wanted:
        if not message.id:
            continue
        mine = kept.get(message.id, message.context)
        name = f"{app.name}: {str(message.id)[:70]!r}"
        if mine is None:
            found.append(f"{name} is not in the catalogue")
        elif mine.fuzzy or not mine.string or (isinstance(mine.string, tuple) and not all(mine.string)):
            found.append(f"{name} has no translation")
        else:
            said = mine.string if isinstance(mine.string, str) else mine.string[0]
            asked = mine.id if isinstance(mine.id, str) else mine.id[-1]
            if sorted(PLACEHOLDER.findall(asked)) != sorted(PLACEHOLDER.findall(said)):
                found.append(f"{name} has other placeholders in Chinese")
    unused = [message.id for message in kept if message.id and message.id not in ids]
    return found + [f"{app.name}: {str(text)[:70]!r} is translated but not used" for text in unused]


def main() -> None:
    """Run `update` or `--check` over all apps, or over the apps named after it."""
    names = set(sys.argv[2:])
    chosen = [app for app in apps() if not names or app.name in names]
    if sys.argv[1:2] == ["update"]:
        for app in chosen:
            print(f"{app.name}: {update(app)} texts have no translation")
        return
    found = [line for app in chosen for line in findings(app)]
    for line in found:
        print(line, file=sys.stderr)
    if found:
        raise SystemExit(
            f"{len(found)} texts need work: python -m tools.catalogues update extracts, a person translates"
        )
    print("catalogues complete")


if __name__ == "__main__":
    main()
