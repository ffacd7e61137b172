"""`servicelane bench plan` measures each file once, keeps it, and goes on after a stop."""

import json

import pytest
from typer.testing import CliRunner

from servicelane.project.cli import cli

SHOP = "2 2 1\n1 2 1 3 2 5\n1 1 1 4\n"
DAY = {
    "format": "planner-day/1",
    "technicians": [{"id": "T", "skills": {"m": 1}, "windows": [[0, 480]]}],
    "bays": [{"id": "B", "kind": "general"}],
    "cars": [
        {
            "id": "C", "class": "other", "weight": 2, "arrival": 0, "promised": 30, "bay_kind": "general",
            "ops": [{"id": "C.1", "skill": "m", "level": 1, "minutes": 60, "ready": 0}],
        }
    ],
}  # fmt: skip


@pytest.fixture
def published(tmp_path):
    folder = tmp_path / "01-dispatch-scheduling"
    folder.mkdir()
    (folder / "one.fjs").write_text(SHOP)
    (folder / "day1.json").write_text(json.dumps(DAY))
    expected = {"instances": {"one": {"file": "one.fjs", "upper_bound": 4}}}
    (folder / "expected.json").write_text(json.dumps(expected))
    return tmp_path


def bench(reference, *more):
    place = reference / "kept.jsonl"
    arguments = ["bench", "plan", "--reference", reference, "--place", place, "--seconds", "0.5", *more]
    return CliRunner().invoke(cli, list(map(str, arguments)))


def test_each_file_is_measured_against_its_peer_and_only_once(published):
    said = bench(published)
    assert said.exit_code == 0, said.output
    kept = [json.loads(line) for line in (published / "kept.jsonl").read_text().splitlines()]
    assert [(one["file"], one["value"], one["peer"]) for one in kept] == [
        ("one.fjs", 5, 4),
        ("day1.json", 60, 60),
    ]
    assert all(one["megabytes"] > 10 for one in kept)
    assert "25.00 % gap to best known" in said.output
    assert "lateness 60, 100.0 % of first come (60)" in said.output

    with (published / "kept.jsonl").open("a") as file:
        file.write('{"file": "half')
    again = bench(published)
    assert again.output == said.output
    assert len((published / "kept.jsonl").read_text().splitlines()) == 3
    bench(published, "--seed", "1")
    assert bench(published, "--seed", "1").exit_code == 0
    assert len((published / "kept.jsonl").read_text().splitlines()) == 5


def test_a_sample_is_drawn_by_its_seed_and_a_wrong_folder_is_refused(published, tmp_path):
    assert "1/1" in bench(published, "--sample", "1").output
    assert len((published / "kept.jsonl").read_text().splitlines()) == 1
    wrong = bench(tmp_path / "nothing")
    assert wrong.exit_code == 1
    assert "not the folder of the published instances" in str(wrong.exception)
