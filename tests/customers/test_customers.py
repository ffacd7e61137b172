"""Customer files: what is kept, what is asked back, and which store sees them (ARC-1, ARC-8)."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from servicelane.customers import customer_services as services
from servicelane.customers.customer_services import CustomerDetails
from servicelane.customers.errors import (
    Doubtful,
    NameMissing,
    OtherGroup,
    ReasonMissing,
    ServedAlready,
    Unusable,
)
from servicelane.customers.models import Customer, CustomerKind, CustomerStore, Salutation, ServedHow
from servicelane.customers.permissions import Perm
from servicelane.kernel.errors import ChangedMeanwhile
from servicelane.kernel.models import Event, EventDetail
from servicelane.org.services import Names, StoreDetails, add_group, add_region, add_store
from tests.unchanged import refused, rows


@pytest.fixture
def stranger(cast):
    """A store of another group."""
    region = add_region(add_group(Names("远", "Far"), by=None), Names("远", "Far"), by=None)
    return add_store(region, StoreDetails(code="FAR", name_zh="远店", name_en="Far"), by=None)


def test_a_file_is_opened_in_its_store(cast, zhang):
    assert (zhang.group, zhang.mobile, zhang.sort_key) == (cast.group, "15400003456", "zhang wei")
    assert (zhang.masked_mobile, zhang.version, zhang.mobile_doubt) == ("154****3456", 1, "")
    served = CustomerStore.objects.get(customer=zhang)
    assert (served.store, served.how, served.by) == (cast.shinan, ServedHow.ADDED, cast.chen)
    fact = Event.objects.about(zhang).get()
    assert (fact.kind, fact.store_id) == ("customers.added", None)
    assert fact.data == {"customer_kind": "person", "store": cast.shinan.pk}


@pytest.mark.parametrize(
    ("name", "kind", "salutation", "masked"),
    [
        ("张伟", "person", "mr", "张先生"),
        ("张丽", "person", "ms", "张女士"),
        ("张伟", "person", "none", "张**"),
        ("欧阳娜", "person", "ms", "欧阳女士"),
        ("海晏物流有限公司", "company", "none", "海晏**"),
        ("Anna Berg", "person", "none", "Berg**"),
    ],
)
def test_a_name_is_masked(name, kind, salutation, masked):
    with override("zh-hans"):
        assert Customer(name=name, kind=kind, salutation=salutation).masked_name == masked


def test_a_customer_has_a_name_and_texts_that_fit(cast, zhang):
    with refused(NameMissing):
        services.add_customer(cast.shinan, CustomerDetails("  "), by=cast.chen)
    with refused(Unusable):
        services.add_customer(cast.shinan, CustomerDetails("张" * 81), by=cast.chen)
    with refused(Unusable):
        services.change_customer(zhang, CustomerDetails("张\x07伟"), by=cast.chen)
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(pk=zhang.pk).update(name="")


def test_a_doubtful_mobile_is_confirmed_with_a_reason_and_not_asked_again(cast):
    odd = CustomerDetails("李娜", mobile="12345")
    with refused(Doubtful, fields=["mobile"]):
        services.add_customer(cast.shinan, odd, by=cast.chen)
    with refused(Doubtful):
        services.add_customer(cast.shinan, replace(odd, mobile_reason="because"), by=cast.chen)

    customer = services.add_customer(cast.shinan, replace(odd, mobile_reason="on_paper"), by=cast.chen)
    assert (customer.mobile, customer.mobile_doubt) == ("12345", "on_paper")
    assert Event.objects.about(customer).get().data["doubts"] == {"mobile": "on_paper"}

    changed = replace(CustomerDetails.of(customer), address="香港中路 1 号", mobile_reason="")
    services.change_customer(customer, changed, by=cast.chen)
    assert (customer.mobile_doubt, customer.version) == ("on_paper", 2)

    mended = replace(changed, mobile="154 0000 7777")
    services.change_customer(customer, mended, by=cast.chen)
    assert (customer.mobile, customer.mobile_doubt) == ("15400007777", "")


def test_a_change_tells_its_fields_keeps_history_and_knows_its_version(cast, zhang):
    details = replace(CustomerDetails.of(zhang), name="张巍", notes="likes tea", advisor=cast.chen)
    services.change_customer(zhang, details, by=cast.chen, version=1)
    assert Event.objects.about(zhang).get(kind="customers.changed").data == {
        "changed": ["advisor", "name", "notes"]
    }
    assert [row.name for row in zhang.history.all()] == ["张巍", "张伟"]

    with refused(ChangedMeanwhile):
        services.change_customer(zhang, replace(details, notes=""), by=cast.chen, version=1)
    fresh = Customer.objects.get(pk=zhang.pk)
    before = rows()
    services.change_customer(fresh, details, by=cast.chen)
    assert rows() == before


def test_a_store_sees_a_file_once_it_served_it(cast, zhang):
    def seen(person):
        return zhang in Customer.objects.visible_to(person, Perm.SEE_CUSTOMERS)

    assert seen(cast.chen)
    assert not seen(cast.song)
    assert not seen(cast.tao)
    services.serve(zhang, cast.laoshan, ServedHow.BOOKED, by=cast.wu)
    before = rows()
    services.serve(zhang, cast.laoshan, ServedHow.SERVED, by=cast.wu)
    assert rows() == before
    assert set(zhang.stores.values_list("store__code", "how")) == {("SN", "added"), ("LS", "booked")}
    assert zhang in Customer.objects.served_in(cast.laoshan)


def test_a_file_is_taken_over_once_with_a_reason(cast, zhang):
    with refused(ReasonMissing):
        services.take_over(zhang, cast.laoshan, " ", by=cast.wu)
    services.take_over(zhang, cast.laoshan, "moved house", by=cast.wu)
    fact = Event.objects.about(zhang).get(kind="customers.taken_over")
    assert fact.data == {"store": cast.laoshan.pk}
    assert EventDetail.objects.get(event=fact).text == "moved house"
    with refused(ServedAlready):
        services.take_over(zhang, cast.laoshan, "again", by=cast.wu)


def test_files_do_not_cross_groups(cast, zhang, stranger):
    with refused(OtherGroup):
        services.serve(zhang, stranger, by=cast.wu)
    with refused(OtherGroup):
        services.take_over(zhang, stranger, "moved house", by=cast.wu)
    with refused(OtherGroup):
        services.add_customer(stranger, CustomerDetails("王芳", advisor=cast.chen), by=None)


def test_a_look_up_of_a_number_is_a_fact_of_the_person(cast, zhang):
    assert services.show_phone(zhang, by=cast.chen).mobile == "15400003456"
    fact = Event.objects.about(zhang).get(kind="customers.phone_shown")
    assert (fact.actor_id, fact.data) == (cast.chen.pk, {})


def test_the_last_word_about_contact_holds(cast, zhang):
    assert not zhang.may_be_contacted
    services.set_consent(zhang, True, by=cast.chen)
    assert zhang.may_be_contacted
    services.set_consent(zhang, False, by=None)
    assert not zhang.may_be_contacted
    assert zhang.consents.count() == 2


def test_address_and_phone_are_confirmed_by_one_tap(cast, zhang):
    services.confirm_contact(zhang, by=cast.chen)
    assert zhang.confirmed_on is not None
    assert Event.objects.about(zhang).filter(kind="customers.contact_confirmed").exists()


def test_a_company_has_no_surname(cast):
    company = services.add_customer(
        cast.shinan, CustomerDetails("海晏物流有限公司", kind=CustomerKind.COMPANY), by=cast.chen
    )
    assert (company.called, company.salutation) == ("海晏物流有限公司", Salutation.NONE)
