"""Files that are not what they should be are refused with the place and the reason."""

import copy
import json

import pytest
from typer.testing import CliRunner

from servicelane.project.cli import cli
from servicelane.project.refusals import NotDone
from servicelane.schedule.planner.files import Malformed, read_day, read_job_shop
from tests.schedule.planner.checkers import faults_of_shop

SHOP = "2 2 1.5\n2 1 1 3 2 1 4 2 2\n1 1 2 5\n"
DAY = {
    "format": "planner-day/1",
    "technicians": [{"id": "T1", "skills": {"mechanical": 2}, "windows": [[0, 240]]}],
    "bays": [{"id": "B1", "kind": "general"}],
    "cars": [
        {
            "id": "C1", "class": "waiting", "weight": 2, "arrival": 0, "promised": 60, "bay_kind": "general",
            "ops": [{"id": "C1.1", "skill": "mechanical", "level": 1, "minutes": 90, "ready": 0}],
        }
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: the file is empty"),
        ("\n \n", "line 1: the file is empty"),
        ("2\n", "line 1: expected jobs"),
        ("2 2 x\n", "line 1: 'x' is no number"),
        ("a 2\n", "line 1: 'a' is no whole number"),
        ("1 1\n1 1 1 ３\n", "line 2: '３' is no whole number"),
        ("1 1\n1 1 1 1_0\n", "line 2: '1_0' is no whole number"),
        ("3 2 1.5\n2 1 1 3 2 1 4 2 2\n1 1 2 5\n", "line 3: 3 jobs were announced, 2 follow"),
        ("1 2\n2 1 1 3\n", "line 2: it ends where the number of machines"),
        ("1 2\n1 1 1\n", "line 2: it ends where a duration"),
        ("1 2\n1 1 3 4\n", "line 2: 3 is not between 1 and 2"),
        ("1 2\n1 1 0 4\n", "line 2: 0 is not between 1 and 2"),
        ("1 2\n1 1 1 0\n", "line 2: 0 is not between 1"),
        ("1 2\n1 1 1 -4\n", "line 2: -4 is not between 1"),
        ("1 2\n1 1 1 99999999999999\n", "line 2: 99999999999999 is not between"),
        ("1 2\n1 2 1 4 1 5\n", "line 2: machine 1 is named twice"),
        ("1 2\n\n1 1 1 4 7\n", "line 3: nothing should follow"),
        ("1 2\n0\n", "line 2: 0 is not between 1"),
    ],
)
def test_a_job_shop_is_refused_with_its_line(text, words):
    with pytest.raises(Malformed) as refused:
        read_job_shop(text)
    assert str(refused.value).startswith(words)


def test_a_job_shop_is_read():
    shop = read_job_shop(SHOP)
    assert (shop.machines, shop.jobs) == (2, ((((1, 3),), ((1, 4), (2, 2))), (((2, 5),),)))


def changed(path, value):
    whole = copy.deepcopy(DAY)
    at = whole
    for key in path[:-1]:
        at = at[key]
    if value is KeyError:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return json.dumps(whole)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "line 1: "),
        ("[]", "the file: expected an object"),
        ("[" * 100_000, "line 1: "),
        (changed(["format"], "planner-day/2"), "format: expected"),
        (changed(["cars"], KeyError), "the file: 'cars' is missing"),
        (changed(["cars"], {}), "cars: expected a list"),
        (changed(["cars", 0], 7), "cars[0]: expected an object"),
        (changed(["cars", 0, "weight"], -1), "cars[0].weight: -1 is not between"),
        (changed(["cars", 0, "weight"], True), "cars[0].weight: expected a whole number"),
        (changed(["cars", 0, "arrival"], float("nan")), "NaN is no number here"),
        (changed(["cars", 0, "promised"], 1.5), "cars[0].promised: expected a whole number"),
        (changed(["cars", 0, "ops", 0, "minutes"], "90"), "cars[0].ops[0].minutes: expected a whole number"),
        (changed(["cars", 0, "ops", 0, "ready"], 10**30), "cars[0].ops[0].ready: "),
        (changed(["technicians", 0, "skills", "mechanical"], "2"), "technicians[0].skills.mechanical: "),
        (changed(["technicians", 0, "windows", 0], [1]), "technicians[0].windows[0]: a window is two"),
        (changed(["bays", 0, "kind"], None), "bays[0].kind: expected text"),
        (changed(["bays", 0, "id"], "\ud800"), "bays[0].id: expected at most 200 signs"),
        (changed(["bays", 0, "id"], "B" * 201), "bays[0].id: expected at most 200 signs"),
    ],
)
def test_a_day_is_refused_with_its_place(text, words):
    with pytest.raises(Malformed) as refused:
        read_day(text)
    assert str(refused.value).startswith(words)


def run(*arguments):
    return CliRunner().invoke(cli, ["plan", *map(str, arguments)])


def test_the_command_plans_both_kinds(tmp_path):
    (tmp_path / "a.fjs").write_text(SHOP, encoding="utf-8")
    (tmp_path / "day.json").write_text(json.dumps(DAY), encoding="utf-8")
    shop = json.loads(run(tmp_path / "a.fjs", "--seconds", 20, "--json").stdout)
    steps = [type("Step", (), row) for row in shop["schedule"]]
    assert faults_of_shop(read_job_shop(SHOP).jobs, steps) == []
    assert (shop["makespan"], shop["lower_bound"]) == (7, 7)

    day = json.loads(run(tmp_path / "day.json", "--seconds", 0.2, "--json").stdout)
    (row,) = day["assignments"]
    why = row.pop("reasons")
    assert row == {"op": "C1.1", "technician": "T1", "bay": "B1", "start": 0, "end": 90}
    assert why["en"][0] == "Only T1 here may do it."
    assert why["zh"][-1] == "比承诺的60晚30分钟完工：没有找到更好的安排。"
    assert (day["weighted_lateness"], day["first_plan_seconds"] <= day["seconds"]) == (60, True)

    said = run(tmp_path / "a.fjs", "--seconds", 20).stdout
    assert said.startswith("job\top\tmachine\tstart\tend\n1\t1\t1\t0\t3\n")
    assert "makespan\t7\n" in said
    (tmp_path / "day.json").write_text(json.dumps({**DAY, "cars": []}), encoding="utf-8")
    assert run(tmp_path / "day.json", "--seconds", 0.2).stdout.startswith("weighted_lateness\t0\n")
    assert isinstance(run(tmp_path).exception, NotDone)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.fjs", b"1 1\n1 1 1 x\n", "line 2: 'x' is no whole number"),
        ("a.fjs", b"1 1\n\xff\xfe\n", "line 2: it is no UTF-8 text"),
        ("a.fjs", b"", "line 1: the file is empty"),
        (
            "day.json",
            json.dumps(DAY).replace('"general"', '"body"', 1).encode(),
            "no bay of the kind 'general'",
        ),
        ("day.json", json.dumps(DAY).replace("240", "80").encode(), "longer than any window"),
    ],
)
def test_the_command_refuses_in_one_line(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    done = run(tmp_path / name)
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
