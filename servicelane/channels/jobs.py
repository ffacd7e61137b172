"""The outbox is emptied by a periodic task."""

from django_tasks import task

from servicelane.kernel.schedule import every

from .outbox_services import send_due


@every(minutes=1)
@task()
def send_messages() -> int:
    """Send the messages that are due."""
    return send_due()
