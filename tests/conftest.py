"""What every test may ask for: the cast, the reference data, a browser, a process on the test's database."""

import gc
import os
import re
import shutil
import time
import zlib
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Whatever starts a whole installation has the cast, and no days of demo before it.
os.environ.setdefault("DEMO_DAYS", "0")

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
# What one kind of database may decide otherwise runs on both, and so does whatever commits for others to see.
# Of the rest, each database has every other test, by a number made of the test's name.
ON_BOTH = (
    "tests/customers/test_search.py",
    "tests/endurance/",
    "tests/kernel/",
    "tests/project/test_altered_by_hand.py",
    "tests/project/test_check_command.py",
    "tests/stories/",
)
# What one database leaves to the other in a run on both, so that both processes end at about the same time.
ONCE = {
    "sqlite": (
        "tests/access/test_cost.py",
        "tests/access/test_files.py",
        "tests/access/test_handing_on.py",
        "tests/access/test_tokens.py",
        "tests/access/test_unknown_ids.py",
        "tests/endurance/test_walks.py",
        "tests/project/test_backup.py::test_a_backup_is_restored_into",
        "tests/project/test_hostile.py::test_every_page_form_carries_its_secret_and_its_key",
        "tests/project/test_hostile.py::test_names_with_markup_are_shown_as_they_are",
        "tests/project/test_upgrade.py::test_a_backup_of_the_first_version",
        "tests/reception/test_walk_around.py",
    ),
    "postgresql": (
        "tests/access/test_foreign_ids.py",
        "tests/billing/test_printed.py",
        "tests/customers/test_importing.py::test_the_two_hundred_rows",
        "tests/project/test_api_schema.py",
        "tests/project/test_archive.py",
        "tests/project/test_backup.py::test_a_backup_taken_while_several",
        "tests/project/test_backup_places.py",
        "tests/project/test_day_sheet.py",
        "tests/project/test_greeting.py",
        "tests/project/test_upgrade.py::test_an_earlier_database",
    ),
}
# What asks no database, mostly waits for other programs, or is satisfied with SQLite runs in two more
# processes beside the two, so that all end at about the same time.
BESIDE = {
    "pages": (
        "tests/browser/",
        "tests/orders/test_photos.py",
        "tests/test_access.py",
        "tests/test_language.py",
        "tests/test_reads.py",
    ),
    "processes": (
        "tests/access/test_requests.py",
        "tests/access/test_typed_text.py",
        "tests/demo/test_dealership.py",
        "tests/demo/test_filling.py",
        "tests/project/test_hostile_forms.py",
        "tests/project/test_import_command.py",
        "tests/project/test_up.py",
        "tests/test_architecture.py",
        "tests/tools/",
    ),
}
SHARES = ("sqlite", "postgresql")
COMMITTING = {"transactional_db", "live_server"}
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => window.reportViolation(
  `${event.violatedDirective} refused ${event.blockedURI} (${event.sourceFile}:${event.lineNumber})`
));
"""
# A refusal is an answer: the browser's own note about its status is no fault of the page.
REFUSAL = re.compile(r"status of 4(03|04|09|13|22|29)|Response Status Error Code 4(03|04|09|13|22|29)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What a page shows and what the tools do depends on no database: of a run on both, one has each."""
    for item in items:
        # The database is made for tests that name it, and these name it through what they ask for.
        asks = {"cast", "shop", "stores", "thing"} & set(getattr(item, "fixturenames", ()))
        if asks and item.get_closest_marker("django_db") is None:
            item.add_marker("django_db")
    other, beside = os.environ.get("TEST_OTHER_DB", ""), os.environ.get("TEST_BESIDE")
    if beside:
        left_out = [item for item in items if not item.nodeid.startswith(BESIDE[beside])]
    elif other:
        left_out = [item for item in items if _is_left_to_another(item, other)]
    else:
        left_out = []
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _is_left_to_another(item: pytest.Item, other: str) -> bool:
    """Whether the process of the other database, or one beside both, has this test in a run on both."""
    name = item.nodeid
    if name.startswith((*ONCE[other], *BESIDE["pages"], *BESIDE["processes"])):
        return True
    if "/test_pages" in name:
        return other == "sqlite"
    this = "postgresql" if other == "sqlite" else "sqlite"
    if not os.environ.get("TEST_SHARED") or name.startswith((*ONCE[this], *ON_BOTH)) or _commits(item):
        return False
    return SHARES[zlib.crc32(name.encode()) % len(SHARES)] == other


def _commits(item: pytest.Item) -> bool:
    """Whether a test commits, so that its tables are emptied after it."""
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction")) or not COMMITTING.isdisjoint(
        getattr(item, "fixturenames", ())
    )


