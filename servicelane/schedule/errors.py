"""Refusals about dispatch."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.errors import DomainError


class NotATechnician(DomainError):
    """Work is given to people who hold the role of a technician in the order's store."""

    code = "schedule.not_a_technician"
    message = _("{job} was not given to {person}: {person} is no technician of {store}.")
    hint = _("Choose a technician of the store, or ask the service manager to grant the role.")


class NotFit(DomainError):
    """Work that needs a skill or a certificate is given to who has it."""

    code = "schedule.not_fit"
    message = _("{job} was not given to {person}: {why}.")
    hint = _("Choose a technician who may do it; skills and certificates are kept in the staff file.")


class PersonAway(DomainError):
    """Work goes to somebody who is away only with a reason."""

    code = "schedule.person_away"
    message = _("{job} was not given to {person}: they are noted absent or on leave today.")
    hint = _("Choose somebody else, write a reason beside the name, or correct who came under Shifts.")


class BayOutOfService(DomainError):
    """A car is not sent to a bay that is out of service, or of another store."""

    code = "schedule.bay_out_of_service"
    message = _("{job} was not sent to bay {bay}: the bay is not in service in {store}.")
    hint = _("Choose a bay in service; the dispatcher puts a repaired one back under Settings, Bays.")


class JobNotOpen(DomainError):
    """Work is given out while it still has to be done."""

    code = "schedule.job_not_open"
    status = 409
    message = _("Nobody was put on {job} or taken off it: it is {now}.")
    hint = _("Look at the order as it is now; what is done is not dispatched again.")


class JobRuns(DomainError):
    """A job that runs keeps its technicians."""

    code = "schedule.job_runs"
    status = 409
    message = _("{person} was not taken off {job}: the clock runs on it.")
    hint = _("Pause the job first, then give it to somebody else.")


class PlanBackwards(DomainError):
    """A planned time has a start, and an end after it."""

    code = "schedule.plan_backwards"
    message = _("{job} was not planned: its planned end is not after its planned start.")
    hint = _("Give both times, the earlier one first, or none.")
