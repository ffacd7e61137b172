"""The manual: each picture that a page names is there, is taken by the tool, and none lies about unused."""

import re

from tools.pictures import FOLDERS, MANUAL, PICTURES


def test_the_manual_shows_the_pictures_that_are_taken() -> None:
    for folder in FOLDERS.values():
        pages = (MANUAL / folder).glob("*.md")
        named = re.findall(r"!\[[^\]]+\]\(pictures/([\w-]+)\.webp\)", "".join(p.read_text() for p in pages))
        there = [file.stem for file in (MANUAL / folder / "pictures").iterdir()]
        assert sorted(named) == sorted(there) == sorted(PICTURES)
