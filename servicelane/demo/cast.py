"""The people and places of the demo: two stores, a good dozen people, made by the same services as all else.

The cast is the same in tests, in the demo and in the manual. Everybody signs in with one printed
password, from this machine only; whoever works on the floor also has the printed PIN.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, time, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction

from servicelane.kernel.clock import today
from servicelane.org.calendar_services import load_calendar_year, set_opening_hours
from servicelane.org.models import BayKind, Group, Region, Store
from servicelane.org.queries import Hours, local_moment, zone_of
from servicelane.org.services import (
    BayDetails,
    Names,
    StoreDetails,
    add_bay,
    add_group,
    add_region,
    add_store,
)
from servicelane.people.models import CertificateKind, Employee, Skill, SkillLevel
from servicelane.people.roles import Role
from servicelane.people.services import Credentials, NewPerson, Personal, grant_role, hire_for_demo
from servicelane.people.shift_services import Times, plan_shift
from servicelane.people.skill_services import Paper, add_certificate, add_skill, set_skill

PASSWORD = "lane-demo-2026"  # noqa: S105 - printed at every start, and good on this machine only
PIN = "270413"

GROUP = Names("海晏汽车", "Haiyan Auto")
REGION = Names("青岛区域", "Qingdao region")
SHINAN = StoreDetails(
    code="SN",
    name_zh="海晏汽车市南店",
    name_en="Haiyan Auto Shinan",
    short_zh="市南店",
    short_en="Shinan",
    brand="海晏",
    phone="154 0000 0100",
    address_zh="青岛市市南区东海路 100 号",
    address_en="100 Donghai Road, Shinan, Qingdao",
)
LAOSHAN = StoreDetails(
    code="LS",
    name_zh="海晏汽车崂山店",
    name_en="Haiyan Auto Laoshan",
    short_zh="崂山店",
    short_en="Laoshan",
    brand="海晏",
    phone="154 0000 0200",
    address_zh="青岛市崂山区海尔路 200 号",
    address_en="200 Hai'er Road, Laoshan, Qingdao",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One person's part: name, first role and its place (a field of Cast), whether they have a PIN."""

    name: str
    role: Role
    place: str
    has_pin: bool = False


PARTS = {
    "admin": Part("韩冰", Role.SYSTEM_ADMINISTRATOR, "region"),
    "chen": Part("陈安", Role.SERVICE_ADVISOR, "shinan", has_pin=True),
    "tao": Part("陶建国", Role.TECHNICIAN, "shinan", has_pin=True),
    "yin": Part("殷娜", Role.QUALITY_INSPECTOR, "shinan", has_pin=True),
    "luo": Part("罗志强", Role.DISPATCHER, "shinan", has_pin=True),
    "fang": Part("方敏", Role.RECEPTION_SUPERVISOR, "shinan", has_pin=True),
    "he": Part("贺平", Role.PARTS_CLERK, "shinan", has_pin=True),
    "shen": Part("沈月", Role.CASHIER, "shinan"),
    "lin": Part("林可", Role.CUSTOMER_RELATIONS, "shinan"),
    "meng": Part("孟雪", Role.HR_OFFICER, "shinan"),
    "gu": Part("顾海峰", Role.SERVICE_MANAGER, "shinan"),
    "zhou": Part("周振华", Role.GENERAL_MANAGER, "shinan"),
    "zheng": Part("郑凯", Role.REGIONAL_MANAGER, "region"),
    "song": Part("宋明", Role.QUALITY_INSPECTOR, "laoshan", has_pin=True),
    "gao": Part("高伟", Role.TECHNICIAN, "laoshan", has_pin=True),
    "wu": Part("吴倩", Role.SERVICE_ADVISOR, "shinan", has_pin=True),
}
"""User name to part; 吴倩 also supervises the reception of 崂山店."""


@dataclass(slots=True)
class Cast:
    """The demo's places, and its people by their user names."""

    group: Group
    region: Region
    shinan: Store
    laoshan: Store
    admin: Employee
    chen: Employee
    tao: Employee
    yin: Employee
    luo: Employee
    fang: Employee
    he: Employee
    shen: Employee
    lin: Employee
    meng: Employee
    gu: Employee
    zhou: Employee
    zheng: Employee
    song: Employee
    gao: Employee
    wu: Employee

    def people(self) -> Iterator[Employee]:
        """Everybody, in the order of the parts."""
        for field in fields(self):
            person = getattr(self, field.name)
            if isinstance(person, Employee):
                yield person


