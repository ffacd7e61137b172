"""Who comes to the demo dealership: people, cars and what they want, each drawn from a number.

Telephone numbers are of the test range 154 0000 xxxx.
"""

from dataclasses import dataclass
from random import Random

from servicelane.customers.models import CustomerKind
from servicelane.customers.visitor_services import Visitor
from servicelane.orders.models import PayType, WorkType

from .invented import COMPANIES, ELECTRIC, GIVEN, PETROL, SURNAMES, with_check_digit

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
NUMBERS = 10_000
"""How many telephone numbers the test range has; whoever comes after them leaves none."""


@dataclass(frozen=True, slots=True)
class Need:
    """Why a car comes: the customer's words, the operations with who pays them, and its odometer in km."""

    words: str
    codes: tuple[str, ...]
    work_type: WorkType
    odometer: int
    pay_type: PayType = PayType.CUSTOMER


# Share of the cars, operations, words. Body and paint is the insurer's every other time.
_WISHES: tuple[tuple[int, tuple[str, ...], str], ...] = (
    (9, ("G-BPF",), "刹车时前面有吱吱声"),
    (6, ("G-BPR",), "刹车脚感变软，请检查后刹车"),
    (6, ("G-BAT",), "早上打不着火，仪表提示电瓶电量低"),
    (5, ("G-WIP", "M-CAB"), "雨刮刮不干净，空调有异味"),
    (5, ("G-TYRE", "G-BAL"), "右后轮胎扎了钉子，胎压报警"),
    (4, ("G-ALIGN",), "方向盘不正，直行时往右跑"),
    (4, ("G-AC", "M-CAB"), "空调不制冷"),
    (4, ("G-DIAG",), "发动机故障灯亮，加速没劲"),
    (3, ("G-NOISE",), "过减速带底盘咯噔响"),
    (3, ("G-THROT", "M-SPARK"), "怠速抖动，油耗偏高"),
    (2, ("G-LEAK",), "停车位地上有油渍"),
    (2, ("G-BULB",), "左近光灯不亮"),
    (2, ("G-WPUMP",), "水温高，冷却液少了"),
    (1, ("G-SHOCK",), "前面颠簸声音大，减振器漏油"),
    (1, ("G-BELT",), "到里程了，换正时皮带"),
    (4, ("G-PUNCT",), "左后轮慢撒气，帮忙补胎"),
    (3, ("G-TYRE18", "G-BAL"), "前轮花纹快磨平了，换两条先看看"),
    (2, ("G-TPMS",), "胎压灯亮，气压正常"),
    (3, ("G-BDR",), "后刹车盘磨出沟了"),
    (2, ("G-CALPIN", "M-BRSRV"), "刹车有拖滞，轮毂发烫"),
    (2, ("G-ABSF",), "ABS 灯亮"),
    (2, ("G-LINK",), "低速过坑前面咯吱响"),
    (2, ("G-SHOCKR",), "后排颠得厉害"),
    (2, ("G-TIEO", "G-ALIGN"), "方向盘有旷量，轮胎吃胎"),
    (2, ("G-HUBF",), "车速 80 以上前轮嗡嗡响"),
    (2, ("G-COIL", "M-SPARK"), "发动机抖，故障灯闪"),
    (2, ("G-VCG",), "发动机上面渗油，有焦味"),
    (2, ("G-DBELT",), "冷车启动皮带吱吱叫"),
    (2, ("G-THERM",), "暖风不热，水温上不去"),
    (1, ("G-RADI",), "水箱漏水"),
    (1, ("G-ALT",), "开着开着电瓶灯亮了"),
    (1, ("G-START",), "拧钥匙哒哒响不着车"),
    (2, ("G-OXF",), "尾气故障灯亮"),
    (1, ("G-FPUMP",), "热车不好着，加油没力"),
    (1, ("G-EMNT",), "怠速方向盘抖"),
    (2, ("G-DRAIN",), "放两天就没电"),
    (2, ("G-WINREG",), "左前玻璃升不上去"),
    (2, ("G-PDC",), "倒车雷达一直响"),
    (1, ("G-LOCK",), "车门有时候锁不上"),
    (1, ("G-KEY",), "再配一把钥匙"),
    (2, ("G-ACLEAK", "M-ACCLN"), "空调越用越不凉"),
    (1, ("G-COND",), "空调冷凝器被石子打漏"),
    (1, ("G-BLOW",), "空调风小，有异响"),
    (2, ("M-INJ", "M-CATC"), "油耗高，做个清洗"),
    (2, ("M-CHECK",), "要跑长途，全车检查"),
    (1, ("M-DCT",), "换挡顿挫，换变速箱油"),
)
_ELECTRIC: tuple[tuple[int, tuple[str, ...], str], ...] = (
    (4, ("M-EVBAT",), "续航掉得快，查一下电池"),
    (3, ("G-TYREE", "G-BAL"), "轮胎噪声大，换静音胎"),
    (3, ("G-BATAUX",), "小电瓶没电，车门打不开"),
    (2, ("G-HVINS",), "仪表报高压绝缘故障"),
    (2, ("M-EVCOOL",), "提示冷却液到期"),
    (1, ("G-INLET",), "慢充枪插上不充电"),
    (1, ("G-PTC",), "暖风不热"),
)
_BODY: tuple[tuple[tuple[str, ...], str], ...] = (
    (("B-BUMP",), "前保险杠刮了一道，要喷漆"),
    (("B-DOOR", "B-DOORP"), "左前门被蹭凹了，钣金加喷漆"),
    (("B-BUMPR",), "后保险杠被追尾蹭花"),
    (("B-WING", "B-WINGP"), "左前翼子板撞凹"),
    (("B-PDR",), "车门停车场被开门磕了个坑"),
    (("B-MIRP",), "后视镜刮柱子上了"),
    (("B-QUARP",), "后翼子板刮墙"),
    (("B-WSCR",), "前风挡被石子打裂"),
    (("B-TAIL", "B-BUMPR"), "倒车撞了，尾灯碎了"),
)
_EXTRAS: tuple[tuple[str, str], ...] = (
    ("A-DASH", "加装行车记录仪"),
    ("A-FILM", "贴前挡隔热膜"),
    ("A-FILMS", "侧窗和后挡贴膜"),
    ("A-MAT", "装一套脚垫"),
    ("A-360", "加装 360 影像"),
)


