"""`make shots`: a contact sheet for each page, three widths by two languages, full and empty.

Starts the product twice on data directories of its own, with a demo of one day and with hardly anything,
signs in as people of the cast, and writes build/shots/NAME.png.
`python -m tools.shots today people` makes only these.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools import debian
from tools.steps import ROOT, Refused, run, step

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Error, Page

OUT = ROOT / "build/shots"
PASSWORD = "lane-demo-2026"  # noqa: S105 - of the cast, which is printed at each start
WIDTHS = {1440: 900, 820: 1180, 390: 844}
LANGUAGES = ("zh-hans", "en")
TALLEST = 2600  # a longer page is cut
SCALE = 0.5
DEMO_DAYS = "1"
LONGEST = 180  # seconds until the demo has lived up to now


@dataclass(frozen=True)
class Shown:
    """A page: its path, who looks at it (empty: nobody signed in), and what is followed or sent there.

    `follow` is a pattern of an address: the first link to one is taken, and `then` is added to it. `send` is
    a field's CSS selector: its form is sent as it is.
    """

    path: str
    user: str = "admin"
    follow: str = ""
    then: str = ""
    send: str = ""


PERSON, STORE, BAY = r"/people/\d+/$", r"/settings/stores/\d+/$", r"/settings/bays/\d+/$"
PART = r"/parts/\d+/$"

# A new page gets a line here.
PAGES: dict[str, Shown] = {
    "sign-in": Shown("/sign-in/", ""),
    "sign-in-refused": Shown("/sign-in/", "", send="[name=password]"),
    "today": Shown("/", "chen"),
    "today-manager": Shown("/", "gu"),
    "search": Shown("/search?q=chen", "gu"),
    "alerts": Shown("/alerts", "gu"),
    "password": Shown("/password/", "chen"),
    "refused": Shown("/settings/stores/", "tao"),
    "own-pin": Shown("/pin/", "chen"),
    "own-sessions": Shown("/sessions/", "chen"),
    "second-factor": Shown("/second-factor/", "chen"),
    "customers": Shown("/customers/", "chen"),
    "bookings": Shown("/bookings/", "chen"),
    "booking-new": Shown("/bookings/new", "chen"),
    "reception": Shown("/reception/", "chen"),
    "walk-in": Shown("/reception/walk-in", "chen"),
    "opening-orders": Shown("/reception/effort", "chen"),
    "check-in": Shown("/reception/", "chen", follow=r"/orders/\d+/check-in$"),
    "orders": Shown("/orders/", "chen"),
    "order": Shown("/orders/", "chen", follow=r"/orders/\d+/$"),
    "workshop": Shown("/workshop/", "luo"),
    "plan": Shown("/workshop/plan", "luo"),
    "sheet": Shown("/orders/", "chen", follow=r"/orders/\d+/$", then="sheet"),
    "my-jobs": Shown("/my-jobs/", "tao"),
    "inspections": Shown("/inspections/", "yin"),
    "washes": Shown("/washes/", "luo"),
    "cashier": Shown("/cashier/", "shen"),
    "cash-days": Shown("/cashier/days/", "shen"),
    "day-sheet": Shown("/today/day-sheet", "gu"),
    "attendance": Shown("/people/attendance/", "gu"),
    "care": Shown("/care/", "lin"),
    "complaints": Shown("/care/complaints/", "lin"),
    "operations": Shown("/settings/operations/", "gu"),
    "rates": Shown("/settings/rates/", "gu"),
    "customer-new": Shown("/customers/new", "chen"),
    "customer-new-refused": Shown("/customers/new", "chen", send="[name=name]"),
    "customer-take-over": Shown("/customers/take-over", "chen"),
    "people": Shown("/people/"),
    "person": Shown("/people/", follow=PERSON),
    "person-new": Shown("/people/new"),
    "person-change": Shown("/people/", follow=PERSON, then="change"),
    "person-role": Shown("/people/", follow=PERSON, then="roles/new"),
    "person-certificate": Shown("/people/", follow=PERSON, then="certificates/new"),
    "person-password": Shown("/people/", follow=PERSON, then="password"),
    "person-leaves": Shown("/people/", follow=PERSON, then="leave"),
    "shifts": Shown("/people/shifts/", "gu"),
    "shift-new": Shown("/people/shifts/new", "gu"),
    "parts": Shown("/parts/", "he"),
    "part": Shown("/parts/", "he", follow=PART),
    "part-new": Shown("/parts/new", "he"),
    "part-take-out": Shown("/parts/", "gu", follow=PART, then="take-out"),
    "parts-worth": Shown("/parts/worth/", "gu"),
    "settings": Shown("/settings/"),
    "stores": Shown("/settings/stores/"),
    "store": Shown("/settings/stores/", follow=STORE),
    "store-new": Shown("/settings/stores/new"),
    "store-change": Shown("/settings/stores/", follow=STORE, then="change"),
    "store-hours": Shown("/settings/stores/", follow=STORE, then="hours"),
    "store-day": Shown("/settings/stores/", follow=STORE, then="days"),
    "bays": Shown("/settings/bays/"),
    "bay": Shown("/settings/bays/", follow=BAY),
    "bay-new": Shown("/settings/bays/new"),
    "bay-change": Shown("/settings/bays/", follow=BAY, then="change"),
    "roles": Shown("/settings/roles/"),
    "calendar": Shown("/settings/calendar/"),
    "rules": Shown("/settings/rules/"),
    "rule": Shown("/settings/rules/", follow=r"/settings/rules/[^/]+/$"),
    "terminals": Shown("/settings/terminals/"),
    "terminal-new": Shown("/settings/terminals/new"),
    "system": Shown("/settings/system/"),
    "messages": Shown("/settings/messages/", "gu"),
    "facts": Shown("/settings/facts/"),
    "fact": Shown("/settings/facts/", follow=r"/settings/facts/\d+/$"),
    "terminal": Shown("/terminal/", "gu"),
    "not-found": Shown("/nowhere/", "chen"),
}

# "Empty" is the cast without anything that a list shows beside the people and their stores.
EMPTIED = (
    "parts.Reservation",
    "parts.Movement",
    "parts.StockItem",
    "people.Shift",
    "people.Certificate",
    "people.EmployeeSkill",
    "people.Terminal",
    "org.StoreDay",
    "org.Bay",
)
EMPTY = f"""
import django; django.setup()
from django.apps import apps
for label in {EMPTIED!r}:
    apps.get_model(label)._base_manager.all().delete()
