"""The words of this app's rights, for the table of roles."""

from django.utils.translation import gettext_lazy as _

from servicelane.people.rights import say

from .permissions import Perm

say(Perm.SEE_BOOKINGS, _("see bookings"))
say(Perm.WRITE_BOOKINGS, _("write bookings and take booked cars in"))