def visitor(draw: Random, taken: set[int]) -> Visitor:
    """Return a person with a car nobody has seen yet; their telephone number joins `taken`."""
    name, kind = draw.choice(SURNAMES) + draw.choice(GIVEN), CustomerKind.PERSON
    if draw.random() < 0.06:
        name, kind = draw.choice(COMPANIES), CustomerKind.COMPANY
    electric = draw.random() < 0.22
    city = draw.choices("BUAF", (70, 18, 6, 6))[0]
    if electric:
        plate = f"鲁{city}D{draw.choice(LETTERS[:12])}{draw.randrange(NUMBERS):04}"
    else:
        serial = [str(draw.randrange(10)) for _ in range(5)]
        for place in draw.sample(range(5), draw.choice((0, 1, 1, 2))):
            serial[place] = draw.choice(LETTERS)
        plate = f"鲁{city}{''.join(serial)}"
    model = draw.choice(ELECTRIC if electric else PETROL)
    number = next((n for n in (draw.randrange(NUMBERS) for _ in range(40)) if n not in taken), None)
    if number is not None:
        taken.add(number)
    vin = _vin(draw) if draw.random() < 0.85 else ""
    mobile = "" if number is None else f"1540000{number:04}"
    return Visitor(name, mobile, plate, vin, model, kind)


def need_of(seed: int, plate: str) -> Need:
    """Return why the car of this plate comes, the same whenever it is asked."""
    draw = Random(f"{seed}:need:{plate}")  # noqa: S311 - a demo is drawn, not guarded
    odometer = int(draw.triangular(1_500, 148_000, 32_000)) // 10 * 10 + draw.randrange(10)
    is_electric = len(plate) == 8
    if draw.random() < 0.56:
        return _service(draw, odometer, is_electric=is_electric)
    if draw.random() < 0.12:
        codes, words = draw.choice(_BODY)
        payer = draw.choice((PayType.INSURANCE, PayType.CUSTOMER))
        return Need(words, codes, WorkType.BODY_PAINT, odometer, payer)
    if draw.random() < 0.07:
        code, words = draw.choice(_EXTRAS)
        return Need(words, (code,), WorkType.ACCESSORY, odometer)
    if odometer < 60_000 and not is_electric and draw.random() < 0.07:
        return Need("厂家通知升级变速箱程序", ("W-CTRL",), WorkType.WARRANTY, odometer, PayType.WARRANTY)
    wishes = [wish for wish in _WISHES if not (is_electric and OF_ENGINES & set(wish[1]))]
    if is_electric:
        wishes += _ELECTRIC
    _share, codes, words = draw.choices(wishes, [wish[0] for wish in wishes])[0]
    return Need(words, codes, WorkType.GENERAL_REPAIR, odometer)


OF_ENGINES = {
    "G-THROT", "G-LEAK", "G-WPUMP", "G-BELT", "G-COIL", "G-VCG", "G-DBELT", "G-THERM", "G-RADI", "G-ALT",
    "G-START", "G-OXF", "G-FPUMP", "G-EMNT", "M-INJ", "M-DCT", "M-SPARK",
}  # fmt: skip


def _service(draw: Random, odometer: int, *, is_electric: bool) -> Need:
    if is_electric:
        more = draw.choice(((), ("M-CAB",), ("M-EVCOOL",), ("M-TYROT",), ("M-EVRED",)))
        return Need("新能源定期保养检查", ("M-EV", *more), WorkType.MAINTENANCE, odometer)
    if odometer < 7_500:
        return Need("首保", ("F-FREE",), WorkType.FIRST_SERVICE, odometer, PayType.WARRANTY)
    nearest = round(odometer / 10_000) * 10_000
    turns = (
        (80_000, "M80"),
        (60_000, "M60"),
        (40_000, "M40"),
        (20_000, "M20"),
        (50_000, "M50"),
        (30_000, "M30"),
    )
    code = next((code for km, code in turns if nearest and nearest % km == 0), "")
    code = code or draw.choice(("M10", "M05"))
    words = f"{nearest or 5_000}公里保养" if draw.random() < 0.7 else "到保养里程了，顺便检查刹车"
    more = draw.choice(
        ((), (), (), ("G-WIP",), ("M-BRFL",), ("G-BAL",), ("M-TYROT",), ("M-ACCLN",), ("M-WASHF",))
    )
    if code in {"M40", "M60", "M80"} and more == ("M-BRFL",):
        more = ()
    return Need(words, (code, *more), WorkType.MAINTENANCE, odometer)


def _vin(draw: Random) -> str:
    body = "".join(draw.choice("ABCDE123") for _ in range(5))
    year, plant = draw.choice("MNPRST"), draw.choice("AH")
    return with_check_digit(f"LHY{body}0{year}{plant}{draw.randrange(1_000_000):06}")
