"""Refusals of customer links: what was not done, why, and what to do."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.errors import DomainError


class LinkUnknown(DomainError):
    """No link has this token, or it is for something else."""

    code = "channels.link_unknown"
    status = 404
    title = _("This link leads nowhere")
    message = _("Nothing was opened: no such link exists, or its address was cut when it was copied.")
    hint = _("Open it again from the message you were sent, or ask your service advisor for a new one.")


class LinkExpired(DomainError):
    """A link holds for a time that is written on its page."""

    code = "channels.link_expired"
    status = 410
    title = _("This link has expired")
    message = _("Nothing was opened or changed: the link was valid until {until}.")
    hint = _("Ask your service advisor for a new one; a call is enough to answer, too.")


class LinkRevoked(DomainError):
    """The house withdrew the link, or replaced it by a newer one."""

    code = "channels.link_revoked"
    status = 410
    title = _("This link is no longer valid")
    message = _("Nothing was opened or changed: the link was withdrawn or replaced by a newer one.")
    hint = _("Use the newest message you were sent, or ask your service advisor.")


class TooManyTries(DomainError):
    """Telephone digits are not tried out, and neither are addresses."""

    code = "channels.too_many_tries"
    status = 429
    title = _("Too many tries")
    message = _("Nothing was changed: there were too many wrong tries.")
    hint = _("Try again in {minutes} minutes, or call your service advisor.")


class LinkGone(DomainError):
    """The link to be withdrawn is withdrawn already."""

    code = "channels.link_gone"
    status = 409
    message = _("The link was not withdrawn: it is not valid any more.")
    hint = _("Nothing is left to do; a new link can be made at any time.")


class MessageNotStuck(DomainError):
    """Only what failed, or what a person has to look at, is sent again."""

    code = "channels.message_not_stuck"
    status = 409
    message = _("The message was not sent again: it is {now}.")
    hint = _("Look at the list again; what waits is sent by itself.")
