"""What one may be allowed to see of the system itself."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from servicelane.people.rights import say


class Perm(StrEnum):
    """Rights of this app; each is asked for by a route and held in a store."""

    SEE_SYSTEM = "project.see_system"
    SEE_FACTS = "project.see_facts"
    SEE_MESSAGES = "project.see_messages"


say(Perm.SEE_SYSTEM, _("see the system and its ledger"))
say(Perm.SEE_FACTS, _("see all recorded facts"))
say(Perm.SEE_MESSAGES, _("see what was sent to customers, and send it again"))
