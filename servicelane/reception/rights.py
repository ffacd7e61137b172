"""The words of this app's rights, for the table of roles."""

from django.utils.translation import gettext_lazy as _

from servicelane.people.rights import say

from .permissions import Perm

say(Perm.RECEIVE, _("receive and check in cars"))
say(Perm.HAND_OVER, _("hand cars over"))
