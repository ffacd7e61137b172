"""Refusals about clocked work, inspection and wash."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.errors import DomainError


class AnotherJobRuns(DomainError):
    """One running job per technician, unless the store allows more (WSH-14)."""

    code = "workshop.another_job_runs"
    status = 409
    message = _("The clock on {job} was not started: {technician}'s clock runs on {other} of {order}.")
    hint = _("Pause or finish {other} first; the dispatcher can do it for somebody who left it running.")


class ClockNotRunning(DomainError):
    """What is paused must run."""

    code = "workshop.clock_not_running"
    status = 409
    message = _("{job} was not paused: no clock of {technician} runs on it.")
    hint = _("Look at the order as it is now; perhaps a colleague paused or finished it already.")


class NotYourClock(DomainError):
    """One's own clock only, unless one may clock for others."""

    code = "workshop.not_your_clock"
    status = 403
    message = _("Nothing was changed on {job}: {person} may not work the clock of {technician}.")
    hint = _("The technician does it, or the dispatcher or service manager does it for them.")


class NobodyAssigned(DomainError):
    """The clock of a job belongs to a technician."""

    code = "workshop.nobody_assigned"
    message = _("The clock on {job} was not started: no technician is on it.")
    hint = _("Give the job to a technician first.")


class SelfInspection(DomainError):
    """Four eyes: nobody signs off their own repair (WSH-7)."""

    code = "workshop.self_inspection"
    message = _("{order} was not inspected: {person} worked on it and cannot inspect it.")
    hint = _("Ask another inspector of {store}; a service manager may do it with a reason.")


class FindingsMissing(DomainError):
    """A car that goes back says why."""

    code = "workshop.findings_missing"
    message = _("{order} was not sent back: neither a fault nor words say what is wrong.")
    hint = _("Choose at least one fault, or write what you saw.")


class ReworkUnnamed(DomainError):
    """A car that goes back says which job is done again."""

    code = "workshop.rework_unnamed"
    message = _("{order} was not sent back: no job of it is named to be done again.")
    hint = _("Choose the job whose work is not right; its technicians get it back, unpaid.")


class OdometerTooLow(DomainError):
    """A road test does not turn the odometer back."""

    code = "workshop.odometer_too_low"
    message = _("{order} was not inspected: {odometer} km is less than the {last} km of the check-in.")
    hint = _("Read the odometer again, or leave it empty when there was no road test.")


class WashRunsAlready(DomainError):
    """A wash begins once."""

    code = "workshop.wash_runs_already"
    status = 409
    message = _("Nothing was changed: {order} is being washed already.")
    hint = _("Say when it is done.")


class WashIsOver(DomainError):
    """A wash is done, or left out, once."""

    code = "workshop.wash_is_over"
    status = 409
    message = _("Nothing was changed: the wash of {order} is over.")
    hint = _("Look at the order as it is now.")


class HelpIsCalled(DomainError):
    """Help is asked for once at a time."""

    code = "workshop.help_is_called"
    status = 409
    message = _("Nothing new was sent: your call for help on {job} is open already.")
    hint = _("The dispatcher sees it under what needs them now; take it back when it is no longer needed.")


class NotYourRequest(DomainError):
    """A request is closed by whom it goes to, or by who asked."""

    code = "workshop.not_your_request"
    status = 409
    message = _("The request was not closed: {person} neither asked for it nor answers such requests.")
    hint = _("The parts desk answers for parts, the dispatcher or service manager for help.")


class RequestIsClosed(DomainError):
    """A request is closed once."""

    code = "workshop.request_is_closed"
    status = 409
    message = _("Nothing was changed: the request is closed already.")
    hint = _("Look at the order as it is now; ask again for what is still missing.")


class NothingAsked(DomainError):
    """How a job goes is answered once, after it was asked."""

    code = "workshop.nothing_asked"
    status = 409
    message = _("Nothing was noted about {job}: nobody waits for an answer on it.")
    hint = _("It is asked when most of the planned time is used; a delay known earlier goes to the advisor.")


class NotYourQuestion(DomainError):
    """Who works on the job says how it goes, or the dispatcher for them."""

    code = "workshop.not_your_question"
    status = 409
    message = _("Nothing was noted about {job}: {technician} was asked, not {person}.")
    hint = _("The technician answers under My jobs, or the dispatcher does it for them.")


class UntilMissing(DomainError):
    """Later needs a time that lies ahead and a reason."""

    code = "workshop.until_missing"
    message = _("Nothing was noted about {job}: later needs a time that lies ahead, and a reason.")
    hint = _("Enter until when it takes and why; the advisor tells the customer by that.")


