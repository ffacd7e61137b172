"""Refusals about repair orders: what was not done, why, and what to do."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.errors import DomainError


class OrderChanged(DomainError):
    """Somebody else wrote the order, or something on it, after the form was opened (`version`)."""

    code = "orders.order_changed"
    status = 409
    title = _("Changed meanwhile")
    message = _("Nothing was changed on {order}: meanwhile somebody else did this: {what}.")
    hint = _("Look at the order as it is now, then repeat what still applies.")


class WrongStep(DomainError):
    """FLOW has no such step from where the car stands."""

    code = "orders.wrong_step"
    status = 409
    message = _("{order} was not moved: it is {now} and cannot become {to} from there.")
    hint = _("Do the steps in their order; the order page shows the next one.")


class WrongStepBack(DomainError):
    """BACK has no such step, or it needs a credit first."""

    code = "orders.wrong_step_back"
    status = 409
    message = _("{order} was not taken back: from {now} it cannot go back to {to}.")
    hint = _("Go back one step at a time; a settled order needs a credit, a delivered one a new order.")


class StillOpen(DomainError):
    """A gate before a step names what is open (RO-8, RO-9)."""

    code = "orders.still_open"
    message = _("{order} was not moved to {to}: {open}.")
    hint = _("Finish what is named, then try again.")


class OrderIsOver(DomainError):
    """A delivered or cancelled order takes no more writes."""

    code = "orders.order_is_over"
    status = 409
    message = _("Nothing was changed on {order}: it is {now}.")
    hint = _("Open a new order; if the same fault came back, link it as a comeback.")


class WrongMoment(DomainError):
    """What is asked does not fit to where the car stands."""

    code = "orders.wrong_moment"
    status = 409
    message = _("Nothing was changed on {order}: this cannot be done while it is {now}.")
    hint = _("The order page offers what can be done now; a step back needs the right and a reason.")


class OdometerWentBack(DomainError):
    """A mileage below that of the last visit is confirmed with a reason (RCP-2)."""

    code = "orders.odometer_went_back"
    message = _("{order} was not checked in: {odometer} km is less than the {last} km of the last visit.")
    hint = _(
        "Read the odometer again. If it is right, confirm it with a reason, such as a replaced instrument."
    )


class OdometerAbsurd(DomainError):
    """No car has driven that far."""

    code = "orders.odometer_absurd"
    message = _("{order} was not checked in: {odometer} km is more than the {most} km that can be.")
    hint = _("Read the odometer again, without the decimal.")


class NotSigned(DomainError):
    """A signature needs strokes and a name."""

    code = "orders.not_signed"
    message = _("Nothing was changed on {order}: the signature is missing or cannot be read.")
    hint = _("Let the customer sign in the field, or record a call instead.")


class PromiseInPast(DomainError):
    """A promised time lies ahead."""

    code = "orders.promise_in_past"
    message = _("Nothing was promised for {order}: {at} is past.")
    hint = _("Choose a time that is still to come.")


class PromiseTooFar(DomainError):
    """A promise a year ahead is a slip of the pen."""

    code = "orders.promise_too_far"
    message = _("Nothing was promised for {order}: {at} is more than {days} days ahead.")
    hint = _("Check the date and the year.")


class PromiseNeedsReason(DomainError):
    """A promise earlier than the load of the workshop allows is the advisor's own, and says why (RCP-7)."""

    code = "orders.promise_needs_reason"
    message = _("No estimate was made for {order}: the workshop can keep {proposed_at}, not an earlier time.")
    hint = _("Say why it is promised earlier, or promise the proposed time.")


class PriceRefused(DomainError):
    """Negative or absurd minutes, quantities or prices."""

    code = "orders.price_refused"
    message = _("{job} was not put on {order}: {value} is outside {least} to {most}.")
    hint = _("Correct the number.")


class NoRate(DomainError):
    """The store has not said what an hour of labour costs."""

    code = "orders.no_rate"
    message = _("The job was not priced: {store} has no labour rate for {pay_type}.")
    hint = _("Ask the service manager to set the labour rate in the settings.")


class AlreadyAgreed(DomainError):
    """What the customer agreed to keeps its price (RO-2)."""

    code = "orders.already_agreed"
    status = 409
    message = _("{job} was not changed: the customer agreed to it at {price}.")
    hint = _("Add another job and ask again, drop this one with a reason, or give a discount at settlement.")


class NothingToAsk(DomainError):
    """An estimate needs at least one job that nobody answered yet."""

    code = "orders.nothing_to_ask"
    message = _("No estimate was made for {order}: there is no job the customer has not answered.")
    hint = _("Add the jobs first.")


class EstimateOutdated(DomainError):
    """An answer counts for the open version only."""

    code = "orders.estimate_outdated"
    status = 409
    message = _("The answer was not taken: {estimate} is not the open version any more.")
    hint = _("Show the customer the newest version and ask again.")


