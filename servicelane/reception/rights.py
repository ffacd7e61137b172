"""The words of this app's rights, for the table of roles."""

from django.utils.translation import gettext_lazy as _

from servicelane.people.rights import say

from .permissions import Perm

say(Perm.GREET, _("see who waits at the desk and greet them"))
say(Perm.STAND_IN, _("be called to stand in at the desk"))
say(Perm.RECEIVE, _("receive and check in cars"))
say(Perm.HAND_OVER, _("hand cars over"))
