"""Refusals about people, roles, shifts and sign-ins."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.errors import DomainError


class NotSignedIn(DomainError):
    """A program gave a user and a password that do not open anything."""

    code = "people.not_signed_in"
    status = 401
    title = _("Not signed in")
    message = _("No token was issued: user name and password do not match, or they do not count here.")
    hint = _("Check both. A temporary password has to be changed on the sign-in page first.")


class CodeNeeded(DomainError):
    """A program asks for a token of a person with a second factor, without a code that counts."""

    code = "people.code_needed"
    status = 401
    title = _("Not signed in")
    message = _("No token was issued: this person signs in with a second factor.")
    hint = _("Send the app's six digits, or a recovery code, as `code`; each counts once.")


class CodeRefused(DomainError):
    """The second factor is switched on with a code that shows the app has the key."""

    code = "people.code_refused"
    message = _("The second factor was not switched on: the code does not fit the key.")
    hint = _("Check that the telephone's time is right, and type the code the app shows now.")


class SecondFactorIsOn(DomainError):
    """One person has one authenticator app."""

    code = "people.second_factor_is_on"
    status = 409
    message = _("Nothing was changed: your second factor is on already.")
    hint = _("To move to another telephone, switch it off and on again.")


class SecondFactorIsOff(DomainError):
    """Only a second factor that is on has codes and can be switched off."""

    code = "people.second_factor_is_off"
    status = 409
    message = _("Nothing was changed: the second factor is off.")
    hint = _("Load the page again to see it as it is now.")


class OwnSecondFactor(DomainError):
    """The own second factor is switched off with the password, not by the right to manage people."""

    code = "people.own_second_factor"
    status = 409
    message = _("Nothing was changed: you switch your own second factor off with your password.")
    hint = _("Open Second factor under your name.")


class UserNameTaken(DomainError):
    """A user name belongs to one person for ever."""

    code = "people.user_name_taken"
    message = _("The person was not added: the user name {user_name} is taken.")
    hint = _("Choose another user name.")


class UserNameRefused(DomainError):
    """A user name can be typed on every keyboard."""

    code = "people.user_name_refused"
    message = _("The person was not added: {user_name} is no user name.")
    hint = _("Use 2 to 30 small Latin letters, digits, dots or hyphens, beginning with a letter.")


class UnknownLanguage(DomainError):
    """The product speaks the languages of its settings."""

    code = "people.unknown_language"
    message = _("The language was not changed: {language} is not spoken here.")
    hint = _("Choose one of the languages on offer.")


class HasLeft(DomainError):
    """Nothing is given to a person who has left."""

    code = "people.has_left"
    message = _("Nothing was changed: {who} has left.")
    hint = _("Bring the person back first.")


class IsActiveAlready(DomainError):
    """Only a person who left can come back."""

    code = "people.is_active_already"
    message = _("Nothing was changed: {who} works here already.")
    hint = _("Load the page again to see the person as it is now.")


class NotYourself(DomainError):
    """Nobody takes the own access away by mistake."""

    code = "people.not_yourself"
    message = _("Nothing was changed: you cannot end your own access.")
    hint = _("Ask another person with the right to manage people.")


class LastAdministrator(DomainError):
    """A group keeps at least one system administrator who can let others in."""

    code = "people.last_administrator"
    message = _("Nothing was changed: {who} is the last system administrator of the group.")
    hint = _("Make somebody else system administrator first.")


class LastRole(DomainError):
    """A person who works here has at least one role."""

    code = "people.last_role"
    message = _("The role was not withdrawn: it is the only one of {who}.")
    hint = _("Grant the new role first, or let the person leave.")


class RoleHeldAlready(DomainError):
    """A role is held once in one place."""

    code = "people.role_held_already"
    message = _("The role was not granted: {who} is {role} in {place} already.")
    hint = _("Choose another role or another place.")


class OtherGroup(DomainError):
    """Roles are held within the person's own group."""

    code = "people.other_group"
    message = _("The role was not granted: {place} belongs to another group than {who}.")
    hint = _("Choose a place of the same group.")


class AboveOwnRights(DomainError):
    """Nobody gives away, or takes over, rights they do not hold themselves (PLT-1)."""

    code = "people.above_own_rights"
    status = 403
    message = _("Nothing was changed: it would reach rights that you do not hold in {place}.")
    hint = _("Ask a system administrator.")


class CertificateBackwards(DomainError):
    """A certificate expires on the day it was issued or later."""

    code = "people.certificate_backwards"
    message = _("The certificate was not added: it would expire on {expires_on}, before it was issued.")
    hint = _("Check both dates on the certificate.")


class CertificateKnown(DomainError):
    """One certificate is kept once."""

    code = "people.certificate_known"
    message = _("The certificate was not added: {who} has one of this kind with the same number.")
    hint = _("Withdraw the old one first if this one renews it.")


class ShiftBackwards(DomainError):
    """A shift ends after it starts, and its break fits into it."""

    code = "people.shift_backwards"
    message = _("The shift was not saved: it has to end after it starts, with time left beside the break.")
    hint = _("Check both times and the break.")


class ShiftTooLong(DomainError):
    """A shift has 16 hours at most (PPL-1)."""

    code = "people.shift_too_long"
    message = _("The shift was not saved: it is longer than {hours} hours.")
    hint = _("Check both times, or plan two shifts for two people.")


class ShiftOverlaps(DomainError):
    """A person works one shift at a time, in whatever store."""

    code = "people.shift_overlaps"
    message = _("The shift was not saved: {who} has a shift on {day} from {starts} to {ends} in {store}.")
    hint = _("Choose other times, or move or cancel the other shift first.")


class ShiftNotBegun(DomainError):
    """Whether somebody came is known on the day of the shift; leave is known before."""

    code = "people.shift_not_begun"
    status = 409
    message = _("Nothing was noted for {who}: the day of the shift, {day}, has not come.")
    hint = _("Note it on the day; leave may be noted before.")


class NotInThisStore(DomainError):
    """A shift is planned in a store where the person has a role."""

    code = "people.not_in_this_store"
    message = _("The shift was not saved: {who} has no role in {store}.")
    hint = _("Grant the person a role in the store first.")


class PinRefused(DomainError):
    """A PIN has 6 to 12 digits that are not the first ones somebody would try."""

    code = "people.pin_refused"
    message = _("The PIN was not set: it is too short or too easy to guess.")
    hint = _("Use 6 to 12 digits, not all the same, not counting up or down, not a pattern that repeats.")


class PasswordRefused(DomainError):
    """A new password obeys the password rules and differs from the old one."""

    code = "people.password_refused"
    message = _("The password was not changed: {reasons}")
    hint = _("Choose another password, for example four words that do not belong together.")


class TokenTimeRefused(DomainError):
    """An API token lives for a limited time."""

    code = "people.token_time_refused"
    message = _("The token was not issued: it can live for 1 to {days} days.")
    hint = _("Choose an earlier end; a new token can be issued at any time.")


class SessionOver(DomainError):
    """Only an open session of one's own is ended."""

    code = "people.session_over"
    message = _("Nothing was ended: this sign-in is over already.")
    hint = _("Look at the list as it is now.")
