"""What each role may do (PLT-1): the one table, least privilege, no right that no route uses."""

from servicelane.billing.permissions import Perm as Billing
from servicelane.booking.permissions import Perm as Booking
from servicelane.care.permissions import Perm as Care
from servicelane.customers.permissions import Perm as Customers
from servicelane.orders.permissions import Perm as Orders
from servicelane.org.permissions import Perm as Org
from servicelane.parts.permissions import Perm as Parts
from servicelane.people.permissions import Perm as People
from servicelane.people.roles import Role
from servicelane.reception.permissions import Perm as Reception
from servicelane.schedule.permissions import Perm as Schedule
from servicelane.workshop.permissions import Perm as Workshop

from .permissions import Perm as Project

ADVISOR, SUPERVISOR = Role.SERVICE_ADVISOR, Role.RECEPTION_SUPERVISOR
DISPATCHER, TECHNICIAN, INSPECTOR = Role.DISPATCHER, Role.TECHNICIAN, Role.QUALITY_INSPECTOR
CLERK, CASHIER, MANAGER = Role.PARTS_CLERK, Role.CASHIER, Role.SERVICE_MANAGER
DIRECTOR, REGIONAL, RELATIONS = Role.GENERAL_MANAGER, Role.REGIONAL_MANAGER, Role.CUSTOMER_RELATIONS
FLOOR = {DISPATCHER, TECHNICIAN, INSPECTOR, Role.WASH_STAFF, Role.TECHNICAL_SPECIALIST}
DESK = {ADVISOR, SUPERVISOR, Role.FRONT_DESK}
STOCK = {CLERK, MANAGER, Role.DATA_CLERK}
HOUSE = {*DESK, *FLOOR, CLERK, CASHIER, MANAGER, DIRECTOR, RELATIONS, Role.WARRANTY_CLERK, Role.FINANCE}

