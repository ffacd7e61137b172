"""`servicelane import customers` as a person runs it."""

import subprocess
import sys
from pathlib import Path

import pytest

from servicelane.customers.models import Customer

PROGRAM = str(Path(sys.executable).with_name("servicelane"))


@pytest.mark.django_db(transaction=True)
def test_customers_are_imported_after_a_dry_run(cast, own_process, tmp_path):
    file, report = tmp_path / "list.csv", tmp_path / "report.csv"
    file.write_text("name,mobile,plate\n曹明,15400000384,鲁BX3546\n无名,,\n", encoding="utf-8")

    def run(*words):
        return subprocess.run(
            [PROGRAM, "import", "customers", *words],
            env=own_process,
            capture_output=True,
            text=True,
            check=False,
        )

    dry = run(str(file), "--dry-run")
    assert dry.returncode == 0, dry.stderr
    assert "2 rows: 1 added, 1 refused (dry run, nothing was kept)" in dry.stdout
    assert not Customer.objects.exists()

    done = run(str(file), "--store", "LS", "--report", str(report))
    assert "LS: 2 rows: 1 added, 1 refused (imported)" in done.stdout
    assert Customer.objects.get().stores.get().store == cast.laoshan
    assert "refused" in report.read_text(encoding="utf-8-sig")

    for wrong in ([str(tmp_path / "nothing.csv")], [str(file), "--store", "XX"]):
        failed = run(*wrong)
        assert failed.returncode == 1
        assert failed.stderr.count("\n") == 1
        assert "Nothing was imported" in failed.stderr
