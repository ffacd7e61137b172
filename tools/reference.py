"""The generated reference in docs/reference: facts, rights × roles, settings, commands.

`python -m tools.reference` writes it; `--check` says which page is not as the code would write it.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "docs" / "reference"
NOTE = "Generated from the code by `python -m tools.reference`; do not edit.\n"


def start() -> None:
    """Load the product with a data directory that nobody keeps."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "servicelane.project.settings"
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="servicelane-reference-")
    import django

    django.setup()


def both(text: object) -> tuple[str, str]:
    """Return a lazy text in English and in Chinese."""
    from django.utils.translation import override

    with override("en"):
        english = str(text)
    with override("zh-hans"):
        return english, str(text)


def facts() -> str:
    """Return the page of all kinds of facts: code, words, what its data means, who reacts."""
    from servicelane.kernel import events
    from servicelane.project import urls  # noqa: F401 - loads every app's services, and with them its facts

    rows = []
    for kind in events.kinds().values():
        english, chinese = both(kind.label)
        data = "; ".join(f"`{name}` {meaning}" for name, meaning in kind.data.items())
        reacts = ", ".join(sorted(r.name for r in events.reactions() if r.kind == kind.code))
        rows.append(f"| `{kind.code}` | {english} | {chinese} | {data} | {reacts} |")
    return _page("Facts", "| kind | English | 中文 | data | reactions |\n|---|---|---|---|---|", rows)


def rights() -> str:
    """Return the page role × right."""
    from django.conf import settings
    from django.utils.module_loading import import_string

    from servicelane.people.roles import Role

    table = import_string(settings.ROLE_TABLE)
    perms = sorted({perm for perms in table.values() for perm in perms})
    head = "| role | 中文 | " + " | ".join(f"`{perm}`" for perm in perms) + " |"
    rule = "|---|---|" + "---|" * len(perms)
    rows = []
    for role in Role:
        english, chinese = both(role.label)
        marks = " | ".join("●" if perm in table[role] else "" for perm in perms)
        rows.append(f"| {english} | {chinese} | {marks} |")
    return _page("Rights by role", f"{head}\n{rule}", rows)


def rules() -> str:
    """Return the page of what can be set: store rules, and the environment's variables."""
    from servicelane.org.rules import defined

    rows = []
    for rule in defined().values():
        english, chinese = both(rule.label)
        rows.append(f"| `{rule.code}` | {english} | {chinese} | {rule.default} |")
    page = _page("Settings", "## Store rules\n\n| rule | English | 中文 | default |\n|---|---|---|---|", rows)
    variables = "\n".join(f"| `{name}` | {meaning} |" for name, meaning in ENVIRONMENT.items())
    return f"{page}\n## Environment\n\n| variable | meaning |\n|---|---|\n{variables}\n"


ENVIRONMENT = {
    "PORT": "port of the site, 8000 by default",
    "HOST": "address to listen on, 127.0.0.1 by default",
    "DATA_DIR": "where the database, secret key and logs are kept, `data` by default",
    "DATABASE_URL": "`postgresql://…` for PostgreSQL 15 or newer; SQLite in DATA_DIR by default",
    "SECRET_KEY": "signs sessions; made on the first start and kept in DATA_DIR by default",
    "ALLOWED_HOSTS": "further host names of the site, separated by commas",
    "DEMO_SIGN_INS": "`allow from the network` lets the demo's people sign in from other machines",
    "LOG_LEVEL": "how much is written to the log, WARNING by default",
}


def commands() -> str:
    """Return the page of the command line, as its own help says it."""
    program = Path(sys.executable).with_name("servicelane")
    listed = _help(program)
    names = re.findall(r"^  ([a-z]+)\b", listed.split("Commands:")[1], flags=re.MULTILINE)
    parts = [f"# Commands\n\n{NOTE}\n```\n{listed}```\n"]
    parts += [f"\n## servicelane {name}\n\n```\n{_help(program, name)}```\n" for name in names]
    return "".join(parts)


def _help(program: Path, *names: str) -> str:
    environment = {**os.environ, "COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1"}
    for name in ("PORT", "HOST", "BENCH_DATABASE_URL"):
        environment.pop(name, None)
    done = subprocess.run(
        [program, *names, "--help"], env=environment, capture_output=True, text=True, check=True
    )
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines()) + "\n"


def _page(title: str, head: str, rows: list[str]) -> str:
    return "\n".join([f"# {title}", "", NOTE, head, *rows]) + "\n"


def main() -> None:
    """Write the pages, or with `--check` compare them with what stands there."""
    start()
    pages = {"facts.md": facts(), "rights.md": rights(), "settings.md": rules(), "commands.md": commands()}
    stale = [
        name
        for name, text in pages.items()
        if not (PAGES / name).exists() or (PAGES / name).read_text() != text
    ]
    if "--check" not in sys.argv:
        PAGES.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (PAGES / name).write_text(text)
    elif stale:
        raise SystemExit(f"docs/reference is stale: {', '.join(stale)}; run python -m tools.reference")
    else:
        print("reference up to date")


if __name__ == "__main__":
    main()
