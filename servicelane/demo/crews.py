"""Who works in each store of the demo beside the cast, and when: everything a visit needs is somebody's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from django.contrib.auth.hashers import make_password

from servicelane.kernel.clock import today
from servicelane.org.calendar_services import set_opening_hours
from servicelane.org.models import Bay, BayKind, Store
from servicelane.org.queries import local_moment, open_hours, zone_of
from servicelane.org.services import BayDetails, StoreDetails, add_bay, add_store
from servicelane.people.models import CertificateKind, Employee, Membership, Shift, Skill, SkillLevel
from servicelane.people.roles import Role
from servicelane.people.services import Credentials, NewPerson, Personal, hire_for_demo
from servicelane.people.shift_services import Times, plan_shift
from servicelane.people.skill_services import Paper, add_certificate, set_skill

from .cast import BAYS, BREAK, PARTS, PASSWORD, PIN, SHINAN, WEEK, Cast

OF_SHINAN = (
    ("周文博", Role.SERVICE_ADVISOR),
    ("孙立", Role.TECHNICIAN),
    ("马强", Role.TECHNICIAN),
    ("胡东升", Role.TECHNICIAN),
    ("于海", Role.TECHNICIAN),
    ("邵刚", Role.TECHNICIAN),
    ("牛志勇", Role.TECHNICIAN),
    ("江小荷", Role.FRONT_DESK),
    ("丁水根", Role.WASH_STAFF),
)
OF_LAOSHAN = (
    ("苏晴", Role.SERVICE_ADVISOR),
    ("康健", Role.TECHNICIAN),
    ("白洁", Role.PARTS_CLERK),
    ("秦岚", Role.CASHIER),
    ("毛小军", Role.WASH_STAFF),
)
MORE_STORES = (
    ("HD", "黄岛", "Huangdao"),
    ("CY", "城阳", "Chengyang"),
    ("JM", "即墨", "Jimo"),
    ("JZ", "胶州", "Jiaozhou"),
    ("LC", "李沧", "Licang"),
    ("SB", "市北", "Shibei"),
)
OF_MORE = (
    ("何芳", Role.SERVICE_ADVISOR),
    ("梁伟", Role.SERVICE_ADVISOR),
    ("许诺", Role.DISPATCHER),
    ("曹阳", Role.TECHNICIAN),
    ("袁野", Role.TECHNICIAN),
    ("彭飞", Role.TECHNICIAN),
    ("吕岩", Role.QUALITY_INSPECTOR),
    ("田甜", Role.PARTS_CLERK),
    ("任静", Role.CASHIER),
    ("姜禾", Role.WASH_STAFF),
    ("石磊", Role.SERVICE_MANAGER),
)
TRAINED = {
    "孙立": {"body": SkillLevel.MASTER, "paint": SkillLevel.ABLE},
    "马强": {"chassis": SkillLevel.MASTER, "maintenance": SkillLevel.ABLE},
    "胡东升": {"electrics": SkillLevel.ABLE, "high-voltage": SkillLevel.MASTER},
    "于海": {"maintenance": SkillLevel.ABLE, "body": SkillLevel.LEARNING},
    "邵刚": {"paint": SkillLevel.MASTER, "body": SkillLevel.ABLE},
    "牛志勇": {"gearbox": SkillLevel.ABLE, "high-voltage": SkillLevel.ABLE},
    "康健": {"body": SkillLevel.ABLE, "paint": SkillLevel.ABLE, "high-voltage": SkillLevel.ABLE},
    "曹阳": {"body": SkillLevel.MASTER, "paint": SkillLevel.ABLE},
    "袁野": {"electrics": SkillLevel.MASTER, "high-voltage": SkillLevel.ABLE},
    "彭飞": {"maintenance": SkillLevel.ABLE, "engine": SkillLevel.ABLE},
}
"""What the technicians beside the cast can do; whoever works on high voltage has the paper for it."""
MOST_STORES = 2 + len(MORE_STORES)


@dataclass(slots=True)
class Crew:
    """One store and who does what there; `at_home` are those who work in no other.

    `busy` holds whom a car has at the moment: people's ids, and the ids of bays as negative numbers.
    """

    store: Store
    advisors: list[Employee] = field(default_factory=list)
    technicians: list[Employee] = field(default_factory=list)
    inspectors: list[Employee] = field(default_factory=list)
    dispatchers: list[Employee] = field(default_factory=list)
    clerks: list[Employee] = field(default_factory=list)
    cashiers: list[Employee] = field(default_factory=list)
    relations: list[Employee] = field(default_factory=list)
    washers: list[Employee] = field(default_factory=list)
    managers: list[Employee] = field(default_factory=list)
    at_home: list[Employee] = field(default_factory=list)
    bays: dict[str, list[Bay]] = field(default_factory=dict)
    busy: set[int] = field(default_factory=set)

    def free(self, people: Iterable[Employee]) -> Employee | None:
        """The first of `people` whom no car has."""
        return next((person for person in people if person.pk not in self.busy), None)


def hire_the_rest(cast: Cast, stores: int) -> list[Store]:
    """Hire who the cast lacks, and open more stores up to `stores`; returns the demo's stores in order.

    Running it again adds only what is missing.
    """
    hashed = Credentials(make_password(PASSWORD), make_password(PIN))
    _hire(cast, cast.shinan, OF_SHINAN, hashed)
    _hire(cast, cast.laoshan, OF_LAOSHAN, hashed)
    houses = [cast.shinan, cast.laoshan][:stores]
    for code, short_zh, short_en in MORE_STORES[: max(stores - 2, 0)]:
        store = Store.objects.filter(code=code).first() or _open(cast, code, short_zh, short_en)
        _hire(cast, store, OF_MORE, hashed)
        houses.append(store)
    return houses


def _open(cast: Cast, code: str, short_zh: str, short_en: str) -> Store:
    details = StoreDetails(
        code=code,
        name_zh=f"海晏汽车{short_zh}店",
        name_en=f"Haiyan Auto {short_en}",
        short_zh=f"{short_zh}店",
        short_en=short_en,
        brand="海晏",
        phone="154 0000 0300",
        address_zh=f"青岛市{short_zh}区长江路 300 号",
        address_en=f"300 Changjiang Road, {short_en}, Qingdao",
    )
    store = add_store(cast.region, details, by=cast.admin)
    set_opening_hours(store, WEEK["shinan"], by=cast.admin)
    for bay, kind in BAYS["shinan"][:7] + BAYS["shinan"][-1:]:
        add_bay(store, BayDetails(bay, kind), by=cast.admin)
    return store


def _hire(cast: Cast, store: Store, people: Sequence[tuple[str, Role]], hashed: Credentials) -> None:
    from pypinyin import lazy_pinyin  # its tables take 30 MB, and the site loads this module

    there = set(Membership.objects.filter(store=store).values_list("employee__name", flat=True))
    day = today(zone_of(store.pk))
    for nth, (name, role) in enumerate(people):
        if name in there:
            continue
        user = f"{''.join(lazy_pinyin(name))}.{store.code.lower()}"
        new = NewPerson(Personal(name), user, role, store, day - timedelta(days=300 + 70 * nth))
        _train(hire_for_demo(cast.group, new, hashed, by=cast.admin), day, cast)


def _train(person: Employee, day: date, cast: Cast) -> None:
    """Enter what a new person can do, and their high-voltage paper."""
    known = Skill.objects.in_bulk(field_name="code")
    for code, level in TRAINED.get(person.name, {}).items():
        set_skill(person, known[code], level, by=cast.admin)
        if code == "high-voltage":
            number = f"HV-{person.pk:05}"
            kind, since = CertificateKind.HIGH_VOLTAGE, day - timedelta(days=400)
            paper = Paper(kind, number, since, day + timedelta(days=700))
            add_certificate(person, paper, by=cast.admin)


def crews_of(stores: Sequence[Store]) -> list[Crew]:
    """Return who works in each of `stores`, in a fixed order. Two queries for each store."""
    return [_crew(store) for store in stores]


_LISTS = {
    Role.SERVICE_ADVISOR: "advisors",
    Role.TECHNICIAN: "technicians",
    Role.QUALITY_INSPECTOR: "inspectors",
    Role.DISPATCHER: "dispatchers",
    Role.PARTS_CLERK: "clerks",
    Role.CASHIER: "cashiers",
    Role.CUSTOMER_RELATIONS: "relations",
    Role.WASH_STAFF: "washers",
    Role.SERVICE_MANAGER: "managers",
}


def _crew(store: Store) -> Crew:
    crew = Crew(store)
    members = Membership.objects.filter(store=store, employee__is_active=True).select_related(
        "employee__group"
    )
    lent = set()
    if store.code != SHINAN.code:
        lent = set(Membership.objects.filter(store__code=SHINAN.code).values_list("employee_id", flat=True))
    people: dict[int, Employee] = {}
    for member in members.order_by("employee_id", "pk"):
        person = people.setdefault(member.employee_id, member.employee)
        if person not in crew.at_home and person.pk not in lent:
            crew.at_home.append(person)
        if name := _LISTS.get(Role(member.role)):
            getattr(crew, name).append(person)
    for bay in Bay.objects.filter(store=store, in_service=True).order_by("code"):
        crew.bays.setdefault(str(bay.kind), []).append(bay)
    _lend(crew)
    return crew


def _lend(crew: Crew) -> None:
    """In a small store an advisor dispatches and telephones, and the managers of the group release."""
    crew.dispatchers = crew.dispatchers or crew.advisors[:1]
    crew.relations = crew.relations or crew.advisors[-1:]
    crew.washers = crew.washers or crew.dispatchers
    if not crew.managers:
        elsewhere = Membership.objects.filter(role=Role.SERVICE_MANAGER).select_related("employee__group")
        crew.managers = [member.employee for member in elsewhere.order_by("pk")[:1]]


UNPAINTED = {"B-DOOR", "B-WING", "B-PDR", "B-WSCR", "B-TAIL"}
"""Body work that needs no paint booth."""


def bay_for(crew: Crew, code: str) -> Bay | None:
    """The bay for an operation: paint and body have their own, quick work stays on the ground."""
    kinds: tuple[BayKind, ...] = (BayKind.LIFT, BayKind.GENERAL)
    if code.startswith("B-"):
        kinds = (BayKind.BODY, BayKind.GENERAL) if code in UNPAINTED else (BayKind.PAINT_BOOTH, BayKind.BODY)
    elif code in {
        "M-OIL",
        "M05",
        "G-WIP",
        "G-BAT",
        "G-BULB",
        "W-CTRL",
        "A-DASH",
        "F-FREE",
        "G-PUNCT",
        "M-WASHF",
        "A-MAT",
    }:
        kinds = (BayKind.QUICK_SERVICE, BayKind.LIFT)
    bays = [bay for kind in kinds for bay in crew.bays.get(str(kind), [])]
    return next((bay for bay in bays if -bay.pk not in crew.busy), bays[0] if bays else None)


EARLY, LATE = (time(8), time(17)), (time(9), time(18))
"""Start and end of the two shifts, an hour's break in each."""


def plan_week(crew: Crew, monday: date) -> None:
    """Plan the week's shifts of those who are at home in the store, where none are planned yet.

    Whoever is not of the cast has one day off a week in turn; nobody works while the store is closed.
    """
    store = crew.store
    days = [monday + timedelta(days=ahead) for ahead in range(7)]
    planned = set(
        Shift.objects.filter(employee__in=crew.at_home, day__range=(days[0], days[-1])).values_list(
            "employee_id", "day"
        )
    )
    for day in days:
        hours = open_hours(store, day)
        if hours is None or day < today(zone_of(store.pk)):
            continue
        for nth, person in enumerate(crew.at_home):
            is_off = person.user_name not in PARTS and (nth + day.toordinal()) % 7 == 6
            if is_off or (person.pk, day) in planned:
                continue
            starts, ends = (EARLY, LATE)[nth % 2]
            starts, ends = max(hours.opens, starts), min(hours.closes, ends)
            times = Times(local_moment(store, day, starts), local_moment(store, day, ends), BREAK)
            plan_shift(person, store, times, by=crew.dispatchers[0])
