"""The words of this app's rights in the table of roles."""

from django.utils.translation import gettext_lazy as _

from servicelane.people.rights import say

from .permissions import Perm

say(Perm.ASSIGN_WORK, _("give jobs to technicians and bays"))
