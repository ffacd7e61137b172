"""What people decide about messages."""

from django.utils.translation import gettext_lazy as _

from servicelane.kernel.events import declare

SENT_AGAIN = declare(
    "channels.sent_again", _("Message sent again"), data={"was": "state before", "trouble": "code"}
)
