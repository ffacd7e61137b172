import pytest

from servicelane.project.searching import search


def names(found) -> list[str]:
    return [
        getattr(hit.thing, "user_name", hit.label or str(hit.thing)) for kind in found for hit in kind.hits
    ]


@pytest.mark.parametrize("asked", ["tao", "tjg", "Tao Jian", "taojianguo", "建国", " t  j g "])
def test_a_person_is_found_by_name_pinyin_and_initials(cast, asked):
    assert "tao" in names(search(cast.gu, cast.shinan, asked))


def test_only_what_one_may_see_is_found(cast):
    assert "song" not in names(search(cast.gu, cast.shinan, "song"))
    assert "song" in names(search(cast.admin, cast.shinan, "song"))
    assert names(search(cast.chen, cast.shinan, "tao")) == []


def test_bays_stores_and_places_are_found(cast):
    assert "L1" in names(search(cast.gu, cast.shinan, "l1"))
    assert str(cast.shinan) in names(search(cast.gu, cast.shinan, "SN"))
    hits = [hit for kind in search(cast.gu, cast.shinan, "排班") for hit in kind.hits]
    assert [hit.url for hit in hits] == ["/people/shifts/"]


@pytest.mark.parametrize("asked", ["", "   ", "%", "_", "(", "\\", "^$", "😀", "ｔａｏ", "x" * 500])
def test_odd_questions_are_answered(client, cast, asked):
    client.force_login(cast.gu)
    assert client.get("/search", {"q": asked}).status_code == 200


def test_the_drop_down_is_a_fragment_and_enter_opens_a_page(client, cast):
    client.force_login(cast.gu)
    drop = client.get("/search", {"q": "tao"}, headers={"HX-Request": "true"})
    page = client.get("/search", {"q": "tao"})

    assert "<html" not in drop.content.decode()
    assert "<html" in page.content.decode()
    assert "HX-Request" in drop.headers["Vary"]
    assert client.get("/search", headers={"HX-Request": "true"}).content == b""


def test_a_search_costs_no_more_queries_than_it_says(cast, warm, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        search(cast.admin, cast.shinan, "a")
