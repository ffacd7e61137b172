"""What technicians of the demo say when a job nears its planned end, and what its customer is told then."""

from datetime import datetime
from random import Random

from servicelane.kernel.clock import now
from servicelane.orders.models import Job
from servicelane.people.models import Employee
from servicelane.workshop.models import Clocking, Outlook, TellWay
from servicelane.workshop.progress_services import Answer, Told, answer, ask, tell_delay

from .house import minutes

SLOW = ("螺栓锈死，拆卸慢", "等工位设备", "多拆了一处检查", "零件领得晚")


def says_how_it_goes(job: Job, technician: Employee, ends: datetime, draw: Random) -> None:
    """Answer the question that comes late in a job; where the promise is in danger its customer is told."""
    clock = Clocking.objects.running().filter(job=job, technician=technician).select_related("job").first()
    if clock is None:
        return
    clock.job.order, clock.technician = job.order, technician
    if ask(clock, now()) is None or draw.random() < 0.15:
        return
    order, due = job.order, job.order.promised_at
    if due is None or ends + minutes(25) < due:
        answer(job, Answer(Outlook.ON_TIME), by=technician)
        return
    until, why = ends + minutes(draw.randint(5, 30)), draw.choice(SLOW)
    answer(job, Answer(Outlook.LATER, until, why), by=technician)
    if draw.random() < 0.7:
        way = draw.choice((TellWay.CALL, TellWay.CALL, TellWay.HERE, TellWay.MESSAGE))
        later = max(until, due) + minutes(draw.choice((30, 45, 60)))
        tell_delay(order, Told(way, later, why), by=order.advisor)
