"""What each role may do (PLT-1): the one table, least privilege, no right that no route uses."""

from servicelane.org.permissions import Perm as Org
from servicelane.people.permissions import Perm as People
from servicelane.people.roles import Role

from .permissions import Perm as Project

EVERYBODY: frozenset[str] = frozenset({People.SEE_TODAY, People.USE_TERMINAL})

TABLE: dict[Role, frozenset[str]] = {
    Role.SERVICE_ADVISOR: EVERYBODY,
    Role.RECEPTION_SUPERVISOR: EVERYBODY | {People.SEE_PEOPLE, People.PLAN_SHIFTS},
    Role.DISPATCHER: EVERYBODY | {People.SEE_PEOPLE, People.PLAN_SHIFTS, Org.SEE_SETTINGS, Org.MANAGE_BAYS},
    Role.TECHNICIAN: EVERYBODY,
    Role.QUALITY_INSPECTOR: EVERYBODY,
    Role.PARTS_CLERK: EVERYBODY,
    Role.CASHIER: EVERYBODY,
    Role.WARRANTY_CLERK: EVERYBODY,
    Role.CUSTOMER_RELATIONS: EVERYBODY,
    Role.DATA_CLERK: EVERYBODY,
    Role.SERVICE_MANAGER: EVERYBODY
    | {
        People.SEE_PEOPLE,
        People.MANAGE_PEOPLE,
        People.GRANT_ROLES,
        People.PLAN_SHIFTS,
        People.REGISTER_TERMINALS,
        Org.SEE_SETTINGS,
        Org.MANAGE_BAYS,
        Org.MANAGE_CALENDAR,
        Org.SET_RULES,
        Project.SEE_FACTS,
    },
    Role.GENERAL_MANAGER: EVERYBODY | {People.SEE_PEOPLE, Org.SEE_SETTINGS, Project.SEE_FACTS},
    Role.TECHNICAL_SPECIALIST: EVERYBODY,
    Role.FRONT_DESK: EVERYBODY,
    Role.WASH_STAFF: EVERYBODY,
    Role.FINANCE: EVERYBODY,
    Role.MARKETING: EVERYBODY,
    Role.SALES_LIAISON: EVERYBODY,
    Role.HR_OFFICER: EVERYBODY | {People.SEE_PEOPLE, People.MANAGE_PEOPLE, People.PLAN_SHIFTS},
    Role.REGIONAL_MANAGER: EVERYBODY | {People.SEE_PEOPLE, Org.SEE_SETTINGS, Project.SEE_FACTS},
    Role.SYSTEM_ADMINISTRATOR: EVERYBODY | {*People, *Org, *Project},
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
        Project.SEE_SYSTEM,
        Project.SEE_FACTS,
    }
)
