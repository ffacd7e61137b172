"""Refusals about customers and vehicles."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.doubts import Doubt
from servicelane.kernel.errors import DomainError


class Doubtful(DomainError):
    """A number looks wrong, and nobody has said yet that it stands.

    `doubts` holds what is odd by field: plate, vin or mobile. The same call with a reason for each
    of these fields goes through.
    """

    code = "customers.doubtful"
    title = _("Please confirm")
    message = _("Not saved yet: {what}")
    hint = _("Correct it, or say why it is right as it is, and save again.")

    def __init__(self, doubts: Mapping[str, Sequence[Doubt]]) -> None:
        self.doubts = {field: list(found) for field, found in doubts.items()}
        first = next((str(doubt) for found in self.doubts.values() for doubt in found), "")
        super().__init__(what=first, fields=sorted(self.doubts))


class Unusable(DomainError):
    """A number is empty, too long or holds characters that no number has."""

    code = "customers.unusable"
    message = _("Not saved: {field} is too long or holds invisible characters.")
    hint = _("Type it again from the paper.")


class NameMissing(DomainError):
    """A customer has a name."""

    code = "customers.name_missing"
    message = _("The customer was not saved: a name is missing.")
    hint = _("Give at least the surname, or the name of the company.")


class VehicleUnnamed(DomainError):
    """A vehicle is known by its plate or its VIN."""

    code = "customers.vehicle_unnamed"
    message = _("The vehicle was not saved: it has neither plate nor VIN.")
    hint = _("Give the plate; for a car without one yet, give the VIN.")


class VinTaken(DomainError):
    """A VIN belongs to one vehicle of the group."""

    code = "customers.vin_taken"
    status = 409
    message = _("The vehicle was not saved: the group knows this VIN already, with the plate {plate}.")
    hint = _("Search for the VIN and open that vehicle; if another store serves it, take its file over.")


class OtherGroup(DomainError):
    """Customers, vehicles and stores of two groups never meet."""

    code = "customers.other_group"
    message = _("Nothing was changed: both belong to different groups.")
    hint = _("Choose a record of the own group.")


class AlreadyOwner(DomainError):
    """An owner is changed to somebody else."""

    code = "customers.already_owner"
    message = _("Nothing was changed: this customer is the owner already.")
    hint = _("Choose another customer.")


class ServedAlready(DomainError):
    """A file is taken over once."""

    code = "customers.served_already"
    message = _("Nothing was taken over: this store has the file already.")
    hint = _("Open the file; it is in the list of customers.")


class ReasonMissing(DomainError):
    """Taking over a file of another store needs a reason."""

    code = "customers.reason_missing"
    message = _("Nothing was taken over: the reason is missing.")
    hint = _("Say in a few words why this store needs the file.")


class OdometerUnusable(DomainError):
    """An odometer shows 0 to 2 000 000 km."""

    code = "customers.odometer_unusable"
    message = _("The odometer was not noted: {km} km is no reading.")
    hint = _("Read it again; a car that runs in miles needs kilometres here.")


class OdometerBackwards(DomainError):
    """An odometer does not go back by itself."""

    code = "customers.odometer_backwards"
    message = _("The odometer was not noted: {km} km is less than the {last} km noted before.")
    hint = _("Read it again; if the instrument was changed, or the old entry was wrong, give a reason.")


class SpanBackwards(DomainError):
    """Times and distances of maintenance are counted forwards."""

    code = "customers.interval_unusable"
    message = _("Not saved: the interval of maintenance is no time or distance.")
    hint = _("Give 1 to 120 months and 500 to 200,000 km, or leave it empty.")


class YearUnusable(DomainError):
    """A model year lies between 1950 and 2100."""

    code = "customers.year_unusable"
    message = _("The vehicle was not saved: {year} is no model year.")
    hint = _("Give the year as on the registration, or leave it empty.")


class ImportRefused(DomainError):
    """A file that is no table of customers is not read at all."""

    code = "customers.import_refused"
    message = _("Nothing was imported: {why}")
    hint = _("Save the table as CSV with the columns of the manual, then try again.")


class RowRefused(DomainError):
    """One row cannot be imported; its words are in the report."""

    code = "customers.row_refused"
    message = _("This row was not imported: {why}")
    hint = _("Mend the row and import the file again; the other rows are not imported twice.")
