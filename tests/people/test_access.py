from servicelane.org.models import Bay, OpeningHours, Region, Store
from servicelane.org.services import Names, StoreDetails, add_region, add_store
from servicelane.people.models import Employee
from servicelane.people.reach import reach_of
from servicelane.people.roles import Role, full_sign_in, table
from servicelane.people.services import grant_role


def fresh(employee: Employee) -> Employee:
    return Employee.objects.get(pk=employee.pk)


MAY = [
    # person, right, in Shinan, in Laoshan
    ("chen", "people.see_today", True, False),
    ("chen", "people.plan_shifts", False, False),
    ("luo", "people.plan_shifts", True, False),
    ("luo", "org.manage_bays", True, False),
    ("luo", "people.manage_people", False, False),
    ("wu", "people.see_today", True, True),
    ("wu", "people.plan_shifts", False, True),
    ("gu", "people.manage_people", True, False),
    ("gu", "org.manage_stores", False, False),
    ("song", "people.see_today", False, True),
    ("zheng", "people.see_people", True, True),
    ("zheng", "people.manage_people", False, False),
    ("admin", "org.manage_stores", True, True),
    ("admin", "project.see_system", True, True),
]


def test_a_right_holds_in_a_store_and_opens_its_rows(cast):
    for who, perm, shinan, laoshan in MAY:
        person = getattr(cast, who)
        said = f"{who} {perm}"
        assert (person.may(perm, cast.shinan), person.may(perm, cast.laoshan)) == (shinan, laoshan), said
        assert person.may_anywhere(perm) == (shinan or laoshan), said
        assert not person.may(perm, None), said
        stores = {store for store, holds in ((cast.shinan, shinan), (cast.laoshan, laoshan)) if holds}
        assert set(person.stores_where(perm)) == set(Store.objects.visible_to(person, perm)) == stores, said
        for model in (Bay, OpeningHours):
            rows = model.objects.visible_to(person, perm).select_related("store")
            assert {row.store for row in rows} == stores, said


def test_a_sign_in_by_pin_lacks_what_needs_a_full_one(cast):
    assert full_sign_in()
    by_pin = fresh(cast.admin)
    by_pin.signed_in_by_pin = True
    for perm in full_sign_in():
        assert cast.admin.may(perm, cast.shinan), perm
        assert not by_pin.may(perm, cast.shinan), perm
        assert not by_pin.may_anywhere(perm), perm
        assert not by_pin.stores_where(perm).exists(), perm
        assert perm not in by_pin.rights_in(cast.shinan), perm
    assert by_pin.may("people.see_today", cast.shinan)


def test_a_region_carries_its_roles_down_its_whole_tree(cast):
    city = add_region(cast.group, Names("市区", "City"), by=None, parent=cast.region)
    quarter = add_region(cast.group, Names("老城", "Old town"), by=None, parent=city)
    beside = add_region(cast.group, Names("外埠", "Elsewhere"), by=None)
    deep = add_store(quarter, StoreDetails("DP", "深", "Deep"), by=None)
    far = add_store(beside, StoreDetails("FR", "远", "Far"), by=None)
    grant_role(cast.lin, Role.REGIONAL_MANAGER, city, by=None)

    admin, lin = fresh(cast.admin), fresh(cast.lin)
    assert admin.may("org.manage_stores", deep)
    assert not admin.may("org.manage_stores", far)
    assert set(lin.stores) == {cast.shinan, deep}
    assert set(lin.stores_where("people.see_people")) == {deep}
    assert set(Region.objects.visible_to(lin, "people.see_people")) == {city, quarter}
    assert set(Region.objects.visible_to(admin, "org.manage_stores")) == {cast.region, city, quarter}
    assert not Region.objects.visible_to(cast.gu, "people.see_people").exists()
    assert lin.rights_in(city) == table()[Role.REGIONAL_MANAGER]
    assert lin.rights_in(beside) == frozenset()


def test_a_right_in_a_region_without_stores_is_a_right(cast):
    empty = add_region(cast.group, Names("新区", "New"), by=None)
    grant_role(cast.lin, Role.SYSTEM_ADMINISTRATOR, empty, by=None)
    assert fresh(cast.lin).may_anywhere("org.manage_stores")
    assert not fresh(cast.lin).stores_where("org.manage_stores").exists()


def test_people_are_visible_in_the_stores_below_their_place(cast):
    def seen(viewer, perm="people.see_people"):
        return set(Employee.objects.visible_to(viewer, perm).values_list("user_name", flat=True))

    in_region = {"admin", "zheng"}
    in_laoshan = {"song", "gao", "wu"}
    assert seen(cast.chen) == set()
    assert seen(cast.wu) == in_laoshan | in_region
    assert seen(cast.gu) == {person.user_name for person in cast.people()} - {"song", "gao"}
    assert seen(cast.admin) == {person.user_name for person in cast.people()}
    assert seen(cast.gu, "org.manage_stores") == set()
    assert set(Employee.objects.in_store(cast.laoshan).values_list("user_name", flat=True)) == (
        in_laoshan | in_region
    )


def test_somebody_in_a_region_below_is_visible_to_the_region_above(cast):
    city = add_region(cast.group, Names("市区", "City"), by=None, parent=cast.region)
    grant_role(cast.lin, Role.REGIONAL_MANAGER, city, by=None)
    cast.lin.memberships.filter(store=cast.shinan).delete()
    assert cast.lin in Employee.objects.visible_to(fresh(cast.admin), "people.see_people")
    assert cast.lin not in Employee.objects.visible_to(cast.gu, "people.see_people")


def test_reach_is_read_once_with_one_query_or_two(cast, django_assert_num_queries):
    chen, zheng = fresh(cast.chen), fresh(cast.zheng)
    with django_assert_num_queries(1):
        assert [chen.may("people.see_today", store) for store in (cast.shinan, cast.laoshan)] == [True, False]
    with django_assert_num_queries(2):
        assert all(zheng.may("people.see_people", store) for store in (cast.shinan, cast.laoshan))


def test_djangos_own_permissions_open_nothing(cast):
    Employee.objects.filter(pk=cast.chen.pk).update(is_superuser=True)
    chen = fresh(cast.chen)
    assert not chen.may("people.manage_people", cast.shinan)
    assert not chen.may_anywhere("people.manage_people")


def test_a_role_that_is_no_more_gives_nothing(cast):
    cast.chen.memberships.update(role="abolished")
    assert not fresh(cast.chen).may("people.see_today", cast.shinan)


def test_a_loop_of_regions_ends():
    reach = reach_of([(None, 1, "cashier")], [(1, 2, 10), (2, 1, None)])
    assert reach.stores == {10: frozenset({"cashier"})}
    assert set(reach.regions) == {1, 2}


def test_every_role_has_its_rights_and_the_administrator_all_of_them():
    assert set(table()) == set(Role)
    everything = frozenset().union(*table().values())
    assert table()[Role.SYSTEM_ADMINISTRATOR] == everything
    assert full_sign_in() < everything
    for role, held in table().items():
        assert {"people.see_today", "people.use_terminal"} <= held, role