"""
SPEAK = """
import sys, django; django.setup()
from django.contrib.auth import get_user_model
get_user_model()._base_manager.update(language=sys.argv[1])
"""


def main(names: list[str]) -> int:
    """Make the sheets of these pages, or of all; returns the exit code."""
    try:
        if unknown := [name for name in names if name not in PAGES]:
            raise Refused(f"There is no page {unknown[0]!r}.", f"The pages are: {', '.join(PAGES)}.")
        debian.ensure("chromium", "fonts-wqy-microhei")
        shoot({name: PAGES[name] for name in names or PAGES})
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


def shoot(pages: dict[str, Shown]) -> None:
    """Photograph the pages in all variants and compose their sheets."""
    from playwright.sync_api import sync_playwright

    OUT.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        taken = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="servicelane-shots-")))
        with step("two installations"):
            sites = [
                stack.enter_context(site(taken / "full", empty=False, demo_days=DEMO_DAYS)),
                stack.enter_context(site(taken / "empty", empty=True)),
            ]
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--disable-quic"]
        )
        for language in LANGUAGES:
            for data_dir, address in sites:
                variant = f"{language} {data_dir.name}"
                with step(variant):
                    django(SPEAK, data_dir, language)
                    photograph(browser, address, pages, language, taken, variant)
        browser.close()
        with step("sheets"):
            for name in pages:
                compose(name, taken)


@contextmanager
def site(data_dir: Path, empty: bool, demo_days: str = "0") -> Iterator[tuple[Path, str]]:
    """A running installation with the cast, emptied if asked; yields its data directory and its address.

    With `demo_days` its demo begins to live these days at once.
    """
    data_dir.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = subprocess.Popen(
        [str(Path(sys.executable).with_name("servicelane")), "up"],
        env={
            **_environment(data_dir),
            "DEMO_DAYS": demo_days,
            "PORT": str(port),
            "HOST": "127.0.0.1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said = []
        for line in running.stdout or ():
            said.append(line)
            if line.startswith("ServiceLane runs at"):
                break
        else:
            raise Refused(f"ServiceLane did not start:\n{''.join(said)}")
        if empty:
            django(EMPTY, data_dir)
        if demo_days != "0":
            _await_demo(data_dir)
        yield data_dir, f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(20)
        if running.stdout:
            running.stdout.close()


def _await_demo(data_dir: Path) -> None:
    """Wait until the demo was filled. Raises Refused when it takes too long."""
    last = time.monotonic() + LONGEST
    note = data_dir / "demo.json"
    while not note.exists() or json.loads(note.read_text(encoding="utf-8"))["share"] < 1:
        if time.monotonic() > last:
            raise Refused(f"The demo was not filled within {LONGEST} s.")
        time.sleep(0.5)


def django(script: str, data_dir: Path, *arguments: str) -> None:
    """Run a few lines on an installation's database."""
    run([sys.executable, "-c", script, *arguments], "The data was not prepared", env=_environment(data_dir))


