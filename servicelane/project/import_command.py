"""`servicelane import …`: tables of other systems into this one, dry run first (ARC-7)."""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .refusals import NotDone, in_words

if TYPE_CHECKING:
    from servicelane.customers.importing import Outcome
    from servicelane.org.models import Store

SHOWN = 20
import_app = typer.Typer(help="Import tables from other systems; --dry-run says first what would happen.")


@import_app.callback()
def kinds() -> None:
    """Import tables from other systems; --dry-run says first what would happen."""


@import_app.command()
def customers(
    file: Annotated[Path, typer.Argument(help="a CSV file, UTF-8 or GB 18030, with headings")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would happen, keep nothing")] = False,
    store: Annotated[str, typer.Option(help="code of the store that gets the files; the first one")] = "",
    report: Annotated[Path | None, typer.Option(help="where to write what became of each row")] = None,
) -> None:
    """Import customers and cars: name, mobile, address, plate, vin, brand, series, year, odometer_km."""
    with in_words():
        import django
        from django.utils import translation

        django.setup()
        translation.activate("en")
        from servicelane.customers.importing import import_customers, write_report
        from servicelane.customers.tables import read_table
        from servicelane.kernel.errors import DomainError

        try:
            table = read_table(file)
            place = _store(store)
            count, hidden = max(len(table.rows), 1), not sys.stderr.isatty()
            with typer.progressbar(length=count, label=file.name, file=sys.stderr, hidden=hidden) as bar:
                outcomes = import_customers(place, table.rows, dry_run=dry_run, tell=bar.update)
        except DomainError as refusal:
            raise NotDone(f"{refusal} {refusal.advice}") from refusal
        if report:
            write_report(report, outcomes)
    _print(outcomes, place, dry_run)


def _store(code: str) -> "Store":
    from servicelane.org.models import Store

    open_ones = Store.objects.filter(closed_on=None).select_related("region").order_by("code")
    found = open_ones.filter(code=code).first() if code else open_ones.first()
    if found is None:
        known = ", ".join(open_ones.values_list("code", flat=True)) or "none"
        raise NotDone(f"Nothing was imported: there is no open store {code!r}. Open stores are: {known}.")
    return found


def _print(outcomes: "list[Outcome]", store: "Store", dry_run: bool) -> None:
    for outcome in [one for one in outcomes if one.why][:SHOWN]:
        typer.echo(f"row {outcome.row}: {outcome.result.label}: {outcome.why}")
    more = sum(bool(one.why) for one in outcomes) - SHOWN
    if more > 0:
        typer.echo(f"and {more} more rows, see --report FILE")
    counts = Counter(outcome.result for outcome in outcomes)
    said = ", ".join(
        f"{counts[result]} {result.label}" for result in dict.fromkeys(one.result for one in outcomes)
    )
    done = "dry run, nothing was kept" if dry_run else "imported"
    typer.echo(f"{store.code}: {len(outcomes)} rows: {said or 'none'} ({done})")
