"""The outbox: a message leaves once, waits while the server is away, and is shown when nobody knows."""

import email
import socketserver
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction

from servicelane.channels import outbox_services
from servicelane.channels.errors import MessageNotStuck
from servicelane.channels.models import Message, MessageState, Trouble
from servicelane.channels.outbox_services import (
    LONGEST_SENDING,
    TRIES,
    Words,
    queue_message,
    send_again,
    send_due,
    send_one,
)
from servicelane.kernel.clock import now
from servicelane.kernel.models import Event
from servicelane.orders.link_services import make_answer_link, path_of, withdraw_link
from servicelane.orders.models import RepairOrder
from tests.access.visitor import visitor
from tests.people.test_races import at_once
from tests.unchanged import refused
from tests.visit import asked

WORDS = Words("tests.hello", "en", "Hello", "Hello, here is your car.")
MINUTE = timedelta(minutes=1)


class Talk(socketserver.StreamRequestHandler):
    """One conversation of SMTP: takes a mail, refuses it, or hangs up in the middle."""

    def handle(self):
        def say(text):
            self.wfile.write(f"{text}\r\n".encode())

        say("220 loopback")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"DATA":
                say("354 go on")
                mail = b""
                while not mail.endswith(b"\r\n.\r\n"):
                    mail += self.rfile.readline()
                if self.server.behaviour == "hang up":
                    self.server.mails.append(mail)
                    return
                if self.server.behaviour != "take":
                    say(self.server.behaviour)
                    continue
                self.server.mails.append(mail)
            if word == b"QUIT":
                say("221 bye")
                return
            say("250 ok")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def mail_server(port=0, behaviour="take"):
    """An SMTP server on loopback, in a thread."""
    server = Server(("127.0.0.1", port), Talk)
    server.behaviour, server.mails = behaviour, []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def mailing(settings):
    """Messages leave by e-mail, to a port of loopback on which nobody listens yet."""
    with mail_server() as server:
        port = server.server_address[1]
    settings.MESSAGE_CHANNEL = "email"
    settings.MESSAGE_MAIL_TO = "{to}@gateway.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    return port


def queued(to="15400001234", store_id=1):
    return queue_message(to, WORDS, store_id=store_id)


def state(message):
    message.refresh_from_db()
    return message.state, message.trouble


@pytest.mark.django_db
def test_by_default_nothing_leaves_and_the_list_says_so(mailoutbox):
    message = queued()
    assert send_due() == 1
    assert state(message) == (MessageState.SENT, "")
    assert (message.channel, mailoutbox) == ("dry_run", [])
    assert send_due() == 0


@pytest.mark.django_db
def test_what_was_rolled_back_is_not_sent():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queued()
        raise ZeroDivisionError
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_while_the_server_is_away_nothing_is_lost_and_then_each_leaves_once(mailing):
    messages = [queued(f"1540000000{n}") for n in range(3)]
    assert send_due() == 0
    first = messages[0]
    assert state(first) == (MessageState.WAITING, Trouble.AWAY)
    assert [state(one)[0] for one in messages[1:]] == [MessageState.WAITING] * 2
    assert timedelta(0) < first.due_at - now() <= MINUTE
    with time_machine.travel(now() + 2 * MINUTE), mail_server(mailing) as server:
        assert send_due() == 3
        assert send_due() == 0
        assert len(server.mails) == 3
        assert b"15400000000@gateway.example" in b"".join(server.mails)
    assert {state(one) for one in messages} == {(MessageState.SENT, "")}


