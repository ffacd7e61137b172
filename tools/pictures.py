"""`make pictures`: the pictures of the manual, one for each page that it explains, in both languages.

Starts the product on a data directory of its own, waits until its demo has lived up to now, and writes
docs/manual/LANGUAGE/pictures/NAME.webp. By night the workshop is empty: take them while the stores are open.
`python -m tools.pictures workshop` makes only this one.
"""

import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools import debian
from tools.shots import SPEAK, Shown, django, open_page, sign_in, site
from tools.steps import ROOT, Refused, step

if TYPE_CHECKING:
    from playwright.sync_api import Browser

MANUAL = ROOT / "docs/manual"
FOLDERS = {"zh-hans": "zh", "en": "en"}
DEMO_DAYS = "2"
QUALITY = 82
TABLET, PHONE, DESK = (820, 560), (390, 760), (1440, 900)


@dataclass(frozen=True)
class Picture:
    """What the manual shows: a page, how it is reached, and the window it is seen in."""

    shown: Shown
    window: tuple[int, int] = DESK


PICTURES = {
    "today": Picture(Shown("/", "chen")),
    "reception": Picture(Shown("/reception/", "chen")),
    "order": Picture(Shown("/orders/", "chen", follow=r"/orders/\d+/$")),
    "workshop": Picture(Shown("/workshop/", "luo")),
    "my-jobs": Picture(Shown("/my-jobs/", "tao"), PHONE),
    "inspections": Picture(Shown("/inspections/", "yin"), TABLET),
    "washes": Picture(Shown("/washes/", "luo"), TABLET),
    "cashier": Picture(Shown("/cashier/", "shen")),
    "today-manager": Picture(Shown("/", "gu")),
}


def main(names: list[str]) -> int:
    """Take these pictures, or all; returns the exit code."""
    from playwright.sync_api import sync_playwright

    try:
        if unknown := [name for name in names if name not in PICTURES]:
            raise Refused(
                f"The manual has no picture {unknown[0]!r}.", f"The pictures are: {', '.join(PICTURES)}."
            )
        debian.ensure("chromium", "fonts-wqy-microhei")
        wanted = {name: PICTURES[name] for name in names or PICTURES}
        with (
            tempfile.TemporaryDirectory(prefix="servicelane-pictures-") as folder,
            site(Path(folder) / "data", empty=False, demo_days=DEMO_DAYS) as (data_dir, address),
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"),
                args=["--no-sandbox", "--disable-gpu", "--disable-quic"],
            )
            for language in FOLDERS:
                with step(language):
                    django(SPEAK, data_dir, language)
                    _take(browser, address, wanted, language)
            browser.close()
    except Refused as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


def _take(browser: "Browser", address: str, wanted: dict[str, Picture], language: str) -> None:
    from PIL import Image

    folder = MANUAL / FOLDERS[language] / "pictures"
    folder.mkdir(exist_ok=True)
    for name, picture in wanted.items():
        width, height = picture.window
        context = browser.new_context(
            base_url=address,
            viewport={"width": width, "height": height},
            storage_state=sign_in(browser, address, picture.shown.user),
            locale="en-GB" if language == "en" else "zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        context.add_cookies([{"name": "language", "value": language, "url": address}])
        page = context.new_page()
        open_page(page, picture.shown, name)
        taken = folder / f"{name}.png"
        page.screenshot(path=taken, animations="disabled")
        context.close()
        with Image.open(taken) as image:
            image.convert("RGB").save(folder / f"{name}.webp", quality=QUALITY, method=6)
        taken.unlink()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
