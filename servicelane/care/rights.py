"""The words of this app's rights, for the table of roles."""

from django.utils.translation import gettext_lazy as _

from servicelane.people.rights import say

from .permissions import Perm

say(Perm.SEE_CARE, _("see follow-up calls and complaints"))
say(Perm.CALL, _("record follow-up calls"))
say(Perm.HANDLE_COMPLAINTS, _("take and answer complaints"))
say(Perm.CLOSE_COMPLAINTS, _("close complaints"))
