"""`servicelane backup` and `servicelane restore` on the database of the test, as an operator runs them."""

from collections import Counter
from pathlib import Path
from threading import Event as Stop
from threading import Thread
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction

from servicelane.customers.models import Customer, Vehicle
from servicelane.demo.cast import Cast
from servicelane.kernel import sealing
from servicelane.kernel.events import record
from servicelane.kernel.models import Event
from servicelane.kernel.transactions import unit
from servicelane.orders.models import RepairOrder
from servicelane.org import events as org_events
from servicelane.project import dumps
from servicelane.project.archive import DATABASES, opened
from servicelane.project.backup import Place, make_backup
from servicelane.project.refusals import NotDone
from tests import visit
from tests.project.places import IS_POSTGRESQL, empty_place, every_row, run


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_restored_into_an_empty_place_row_for_row(cast, own_process, tmp_path):
    while sealing.seal():
        pass
    data = Path(own_process["DATA_DIR"])
    (data / "files/photos").mkdir(parents=True)
    (data / "files/photos/1.jpg").write_bytes(b"picture")
    (data / "secret_key").write_text("a key of this place")
    mine = {name: value for name, value in own_process.items() if name != "SECRET_KEY"}

    made = run(mine, "backup")
    assert made.returncode == 0, made.stderr
    (file,) = (data / "backups").iterdir()
    assert f"{file} (" in made.stdout
    assert "1 uploaded files, the secret key" in made.stdout
    assert f"ledger head: {sealing.head().hash}" in made.stdout

    with empty_place(tmp_path / "other", mine) as other:
        checked = run(other, "restore", str(file), "--check")
        assert f"{Event.objects.count()} facts" in checked.stdout, checked.stderr
        assert not (tmp_path / "other").exists()
        assert every_row(mine)["people_employee"]

        done = run(other, "restore", str(file))
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "ok"), done.stderr
        assert (tmp_path / "other/secret_key").read_text() == "a key of this place"
        assert (tmp_path / "other/files/photos/1.jpg").read_bytes() == b"picture"
        assert every_row(other) == every_row(mine)

        again = run(other, "restore", str(file))
        assert (again.returncode, again.stderr.count("\n")) == (1, 1)
        assert "there is a database in this place already" in again.stderr


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_of_one_moment_while_others_write(cast, own_process, tmp_path, monkeypatch):
    """A fact that is committed after the copy began is neither in it nor in what is said of it."""
    while sealing.seal():
        pass
    head, before = sealing.head(), Event.objects.count()
    written: list[int] = []
    (tmp_path / "other").mkdir()

    def write_one() -> None:
        with transaction.atomic():
            written.append(record(org_events.STORE_CHANGED, cast.shinan, by=None, changed=["phone"]).pk)
        sealing.seal()

    if IS_POSTGRESQL:
        began = dumps.PostgreSQL._environment

        def late(self: dumps.PostgreSQL) -> dict[str, str]:
            _elsewhere(write_one)  # the moment is chosen, pg_dump is not started yet
            return began(self)

        monkeypatch.setattr(dumps.PostgreSQL, "_environment", late)
    else:
        monkeypatch.setattr(dumps, "PAGES", 40)

    def tell(step: str, done: int, whole: int) -> None:
        if step == "copying" and done < whole and len(written) < 20:
            write_one()

    place = Place(dumps.database_of(connection.settings_dict), tmp_path, tmp_path / "files")
    manifest = make_backup(place, tmp_path / "b.zip", tell)

    assert len(written) >= 1
    assert Event.objects.count() == before + len(written)
    assert (manifest.ledger.hash, manifest.ledger.facts) == (head.hash, before)
    with empty_place(tmp_path / "other", own_process) as other:
        with opened(tmp_path / "b.zip") as archive:
            name = DATABASES[archive.manifest.database]
            (tmp_path / "dump").write_bytes(b"".join(archive.read(name)))
        new = urlsplit(other.get("DATABASE_URL", "")).path[1:] or tmp_path / "other/servicelane.sqlite3"
        dumps.database_of({**connection.settings_dict, "NAME": str(new)}).load(tmp_path / "dump")
        assert len(every_row(other)["kernel_event"]) == before


@pytest.mark.django_db(transaction=True)
def test_a_backup_taken_while_several_people_work_is_restored_whole(shop, own_process, tmp_path):
    """Each visit is one transaction: in the restored place it is there with all its rows, or not at all."""
    cars = [visit.car(shop, plate) for plate in ("鲁B11111", "鲁B22222", "鲁B33333")]
    over, made, refused = Stop(), Counter(), []

    def work(nth: int) -> None:
        customer, vehicle = cars[nth]
        try:
            while not over.is_set():
                unit(lambda: visit.agreed(shop, _checked_in(shop, customer, vehicle)))
                made[nth] += 1
                unit(sealing.seal)
        except Exception as error:
            refused.append(error)
            raise
        finally:
            connection.close()

    people = [Thread(target=work, args=(nth,)) for nth in range(len(cars))]
    for person in people:
        person.start()
    try:
        while not (all(made[nth] for nth in range(len(cars))) or refused):
            over.wait(0.02)
        before = RepairOrder.objects.count()
        taken = run(own_process, "backup", str(tmp_path / "b.zip"))
    finally:
        over.set()
        for person in people:
            person.join()
    assert (taken.returncode, refused) == (0, []), taken.stderr

    with empty_place(tmp_path / "other", own_process) as other:
        done = run(other, "restore", str(tmp_path / "b.zip"))
        assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "ok"), done.stderr
        rows = every_row(other)
    orders, answers = rows["orders_repairorder"], rows["orders_authorisation"]
    assert before <= len(orders) < RepairOrder.objects.count()
    assert len(orders) == len(answers) == len(rows["orders_signature"])


def _checked_in(shop: Cast, customer: Customer, vehicle: Vehicle) -> RepairOrder:
    return visit.checked_in(shop, visit.arrived(shop, customer=customer, vehicle=vehicle))


@pytest.mark.django_db(transaction=True)
def test_a_failing_copy_leaves_no_file(tmp_path, monkeypatch):
    place = Place(dumps.database_of(connection.settings_dict), tmp_path, tmp_path / "files")
    failing = tmp_path / "pg_dump"
    failing.write_text("#!/bin/sh\necho some bytes\necho 'error: it broke' >&2\nexit 1\n")
    failing.chmod(0o700)
    if IS_POSTGRESQL:
        monkeypatch.setattr(dumps, "_program", lambda *_: str(failing))
    else:
        place.database.file = failing  # no database at all
    with pytest.raises(NotDone, match=r"No backup was written: .*(it broke|not a database)"):
        make_backup(place, tmp_path / "b.zip", lambda *_: None)
    assert [path.name for path in tmp_path.iterdir()] == ["pg_dump"]


def _elsewhere(do) -> None:
    """Do it through another connection, as another process would."""

    def there() -> None:
        try:
            do()
        finally:
            connection.close()

    thread = Thread(target=there)
    thread.start()
    thread.join()