def pytest_collection_finish() -> None:
    """Modules and tests stay for the whole run: the collector of cycles need not look at them again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say aloud which tests ran without the reference data."""
    skipped = [r for r in terminalreporter.getreports("skipped") if "reference data" in str(r.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} tests did not run: there is no reference data.")


@pytest.fixture(autouse=True)
def lifted_triggers(request: pytest.FixtureRequest) -> Iterator[None]:
    """The one place that lifts the ledger's triggers: before a transactional test's tables are flushed.

    post_migrate, which the flush sends, makes them again.
    """
    if not _commits(request.node):
        yield
        return
    # Asked for here, so that the flush comes after what follows the yield.
    request.getfixturevalue("transactional_db")
    yield
    from django.db import connection

    from servicelane.kernel import triggers

    triggers.drop(connection)


@pytest.fixture(autouse=True)
def _reader_language() -> Iterator[None]:
    """No test inherits the language that another one activated, nor what it counted on the bell."""
    from django.conf import settings
    from django.utils import translation

    from servicelane.project.alerts import forget_counts

    forget_counts()
    translation.activate(settings.LANGUAGE_CODE)
    yield
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> Any:
    """The two stores and the dozen people of the house, as a new installation has them."""
    if not COMMITTING & set(request.fixturenames):
        request.getfixturevalue("db")
    from tests.cast_rows import cast_of_this_test

    return cast_of_this_test()


@pytest.fixture
def shop(request: pytest.FixtureRequest) -> Any:
    """The cast with 63 parts in stock, forty operations and the labour rates of both stores."""
    if not COMMITTING & set(request.fixturenames):
        request.getfixturevalue("db")
    from tests.cast_rows import shop_of_this_test

    return shop_of_this_test()


@pytest.fixture(scope="module")
def stores_of_module(django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The three stores, made once for the tests of a module; each of these undoes what it did itself."""
    from django.db import transaction

    from tests.access.stores import make_stores

    with django_db_blocker.unblock(), transaction.atomic():
        yield make_stores()
        transaction.set_rollback(True)


@pytest.fixture
def stores(stores_of_module: Any) -> Any:
    """Three stores of two groups with one row of everything in each, none of whose texts another has."""
    return deepcopy(stores_of_module)


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of the reference data; tests that need it are skipped aloud where it is absent."""
    folder = Path(os.environ.get("SERVICELANE_REFERENCE") or ROOT.parent / "shared/reference")
    if not folder.is_dir():
        pytest.skip("no reference data: set SERVICELANE_REFERENCE to its folder")
    return folder


@pytest.fixture
def own_process(transactional_db: None, tmp_path: Path) -> dict[str, str]:
    """The environment in which a real process of the product works on this test's database."""
    from django.db import connection

    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        url = urlsplit(os.environ["TEST_DATABASE_URL"])._replace(path=f"/{database['NAME']}").geturl()
    return {
        **os.environ,
        "DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "servicelane.project.settings",
        "PYTHONPATH": str(ROOT),
    }


@pytest.fixture
def until() -> Callable[..., None]:
    """Wait until something is so, and fail when it is not within some seconds."""

    def wait(so: Callable[[], object], seconds: float = 15, pause: float = 0.05) -> None:
        last = time.monotonic() + seconds
        while not so():
            if time.monotonic() > last:
                pytest.fail(f"not so within {seconds} s: {getattr(so, '__name__', so)}")
            time.sleep(pause)

    return wait


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Debian's chromium, one for the whole session."""
    from playwright.sync_api import sync_playwright

    # Playwright's loop runs in this thread; the test's own queries beside it are as safe as before.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    chromium = shutil.which("chromium")
    assert chromium, "Debian's package chromium is not installed"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM))
        yield running
        running.close()


@pytest.fixture
def page_of(live_server: Any, browser: "Browser") -> Iterator[Callable[..., "Page"]]:
    """Open the live server as a person sees it; `page_of(None)` is somebody signed out.

    `page_of(employee, language="en", width=390)`. The test fails on any CSP report, script error or console
    error of any page opened by it.
    """
    from django.conf import settings
    from django.test import Client

    contexts = []
    broken: list[str] = []

    def open_page(
        employee: Any = None, *, language: str | None = None, width: int = 1440, height: int = 900
    ) -> "Page":
        spoken = language or getattr(employee, "language", "zh-hans")
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            locale="en-GB" if spoken == "en" else "zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        contexts.append(context)
        cookies = {}
        if employee is not None:
            if language and employee.language != language:
                type(employee).objects.filter(pk=employee.pk).update(language=language)
                employee.language = language
            client = Client()
            client.force_login(employee)
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        if language:
            cookies[settings.LANGUAGE_COOKIE_NAME] = language
        context.add_cookies(
            [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
        )
        context.expose_function("reportViolation", lambda text: broken.append(f"CSP: {text}"))
        context.add_init_script(REPORT_VIOLATIONS)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: broken.append(f"script: {error}"))
        page.on("console", lambda message: _note(broken, message))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert broken == []


def _note(broken: list[str], message: Any) -> None:
    """Keep a console error, unless it only tells of a refused request."""
    if message.type == "error" and not REFUSAL.search(message.text):
        broken.append(f"console: {message.text}")
