"""Making, opening and withdrawing the links that customers hold (architecture, "Customer links")."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models, transaction
from django.db.models import F, Q

from servicelane.kernel.clock import now
from servicelane.kernel.events import zone_of_store

from .errors import LinkExpired, LinkGone, LinkRevoked, LinkUnknown, TooManyTries
from .models import Link
from .tokens import digest_of, new_token, sealed

WRONG_TRIES = 5
LOCKED_FOR = timedelta(minutes=15)


@transaction.atomic
def make_link(
    purpose: str, subject: models.Model, *, store_id: int, lasts: timedelta, language: str, version: int = 0
) -> Link:
    """Make a link for `purpose` on `subject`; earlier ones for the same are withdrawn. Two statements."""
    live_links(purpose, subject).update(revoked_at=now())
    token, moment = new_token(), now()
    return Link.objects.create(
        purpose=purpose,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        version=version,
        store_id=store_id,
        language=language,
        digest=digest_of(token),
        sealed=sealed(token),
        made_at=moment,
        expires_at=moment + lasts,
    )


def live_links(purpose: str, subject: models.Model) -> models.QuerySet[Link]:
    """The links for `purpose` on `subject` that still open something."""
    return Link.objects.filter(
        purpose=purpose,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        revoked_at=None,
        expires_at__gt=now(),
    )


def open_link(purpose: str, token: str) -> Link:
    """Return the link of a token. Writes nothing: chat programs fetch addresses by themselves. One query.

    Raises LinkUnknown, LinkRevoked, LinkExpired.
    """
    link = Link.objects.filter(digest=digest_of(token), purpose=purpose).first()
    if link is None:
        raise LinkUnknown
    if link.revoked_at:
        raise LinkRevoked
    if link.expires_at <= now():
        until = link.expires_at.astimezone(zone_of_store()(link.store_id))
        raise LinkExpired(until=until)
    return link


def revoke_link(link: Link, *, at: datetime | None = None) -> None:
    """Withdraw a link. Raises LinkGone when somebody did so already."""
    moment = at or now()
    if not Link.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=moment):
        raise LinkGone
    link.revoked_at = moment


def count_try(link: Link, right: bool) -> None:
    """Count one try of the telephone's digits; the link's row is held until the transaction ends.

    The caller's transaction has to commit a wrong try. After five wrong ones the link rests for 15
    minutes, for right digits too. Raises TooManyTries, LinkRevoked.
    """
    free = Q(locked_until=None) | Q(locked_until__lte=now())
    # The update is the lock: guesses sent side by side come one after the other.
    if not Link.objects.filter(free, pk=link.pk, revoked_at=None).update(tries=F("tries") + 1):
        link.refresh_from_db()
        if link.revoked_at:
            raise LinkRevoked
        raise TooManyTries(minutes=LOCKED_FOR // timedelta(minutes=1))
    if right:
        Link.objects.filter(pk=link.pk).update(tries=0, locked_until=None)
    else:
        Link.objects.filter(pk=link.pk, tries__gte=WRONG_TRIES).update(
            tries=0, locked_until=now() + LOCKED_FOR
        )