class NothingPromised(DomainError):
    """A delay is told about a promise."""

    code = "workshop.nothing_promised"
    status = 409
    message = _("No delay was noted for {order}: nothing is promised for it, or it is ready.")
    hint = _("Look at the order as it is now.")


class ReasonMissing(DomainError):
    """Who tells a delay says why."""

    code = "workshop.reason_missing"
    message = _("No delay was noted for {order}: the reason is missing.")
    hint = _("Write why it takes longer, as it was told to the customer.")


class NothingToUndo(DomainError):
    """A press is taken back once, and only the last one."""

    code = "workshop.nothing_to_undo"
    status = 409
    message = _("Nothing was changed: there is no press on {order} to take back.")
    hint = _("Look at the order as it is now; perhaps it was taken back already.")


class NotYourPress(DomainError):
    """One takes back what one pressed oneself."""

    code = "workshop.not_your_press"
    status = 409
    message = _("Nothing was changed on {order}: {presser} pressed last, not {person}.")
    hint = _("{presser} can take it back; the dispatcher can put the clock right.")


class TooLateToUndo(DomainError):
    """A press can be taken back for a minute."""

    code = "workshop.too_late_to_undo"
    status = 409
    message = _("The press on {job} was not taken back: more than 60 seconds have passed.")
    hint = _("Press what is right now; the dispatcher can put the clock right.")


class NotOnSheet(DomainError):
    """Only what the sheet asks for is answered."""

    code = "workshop.not_on_sheet"
    message = _("Nothing was written: a point is not on the maintenance sheet of {order}.")
    hint = _("Open the sheet again; its points come from the agreed work.")


class ValueAbsurd(DomainError):
    """A value that no car has was mistyped."""

    code = "workshop.value_absurd"
    message = _("{item} was not written: {value} {unit} cannot be.")
    hint = _("Read it again; between 0 and {most} {unit} is possible.")


class EntryChanged(DomainError):
    """Two technicians answer one point: the second sees the first one's answer before changing it."""

    code = "workshop.entry_changed"
    status = 409
    message = _("Nothing was written: {person} answered {item} meanwhile.")
    hint = _("Open the sheet again and look at the new entry before you change it.")


class NothingWrong(DomainError):
    """Only what is amber or red now is reported."""

    code = "workshop.nothing_wrong"
    status = 409
    message = _("{item} was not reported: it is in order, or its entry was changed.")
    hint = _("Open the sheet again and report the entry that stands there now.")


class ReportedAlready(DomainError):
    """An entry becomes one finding."""

    code = "workshop.reported_already"
    status = 409
    message = _("{item} was not reported: it is reported already.")
    hint = _("The finding stands on the order; the advisor prices it.")


class PointsOpen(DomainError):
    """A car passes when every point of the inspection is answered (WSH-7)."""

    code = "workshop.points_open"
    message = _("{order} did not pass: {count} points are not answered, the first is {item}.")
    hint = _("Answer them, or tick that all others are in order.")


class PointFailed(DomainError):
    """A car does not pass with a fault."""

    code = "workshop.point_failed"
    message = _("{order} did not pass: {item} is not in order.")
    hint = _("Send it back to the bay with its fault, or answer the point again.")


class PlanInTheMaking(DomainError):
    """One plan at a time in a store."""

    code = "workshop.plan_in_the_making"
    status = 409
    message = _("No second plan was begun for {store}: one is being made, asked for by {person}.")
    hint = _("Wait some seconds for it, or cancel it first.")


class NoPlanInTheMaking(DomainError):
    """Only what is being made is cancelled."""

    code = "workshop.no_plan_in_the_making"
    status = 409
    message = _("Nothing was cancelled: this plan is not being made any more.")
    hint = _("Look at it as it is now; proposals are refused one by one.")


class ProposalOutOfDate(DomainError):
    """A proposal holds for the job as it was when the plan was made."""

    code = "workshop.proposal_out_of_date"
    status = 409
    message = _("The proposal for {job} of {order} was not accepted: {why}.")
    hint = _("Plan again; the other proposals are not touched.")


class NoProposalChosen(DomainError):
    """An answer names proposals of the plan it answers."""

    code = "workshop.no_proposal_chosen"
    message = _("Nothing was accepted or refused: no proposal of this plan was chosen.")
    hint = _("Choose a proposal on the page of the plan.")
