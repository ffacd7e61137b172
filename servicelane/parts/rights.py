"""What each right of this app is called, for the table of roles."""

from django.utils.translation import gettext_lazy as _

from servicelane.people.rights import say

from .permissions import Perm

say(Perm.SEE_STOCK, _("see parts and stock"))
say(Perm.SEE_COST, _("see what parts cost"))
say(Perm.MOVE_STOCK, _("receive, issue and return parts"))
say(Perm.ADJUST_STOCK, _("correct stock"))
say(Perm.GO_BELOW_ZERO, _("issue below zero"))
say(Perm.MANAGE_CATALOGUE, _("manage the parts catalogue"))
