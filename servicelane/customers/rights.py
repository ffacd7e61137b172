"""What the rights of this app are called in the table of roles."""

from django.utils.translation import gettext_lazy as _

from servicelane.people.rights import say

from .permissions import Perm

say(Perm.SEE_CUSTOMERS, _("see customers and vehicles"))
say(Perm.CHANGE_CUSTOMERS, _("add and change customers and vehicles"))
say(Perm.SHOW_PHONE, _("look up full telephone numbers"))
say(Perm.TAKE_OVER, _("take over files from other stores"))
