"""The words of this app's rights in the table of roles."""

from django.utils.translation import gettext_lazy as _

from servicelane.people.rights import say

from .permissions import Perm

say(Perm.CLOCK, _("start, pause and finish jobs"))
say(Perm.CLOCK_FOR_OTHERS, _("work the clock for others"))
say(Perm.INSPECT, _("inspect cars"))
say(Perm.RELEASE_INSPECTION, _("release an inspection of one's own work"))
say(Perm.WASH, _("wash cars"))
say(Perm.STOP_WORK, _("stop the work on a car"))
