import gzip
import re
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.template import Context, Template
from django.utils import translation

from servicelane.kernel.clock import moved
from servicelane.kernel.middleware import Compression
from servicelane.project import navigation
from servicelane.project.templatetags import ui

PROJECT = Path(navigation.__file__).parent
PACKAGE = PROJECT.parent
HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*;)")
ICON = re.compile(r"""{% icon "([a-z0-9-]+)\"""")
NOON = datetime(2026, 11, 22, 10, 42, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", ["2026年11月22日 周日", "11月22日", "2025年3月5日", "10:42", "11月22日 10:42"]),
        ("en", ["Sun 22 Nov 2026", "22 Nov", "5 Mar 2025", "10:42", "22 Nov 10:42"]),
    ],
)
def test_days_and_times_are_written_as_the_language_does(language, said):
    with translation.override(language), moved(NOON):
        written = [
            ui.day(NOON),
            ui.day_short(NOON),
            ui.day_short(date(2025, 3, 5)),
            ui.clock(NOON),
            ui.moment(NOON),
        ]
    assert written == said


def test_nothing_is_written_for_no_time():
    assert [ui.day(None), ui.day_short(None), ui.clock(None), ui.moment(None)] == [""] * 4


@pytest.mark.parametrize(
    ("message", "halves"),
    [
        ("Bay L3 was not added: the code is taken.", ("Bay L3 was not added", "The code is taken.")),
        ("工位 L3 没有新增：编号已被使用。", ("工位 L3 没有新增", "编号已被使用。")),
        ("It was not done.", ("It was not done.", "")),
    ],
)
def test_a_refusal_is_parted_at_its_colon(message, halves):
    assert ui.halves(message) == halves


def test_typed_words_are_escaped_and_marked():
    page = Template("{% load ui %}{% user_text name %}").render(Context({"name": "<b>陈安"}))
    assert page == "<span data-user-text>&lt;b&gt;陈安</span>"


def test_colours_stand_in_the_tokens_only():
    for file in (PROJECT / "static").glob("*.css"):
        if file.name != "tokens.css":
            assert not HEX.search(file.read_text()), file.name


def test_every_icon_of_a_page_is_in_the_sprite():
    listed = set((PROJECT / "static/icons.txt").read_text().split())
    used = {name for page in PACKAGE.rglob("*.html") for name in ICON.findall(page.read_text())}
    used |= {place.icon for place in [*navigation.PLACES, *navigation.BESIDES, *navigation.SETTINGS]}
    assert used - listed == set()


def test_the_script_has_no_words_and_no_eval():
    script = (PROJECT / "static/app.js").read_text()
    assert script.isascii()
    assert not re.search(r"\beval\(|new Function|innerHTML|\.textContent\s*=", script)


def test_no_page_carries_script_or_style_of_its_own():
    for page in PACKAGE.rglob("*.html"):
        text = page.read_text()
        assert not re.search(r"<style|\son[a-z]+=|\shx-on|javascript:|<script(?![^>]*\bsrc=)", text), page
        assert " style=" not in text, page


def test_every_place_exists(cast):
    for place in [*navigation.PLACES, *navigation.BESIDES, navigation.SETTINGS_HOME, *navigation.SETTINGS]:
        assert navigation.may_open(cast.admin, cast.shinan, place.route), place.route


@pytest.mark.parametrize("who", ["chen", "luo", "gu", "zhou", "meng", "admin", "zheng", "wu"])
def test_the_navigation_offers_what_the_guard_lets_in_and_nothing_else(client, cast, who):
    person = getattr(cast, who)
    client.force_login(person)
    shell = client.get("/").context["shell"]
    offered = {link.url for link in [*shell.places, *shell.foot, *shell.settings]}
    for place in [*navigation.PLACES, navigation.SETTINGS_HOME, *navigation.SETTINGS]:
        url = navigation._declared(place.route)[0]
        assert (client.get(url).status_code == 200) == (url in offered), (who, url)


@pytest.mark.parametrize("page", ["/people/shifts/", "/people/attendance/"])
def test_the_page_one_is_on_is_marked_once(client, cast, page):
    client.force_login(cast.gu)
    shell = client.get(page).context["shell"]
    assert [link.url for link in shell.places if link.is_here] == ["/people/shifts/"]


def test_the_folded_navigation_is_remembered(client, cast):
    client.force_login(cast.gu)
    assert 'data-nav="open"' in client.get("/").content.decode()
    client.cookies["nav"] = "folded"
    assert 'data-nav="folded"' in client.get("/").content.decode()
    client.cookies["nav"] = '"><script>'
    assert 'data-nav="open"' in client.get("/").content.decode()


def test_english_pages_use_english_names(client, cast):
    type(cast.chen).objects.filter(pk=cast.chen.pk).update(language="en")
    cast.chen.language = "en"
    client.force_login(cast.chen)
    page = client.get("/").content.decode()

    assert '<html lang="en"' in page
    assert "Chen An" in page
    assert "陈安" not in page


def test_a_page_leaves_compressed_for_whoever_takes_it(client, cast):
    client.force_login(cast.chen)
    plain = client.get("/")
    packed = client.get("/", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert len(packed.content) < len(plain.content) / 2
    assert gzip.decompress(packed.content).lower().startswith(b"<!doctype html>")


def test_a_paper_is_not_compressed_once_more(rf):
    packed = Compression(lambda _request: HttpResponse(b"%PDF" * 500, content_type="application/pdf"))
    assert "Content-Encoding" not in packed(rf.get("/", headers={"Accept-Encoding": "gzip"}))