class AnswerIncomplete(DomainError):
    """Each line is agreed or declined, none left out and none invented."""

    code = "orders.answer_incomplete"
    message = _("The answer was not taken: not every line of {estimate} has one.")
    hint = _("Say for each line whether the customer agrees; a declined line needs a reason.")


class EvidenceMissing(DomainError):
    """Consent is a signature, or a call with who was spoken to (RCP-10)."""

    code = "orders.evidence_missing"
    message = _("The answer was not taken: it is not said who agreed in the call.")
    hint = _("Name who was spoken to and the last four digits of the number, or let them sign.")


class NotToBeReleased(DomainError):
    """Only internal, goodwill and warranty work is released by a manager instead of the customer."""

    code = "orders.not_to_be_released"
    message = _("{estimate} was not released: {job} is paid by the customer or an insurer, who must agree.")
    hint = _("Ask the customer, or change who pays before the estimate is made.")


class NotAgreed(DomainError):
    """Nothing unapproved is started, issued or billed (RO-2)."""

    code = "orders.not_agreed"
    status = 409
    message = _("{job} was left alone: the customer has not agreed to it.")
    hint = _("The advisor asks the customer first; the answer appears on the order.")


class WrongJobStep(DomainError):
    """A job moves along its own flow only."""

    code = "orders.wrong_job_step"
    status = 409
    message = _("{job} was not changed: it is {now} and cannot become {to} from there.")
    hint = _("Look at the order as it is now.")


class PartsStillOut(DomainError):
    """A job with issued parts is not dropped before they came back."""

    code = "orders.parts_still_out"
    status = 409
    message = _("{job} was not dropped: parts issued for it are not back in the store.")
    hint = _("Ask the parts clerk to take them back first.")


class TooManyParts(DomainError):
    """Issue is limited to what the customer agreed to."""

    code = "orders.too_many_parts"
    message = _("No part was issued: {quantity} of {part} is more than the {open} still open on the job.")
    hint = _("Issue what the order needs; more is extra work that the customer agrees to first.")


class FindingAnswered(DomainError):
    """A finding is priced or dismissed once."""

    code = "orders.finding_answered"
    status = 409
    message = _("The finding was not changed: it is {now} already.")
    hint = _("Report a new finding for something new.")


class PhotoTooLarge(DomainError):
    """A photo's file has its limit."""

    code = "orders.photo_too_large"
    message = _("No photo was kept: the file is larger than {most} MB.")
    hint = _("Take the photo again with the phone's usual setting; a film is not kept here.")


class NotAPhoto(DomainError):
    """What was sent is no picture, whatever its name says."""

    code = "orders.not_a_photo"
    message = _("No photo was kept: the file is not a whole JPEG, PNG or WebP picture.")
    hint = _("Take the photo with the camera of the phone, or save it as JPEG and choose it again.")


class TooManyPixels(DomainError):
    """A small file can unpack to more than a machine holds."""

    code = "orders.too_many_pixels"
    message = _("No photo was kept: the picture has more than {most} million pixels.")
    hint = _("Take the photo again with the phone's usual setting, or make it smaller first.")


class NotWaiting(DomainError):
    """A hold is ended once."""

    code = "orders.not_waiting"
    status = 409
    message = _("{order} does not wait for {reason}: nothing was changed.")
    hint = _("Look at the order as it is now.")


class NotTheSameCar(DomainError):
    """A comeback is linked to an earlier delivered order of the same car (WSH-9)."""

    code = "orders.not_the_same_car"
    message = _("{order} was not linked: {first} is not an earlier delivered order of the same car.")
    hint = _("Choose one of this car's delivered orders.")


class RateRefused(DomainError):
    """Negative or absurd labour rates."""

    code = "orders.rate_refused"
    message = _("The labour rate was not set: {value} is outside 0 to {most} yuan per hour.")
    hint = _("Correct the number; it is yuan per hour including VAT.")


class OperationCodeTaken(DomainError):
    """A code belongs to one operation of the group."""

    code = "orders.operation_code_taken"
    message = _("The operation was not added: the code {code} is taken.")
    hint = _("Choose another code.")


class NoNumberToCheck(DomainError):
    """An answer by link is confirmed by the end of a telephone number, so there must be one."""

    code = "orders.no_number_to_check"
    message = _("No link was made for {order}: no telephone number of {who} is known.")
    hint = _("Enter the mobile number in the customer's file, or take the answer at the desk.")


class PackageDoesNotFit(DomainError):
    """A package is for the cars of its family."""

    code = "orders.package_does_not_fit"
    message = _("“{package}” was not put on {order}: it is not for {car}.")
    hint = _("Choose a package of the car's model family, or correct the model in the car's file.")


class PackageTooCheap(DomainError):
    """A package price covers at least its parts."""

    code = "orders.package_too_cheap"
    message = _("“{package}” was not put on {order}: its parts alone cost more than its price of {price}.")
    hint = _("Have the price of the package corrected; until then put its operations on one by one.")
