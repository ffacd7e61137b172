import pytest
from django.test import Client, RequestFactory

from servicelane.kernel.idempotency import FIELD
from servicelane.org.services import BayDetails, add_bay
from servicelane.project import problem_pages

HTMX = {"HX-Request": "true"}


def parts(page: str) -> bool:
    """Whether a page says what was not done, why, and what to do."""
    return all(mark in page for mark in ("refusal-what", "为什么", "您可以"))


def test_without_the_right_one_reads_why_and_whom_to_ask(client, cast):
    client.force_login(cast.chen)
    page = client.get("/settings/system/")

    assert page.status_code == 403
    assert parts(page.content.decode())
    assert 'class="shell"' in page.content.decode()


def test_an_unknown_address_is_answered_calmly(client, cast):
    assert parts(client.get("/nowhere").content.decode())
    client.force_login(cast.chen)
    assert client.get("/nowhere").status_code == 404


def test_htmx_gets_the_panel_alone(client, cast):
    client.force_login(cast.chen)
    answer = client.get("/settings/system/", headers=HTMX)

    assert answer.headers["HX-Retarget"] == "#problem"
    assert "<html" not in answer.content.decode()
    assert 'id="problem"' in answer.content.decode()


def test_a_refusal_is_parted_into_what_why_and_what_to_do(client, cast):
    add_bay(cast.shinan, BayDetails("Q7"), by=cast.gu)
    client.force_login(cast.gu)
    form = {"code": "Q7", "kind": "lift", "name": "", FIELD: "a"}
    page = client.post("/settings/bays/new", form)
    panel = client.post("/settings/bays/new", form | {FIELD: "b"}, headers=HTMX)

    assert (page.status_code, panel.status_code) == (422, 422)
    assert parts(page.content.decode())
    assert parts(panel.content.decode())
    assert "<html" not in panel.content.decode()


def test_a_form_without_its_secret_is_refused_in_words(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.gu)
    page = client.post("/settings/bays/new", {"code": "X"})

    assert page.status_code == 403
    assert parts(page.content.decode())


def test_a_fault_is_told_without_database_and_shell():
    page = problem_pages.server_error(RequestFactory().get("/"))
    panel = problem_pages.server_error(RequestFactory().get("/", headers=HTMX))

    assert (page.status_code, panel.status_code) == (500, 500)
    assert parts(page.content.decode())
    assert panel.headers["HX-Retarget"] == "#problem"


@pytest.mark.parametrize("path", ["/api/v1/nowhere", "/api/v1/me"])
def test_a_program_gets_problem_json(client, cast, path):
    assert client.get(path).headers["Content-Type"].startswith("application/problem+json")


def test_signed_out_one_is_sent_to_the_sign_in(client, cast):
    assert client.get("/alerts").headers["Location"].startswith("/sign-in/")


def test_health_needs_nobody_and_writes_nothing(client, db):
    assert client.get("/health").json() == {"status": "ok"}