def photograph(
    browser: "Browser", address: str, pages: dict[str, Shown], language: str, taken: Path, variant: str
) -> None:
    """Take each page of one installation in one language at all widths."""
    signed_in = {
        user: sign_in(browser, address, user) for user in {page.user for page in pages.values()} if user
    }
    for name, shown in pages.items():
        for width, height in WIDTHS.items():
            context = browser.new_context(
                base_url=address,
                viewport={"width": width, "height": height},
                storage_state=signed_in.get(shown.user),
                locale="en-GB" if language == "en" else "zh-CN",
                timezone_id="Asia/Shanghai",
                reduced_motion="reduce",
            )
            context.add_cookies([{"name": "language", "value": language, "url": address}])
            page = context.new_page()
            page.on("pageerror", partial(_report, name))
            open_page(page, shown, name)
            # The whole page as one window, so that a bar at its foot is drawn at the foot.
            whole = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": max(height, min(whole, TALLEST))})
            page.screenshot(path=taken / f"{name} {variant} {width}.png", animations="disabled")
            context.close()


def _report(name: str, error: "Error") -> None:
    print(f"  {name}: script error: {error}")


def open_page(page: "Page", shown: Shown, name: str) -> None:
    """Go to a page as it is described; says so when it is wider than the window."""
    page.goto(shown.path)
    if shown.follow:
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
        target = next((link for link in links if re.search(shown.follow, link)), None)
        if target:
            page.goto(target + shown.then)
    if shown.send:
        page.eval_on_selector(shown.send, "field => field.form.noValidate = true")
        _send(page, shown.send)
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    if wide:
        print(f"  {name}: wider than the window at {page.evaluate('window.innerWidth')} px")


def _send(page: "Page", field: str) -> None:
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.press(field, "Enter")
    page.wait_for_load_state("load")


def sign_in(browser: "Browser", address: str, user: str) -> Any:
    """The cookies of a person who signed in by the form. Raises Refused when that does not lead inside."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/sign-in/")
    page.fill("[name=login]", user)
    page.fill("[name=password]", PASSWORD)
    _send(page, "[name=password]")
    if "/sign-in/" in page.url:
        raise Refused(f"{user} could not sign in: {page.inner_text('main')[:300]}")
    state = context.storage_state()
    context.close()
    return state


def compose(name: str, taken: Path) -> None:
    """Put one page's pictures on one sheet: a row per language and state, a column per width."""
    from PIL import Image, ImageDraw

    rows = [f"{language} {state}" for language in LANGUAGES for state in ("full", "empty")]
    pictures: dict[tuple[str, int], Image.Image] = {}
    for variant in rows:
        for width in WIDTHS:
            with Image.open(taken / f"{name} {variant} {width}.png") as picture:
                cut = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, TALLEST)))
            pictures[variant, width] = cut.resize((int(cut.width * SCALE), int(cut.height * SCALE)))
    gap, label = 16, 18
    heights = [max(pictures[variant, width].height for width in WIDTHS) for variant in rows]
    sheet = Image.new(
        "RGB",
        (
            sum(int(width * SCALE) + gap for width in WIDTHS) + gap,
            sum(height + gap + label for height in heights) + gap,
        ),
        "#9aa3af",
    )
    draw, top = ImageDraw.Draw(sheet), gap
    for variant, height in zip(rows, heights, strict=True):
        left = gap
        for width in WIDTHS:
            draw.text((left, top), f"{name} · {variant} · {width}", fill="black")
            sheet.paste(pictures[variant, width], (left, top + label))
            left += int(width * SCALE) + gap
        top += height + gap + label
    sheet.save(OUT / f"{name}.png")


def _environment(data_dir: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SECRET_KEY")}
    kept |= {"DATA_DIR": str(data_dir), "DEMO_DAYS": "0"}
    return {**kept, "DJANGO_SETTINGS_MODULE": "servicelane.project.settings"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