@pytest.mark.django_db
def test_waits_grow_and_end_with_a_person(mailing):
    message = queued()
    waits = []
    with time_machine.travel(now(), tick=False) as clock:
        for _try in range(TRIES):
            send_due()
            message.refresh_from_db()
            waits.append((message.due_at - now()) // MINUTE)
            clock.move_to(max(message.due_at, now() + MINUTE))
    assert waits[:-1] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert state(message) == (MessageState.FAILED, Trouble.AWAY)
    assert send_due() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("behaviour", "after"),
    [
        ("451 later", (MessageState.WAITING, Trouble.AWAY)),
        ("550 never", (MessageState.FAILED, Trouble.REFUSED)),
        ("hang up", (MessageState.FOR_A_PERSON, Trouble.UNCERTAIN)),
    ],
)
def test_a_refusal_is_tried_later_or_given_up_and_a_broken_line_is_shown(mailing, behaviour, after):
    message = queued()
    with mail_server(mailing, behaviour) as server:
        assert send_due() == 0
        assert state(message) == after
        with time_machine.travel(now() + 2 * MINUTE):
            server.behaviour = "take"
            assert send_due() == (after[0] == MessageState.WAITING)
        assert len(server.mails) == (0 if after[0] == MessageState.FAILED else 1)


@pytest.mark.django_db
def test_who_dies_while_sending_leaves_it_to_a_person(mailing, monkeypatch, cast):
    message = queued(store_id=cast.shinan.pk)

    def die(*_args):
        raise SystemExit

    with mail_server(mailing) as server:
        with monkeypatch.context() as patch:
            patch.setattr(outbox_services, "_finish", die)
            with pytest.raises(SystemExit):
                send_due()
        assert state(message)[0] == MessageState.CLAIMED
        assert send_due() == 0
        with time_machine.travel(now() + LONGEST_SENDING + MINUTE):
            assert send_due() == 0
            assert state(message) == (MessageState.FOR_A_PERSON, Trouble.INTERRUPTED)
            assert len(server.mails) == 1
            send_again(message, by=cast.admin)
            assert Event.objects.get(kind="channels.sent_again").data["trouble"] == "interrupted"
            assert send_due() == 1
        assert len(server.mails) == 2
    assert state(message)[0] == MessageState.SENT
    with refused(MessageNotStuck):
        send_again(message, by=cast.admin)


def test_two_workers_send_it_once(transactional_db, mailing):
    message = queued()
    with mail_server(mailing) as server:
        at_once(lambda: send_one(message.pk), lambda: send_one(message.pk))
        assert len(server.mails) == 1
    assert state(message)[0] == MessageState.SENT


@pytest.mark.django_db
def test_without_an_address_a_person_looks(mailing, settings):
    settings.MESSAGE_MAIL_TO = "{to}"
    message = queued()
    send_due()
    assert state(message) == (MessageState.FOR_A_PERSON, Trouble.NO_ADDRESS)


def linked(shop):
    estimate = asked(shop)
    estimate.order = RepairOrder.objects.with_car().get(pk=estimate.order_id)
    return make_answer_link(estimate, by=shop.chen, site="https://lane.example"), estimate


def test_the_link_stands_in_the_message_and_not_in_the_database(shop, mailing, settings):
    link, _estimate = linked(shop)
    message = Message.objects.get()
    assert link.token not in message.body + message.shown_body
    with mail_server(mailing) as server:
        assert send_due() == 1
        text = email.message_from_bytes(server.mails[0]).get_payload(decode=True).decode()
    assert f"https://lane.example{path_of(link)}" in text


def test_a_link_that_was_withdrawn_is_not_sent_any_more(shop):
    link, estimate = linked(shop)
    withdraw_link(estimate.order, link, by=shop.chen)
    assert send_due() == 0
    assert state(Message.objects.get()) == (MessageState.FAILED, Trouble.LINK_OVER)


def test_the_list_shows_messages_of_the_own_store_with_masked_numbers(shop):
    link, _estimate = linked(shop)
    message = Message.objects.get()
    Message.objects.update(state=MessageState.FAILED, trouble=Trouble.REFUSED)
    here, elsewhere = (visitor(shop.admin, store=store) for store in (shop.shinan, shop.laoshan))
    body = here.get("/settings/messages/").content.decode()
    assert "154****" in body
    assert link.token not in body
    assert "15400" not in body
    assert "154****" not in elsewhere.get("/settings/messages/").content.decode()
    path = f"/settings/messages/{message.pk}/again"
    assert here.post(path, {"once": "b"}).status_code == 302
    assert state(message)[0] == MessageState.WAITING