WEEK: dict[str, dict[int, Hours | None]] = {
    "shinan": {weekday: Hours(time(8), time(18)) for weekday in range(7)},
    "laoshan": {**{weekday: Hours(time(8, 30), time(17, 30)) for weekday in range(6)}, 6: None},
}
BAYS = {
    "shinan": [
        ("G1", BayKind.GENERAL),
        ("G2", BayKind.GENERAL),
        ("L1", BayKind.LIFT),
        ("L2", BayKind.LIFT),
        ("L3", BayKind.LIFT),
        ("Q1", BayKind.QUICK_SERVICE),
        ("B1", BayKind.BODY),
        ("B2", BayKind.BODY),
        ("P1", BayKind.PAINT_BOOTH),
        ("W1", BayKind.WASH),
    ],
    "laoshan": [
        ("L1", BayKind.LIFT),
        ("L2", BayKind.LIFT),
        ("Q1", BayKind.QUICK_SERVICE),
        ("W1", BayKind.WASH),
    ],
}
SKILLS = {
    "maintenance": Names("保养", "maintenance"),
    "engine": Names("发动机", "engine"),
    "gearbox": Names("变速箱", "gearbox"),
    "chassis": Names("底盘", "chassis"),
    "electrics": Names("电器", "electrics"),
    "high-voltage": Names("高压系统", "high voltage"),
    "body": Names("钣金", "body"),
    "paint": Names("喷漆", "paint"),
    "diagnosis": Names("综合诊断", "diagnosis"),
}
ABLE_TO = {
    "tao": {"engine": SkillLevel.MASTER, "diagnosis": SkillLevel.ABLE, "maintenance": SkillLevel.MASTER},
    "yin": {"diagnosis": SkillLevel.MASTER, "chassis": SkillLevel.ABLE},
    "gao": {"maintenance": SkillLevel.ABLE, "electrics": SkillLevel.LEARNING},
    "song": {"diagnosis": SkillLevel.ABLE},
}
PAPERS = [
    ("tao", CertificateKind.ELECTRICIAN, "DG-2021-0087", -1400, 12),
    ("tao", CertificateKind.REPAIR_QUALIFICATION, "WX-2016-1204", -3600, 1900),
    ("yin", CertificateKind.INSPECTOR, "ZJ-2023-0311", -900, 560),
    ("yin", CertificateKind.DRIVING_LICENCE, "JZ-370200-77", -2100, 1550),
    ("gao", CertificateKind.LIFT_OPERATION, "JS-2024-0019", -500, 230),
]
"""Who, kind, number, and the days of issue and expiry counted from today: one expires soon."""
ON_DUTY = {
    "chen": (time(8), time(17)),
    "wu": (time(9), time(18)),
    "tao": (time(8), time(17)),
    "yin": (time(8), time(17)),
    "luo": (time(8), time(18)),
    "fang": (time(9), time(18)),
    "song": (time(8, 30), time(17, 30)),
    "gao": (time(8, 30), time(17, 30)),
}
"""Start and end of the shifts that this week's working people have, in the store of their part."""
BREAK = 60


def make_cast() -> Cast:
    """Return the cast; where the database holds nobody yet, make it and all it needs.

    Raises Employee.DoesNotExist in a database of real people.
    """
    if Employee.objects.exists():
        return _known_cast()
    with transaction.atomic():
        return _new_cast(today(zone_of(None)))


def sign_ins() -> list[tuple[str, str, str]]:
    """Return role in words, user name and password of the demo's people who may sign in. One query."""
    there = set(Employee.objects.active().filter(is_demo=True).values_list("user_name", flat=True))
    return [(str(part.role.label), user, PASSWORD) for user, part in PARTS.items() if user in there]


def _known_cast() -> Cast:
    people = {user: Employee.objects.get(user_name=user) for user in PARTS}
    stores = {store.code: store for store in Store.objects.select_related("region__group")}
    shinan, laoshan = stores[SHINAN.code], stores[LAOSHAN.code]
    return Cast(shinan.region.group, shinan.region, shinan, laoshan, **people)


def _new_cast(day: date) -> Cast:
    load_calendar_year(day.year, by=None)
    group = add_group(GROUP, by=None)
    region = add_region(group, REGION, by=None)
    shinan, laoshan = add_store(region, SHINAN, by=None), add_store(region, LAOSHAN, by=None)
    places: dict[str, Store | Region] = {"region": region, "shinan": shinan, "laoshan": laoshan}
    cast = Cast(group, region, shinan, laoshan, **_hired(group, places, day))
    grant_role(cast.wu, Role.RECEPTION_SUPERVISOR, cast.laoshan, by=cast.admin)
    for store in ("shinan", "laoshan"):
        _furnish(getattr(cast, store), store, cast.admin)
    _fill_staff_files(cast, day)
    _plan_week(cast, day)
    return cast


def _hired(group: Group, places: dict[str, Store | Region], day: date) -> dict[str, Employee]:
    password, pin = make_password(PASSWORD), make_password(PIN)
    people: dict[str, Employee] = {}
    for number, (user, part) in enumerate(PARTS.items()):
        new = NewPerson(
            Personal(part.name), user, part.role, places[part.place], day - timedelta(days=400 + 90 * number)
        )
        secrets = Credentials(password, pin if part.has_pin else "")
        people[user] = hire_for_demo(group, new, secrets, by=people.get("admin"))
    return people


def _furnish(store: Store, name: str, by: Employee) -> None:
    set_opening_hours(store, WEEK[name], by=by)
    for code, kind in BAYS[name]:
        add_bay(store, BayDetails(code, kind), by=by)


def _fill_staff_files(cast: Cast, day: date) -> None:
    skills: dict[str, Skill] = {code: add_skill(code, names, by=cast.admin) for code, names in SKILLS.items()}
    for user, levels in ABLE_TO.items():
        for code, level in levels.items():
            set_skill(getattr(cast, user), skills[code], level, by=cast.gu)
    for user, kind, number, issued, expires in PAPERS:
        paper = Paper(kind, number, day + timedelta(days=issued), day + timedelta(days=expires))
        add_certificate(getattr(cast, user), paper, by=cast.meng)


def _plan_week(cast: Cast, day: date) -> None:
    days = [day + timedelta(days=ahead) for ahead in range(7 - day.weekday())]
    for user, (starts, ends) in ON_DUTY.items():
        store: Store = getattr(cast, PARTS[user].place)
        week = WEEK[PARTS[user].place]
        for on in days:
            if week[on.weekday()] and (on == day or on.weekday() < 6):
                times = Times(local_moment(store, on, starts), local_moment(store, on, ends), BREAK)
                plan_shift(getattr(cast, user), store, times, by=cast.luo)
