"""The generated reference in docs/reference: facts, rights × roles in both languages, settings, commands.

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


def permissions(language: str) -> str:
    """Return the page right × role in one language, and below it who may hand on which role."""
    from django.utils.translation import override

    from servicelane.people.permissions import Perm
    from servicelane.people.rights import role_table
    from servicelane.people.roles import Role, guarded

    said = PERMISSIONS[language]
    with override(language):
        columns, rows = role_table()
        names = {role: str(role.label) for role in Role}
    head = " | ".join([said["right"], *names.values(), said["password"], said["guarded"]])
    lines = []
    for place, right in enumerate(columns):
        marks = ["●" if row.held[place][1] else "" for row in rows]
        marks += ["●" if right.needs_password else "", "●" if right.code in guarded() else ""]
        lines.append(f"| {right.words} `{right.code}` | {' | '.join(marks)} |")
    table = _page(said["title"], f"{said['about']}\n\n| {head} |\n|---|{':-:|' * (len(names) + 2)}", lines)
    givers = []
    for giver in Role:
        for needed, does in ((Perm.MANAGE_PEOPLE, said["hires"]), (Perm.GRANT_ROLES, said["grants"])):
            given = [names[role] for role in Role if hands_on(giver, role, needed)]
            if given:
                every = said["every"] if len(given) == len(names) else said["comma"].join(given)
                givers.append(f"| {names[giver]} | {does} | {every} |")
    head = f"| {said['giver']} | {said['does']} | {said['roles']} |\n|---|---|---|"
    return table + "\n".join(["", f"## {said['handing']}", "", said["rule"], "", head, *givers]) + "\n"


def hands_on(giver: str, role: str, needed: str) -> bool:
    """Whether a person with one role may hand on another in the same store, as `people.guards` asks."""
    from servicelane.people.roles import Role, guarded, table

    held = table()[giver]
    return needed in held and (giver == Role.SYSTEM_ADMINISTRATOR or table()[role] & guarded() <= held)


PERMISSIONS = {
    "en": {
        "title": "Permissions",
        "about": (
            "Which role holds which right, in the stores in which a person has the role. *Password*: a "
            "sign-in by PIN on a shared terminal lacks it. *Guarded*: handed on only by those who hold it."
        ),
        "right": "right",
        "password": "password",
        "guarded": "guarded",
        "handing": "Who hands on which role",
        "rule": (
            "Whoever hires, or gives a password, PIN or token, could sign in with it. So a role with guarded "
            "rights is handed on only by those who hold these rights in the same place."
        ),
        "giver": "who",
        "does": "does what",
        "roles": "to which roles",
        "hires": "hires, gives password and PIN",
        "grants": "grants and withdraws",
        "every": "every role",
        "comma": ", ",
    },
    "zh-hans": {
        "title": "权限表",
        "about": (
            "各角色在其任职门店拥有的权限。“需密码”：在共用终端上用 PIN 码登录时没有此权限。"
            "“受保护”：自己拥有才能授予别人。"
        ),
        "right": "权限",
        "password": "需密码",
        "guarded": "受保护",
        "handing": "谁可以授予哪些角色",
        "rule": (
            "录入人员或发放密码、PIN 码、令牌的人，也可能用它登录。因此含受保护权限的角色，"
            "只有在同一门店或区域拥有这些权限的人才能授予。"
        ),
        "giver": "谁",
        "does": "做什么",
        "roles": "哪些角色",
        "hires": "录入人员，发放密码和 PIN 码",
        "grants": "授予和收回角色",
        "every": "所有角色",
        "comma": "、",
    },
}


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
    "PUBLIC_URL": "address under which customers' telephones find the site, that of the browser by default",
    "MESSAGE_CHANNEL": "`email` sends messages to customers; `dry_run`, the default, only lists them",
    "MESSAGE_MAIL_TO": "address of a mail to a customer, `{to}` is the telephone number",
    "MESSAGE_MAIL_FROM": "sender of mails to customers",
    "EMAIL_HOST": "mail server, with `EMAIL_PORT`, `EMAIL_HOST_USER`, `EMAIL_HOST_PASSWORD`, `EMAIL_USE_TLS`",
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
    pages = {
        "facts.md": facts(),
        "permissions.md": permissions("en"),
        "permissions.zh.md": permissions("zh-hans"),
        "settings.md": rules(),
        "commands.md": commands(),
    }
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