# Which roles hold a right, beside the system administrator, who holds every one.
GRANTS: dict[str, set[Role]] = {
    People.SEE_TODAY: set(Role),
    People.USE_TERMINAL: set(Role),
    People.SEE_PEOPLE: {SUPERVISOR, DISPATCHER, MANAGER, DIRECTOR, Role.HR_OFFICER, REGIONAL},
    People.MANAGE_PEOPLE: {MANAGER, Role.HR_OFFICER},
    People.GRANT_ROLES: {MANAGER},
    People.PLAN_SHIFTS: {SUPERVISOR, DISPATCHER, MANAGER, Role.HR_OFFICER},
    People.REGISTER_TERMINALS: {MANAGER},
    Org.SEE_SETTINGS: {DISPATCHER, MANAGER, DIRECTOR, REGIONAL},
    Org.MANAGE_STORES: set(),
    Org.MANAGE_BAYS: {DISPATCHER, MANAGER},
    Org.MANAGE_CALENDAR: {MANAGER},
    Org.SET_RULES: {MANAGER},
    Customers.SEE_CUSTOMERS: {
        *DESK,
        MANAGER,
        DIRECTOR,
        RELATIONS,
        CASHIER,
        REGIONAL,
        Role.WARRANTY_CLERK,
        Role.FINANCE,
        Role.DATA_CLERK,
        Role.SALES_LIAISON,
    },
    Customers.CHANGE_CUSTOMERS: {
        *DESK,
        MANAGER,
        DIRECTOR,
        RELATIONS,
        Role.DATA_CLERK,
        Role.SALES_LIAISON,
    },
    Customers.SHOW_PHONE: {ADVISOR, SUPERVISOR, MANAGER, DIRECTOR, RELATIONS},
    Customers.TAKE_OVER: {ADVISOR, SUPERVISOR, MANAGER, DIRECTOR, RELATIONS},
    Orders.SEE_ORDERS: HOUSE,
    Orders.WRITE_ORDERS: {ADVISOR, SUPERVISOR, MANAGER},
    Orders.REPORT_FINDINGS: {TECHNICIAN, INSPECTOR, DISPATCHER, ADVISOR, SUPERVISOR, MANAGER},
    Orders.ISSUE_PARTS: {CLERK, MANAGER},
    Orders.CANCEL_ORDERS: {ADVISOR, SUPERVISOR, MANAGER},
    Orders.REOPEN_ORDERS: {SUPERVISOR, MANAGER},
    Orders.RELEASE_WORK: {MANAGER, DIRECTOR},
    Orders.MANAGE_CATALOGUE: {MANAGER},
    Booking.SEE_BOOKINGS: {*DESK, RELATIONS, DISPATCHER, MANAGER, DIRECTOR},
    Booking.WRITE_BOOKINGS: {*DESK, RELATIONS, MANAGER},
    Reception.GREET: {*DESK, MANAGER, RELATIONS, Role.WARRANTY_CLERK},
    Reception.STAND_IN: {Role.FRONT_DESK, MANAGER, RELATIONS, Role.WARRANTY_CLERK},
    Reception.RECEIVE: {*DESK, MANAGER},
    Reception.HAND_OVER: {ADVISOR, SUPERVISOR, MANAGER},
    Care.SEE_CARE: {RELATIONS, ADVISOR, SUPERVISOR, MANAGER, DIRECTOR},
    Care.CALL: {RELATIONS, ADVISOR, MANAGER},
    Care.HANDLE_COMPLAINTS: {RELATIONS, SUPERVISOR, MANAGER},
    Care.CLOSE_COMPLAINTS: {RELATIONS, MANAGER},
    Schedule.ASSIGN_WORK: {ADVISOR, SUPERVISOR, DISPATCHER, MANAGER},
    Workshop.CLOCK: {TECHNICIAN, INSPECTOR, DISPATCHER, MANAGER},
    Workshop.CLOCK_FOR_OTHERS: {DISPATCHER, MANAGER},
    Workshop.INSPECT: {INSPECTOR, MANAGER},
    Workshop.RELEASE_INSPECTION: {MANAGER},
    Workshop.WASH: {Role.WASH_STAFF, Role.FRONT_DESK, ADVISOR, SUPERVISOR, DISPATCHER, MANAGER},
    Workshop.STOP_WORK: {SUPERVISOR, DISPATCHER, MANAGER},
    Parts.SEE_STOCK: {*DESK, *FLOOR, *STOCK, CASHIER, DIRECTOR, REGIONAL, Role.WARRANTY_CLERK, Role.FINANCE},
    Parts.SEE_COST: {CLERK, MANAGER, DIRECTOR, REGIONAL, Role.FINANCE},
    Parts.MOVE_STOCK: {CLERK, MANAGER},
    Parts.ADJUST_STOCK: {CLERK, MANAGER},
    Parts.GO_BELOW_ZERO: {MANAGER},
    Parts.MANAGE_CATALOGUE: STOCK,
    Billing.SEE_MONEY: {ADVISOR, SUPERVISOR, CASHIER, MANAGER, DIRECTOR, Role.FINANCE},
    Billing.SETTLE: {ADVISOR, SUPERVISOR, CASHIER, MANAGER},
    Billing.GIVE_DISCOUNT: {ADVISOR, SUPERVISOR, MANAGER},
    Billing.RELEASE_DISCOUNT: {SUPERVISOR, MANAGER},
    Billing.TAKE_PAYMENT: {CASHIER, MANAGER},
    Billing.ON_ACCOUNT: {MANAGER, DIRECTOR},
    Billing.SET_ACCOUNTS: {MANAGER, DIRECTOR, Role.FINANCE},
    Billing.CREDIT: {MANAGER, Role.FINANCE},
    Billing.EXIT_PASS: {ADVISOR, SUPERVISOR, CASHIER, MANAGER},
    Project.SEE_FACTS: {MANAGER, DIRECTOR, REGIONAL},
    Project.SEE_MESSAGES: {MANAGER},
    Project.SEE_SYSTEM: set(),
}

TABLE: dict[Role, frozenset[str]] = {
    role: frozenset(
        right for right, roles in GRANTS.items() if role in roles or role is Role.SYSTEM_ADMINISTRATOR
    )
    for role in Role
}

# A PIN is six digits typed among colleagues: enough for the day's work, not for what reaches
# other people's access or the system itself.
FULL_SIGN_IN: frozenset[str] = frozenset(
    {
        People.MANAGE_PEOPLE,
        People.GRANT_ROLES,
        People.REGISTER_TERMINALS,
        Org.MANAGE_STORES,
        Org.SET_RULES,
        Orders.MANAGE_CATALOGUE,
        Project.SEE_SYSTEM,
        Project.SEE_FACTS,
    }
)

# Who hands on a role or a password could use it: what reaches access, rules or money is handed on only by
# those who hold it themselves. The day's work of the floor and the desk is not: whoever keeps the staff files
# hires a dispatcher without ever planning a bay.
GUARDED: frozenset[str] = FULL_SIGN_IN | {
    # Rules: what a promise is counted from, and who may lift a refusal.
    Org.MANAGE_CALENDAR,
    Orders.REOPEN_ORDERS,
    Workshop.RELEASE_INSPECTION,
    # Money: the price of a part, work or a discount nobody else agreed to, goods and debts that vanish.
    Parts.MANAGE_CATALOGUE,
    Orders.RELEASE_WORK,
    Parts.ADJUST_STOCK,
    Parts.GO_BELOW_ZERO,
    Billing.RELEASE_DISCOUNT,
    Billing.ON_ACCOUNT,
    Billing.SET_ACCOUNTS,
    Billing.CREDIT,
}
