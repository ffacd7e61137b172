"""Photos on an order: what is kept of them, what is refused, and who may look."""

from hashlib import sha256
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from servicelane.kernel.checking import check
from servicelane.kernel.models import Event
from servicelane.orders.errors import NotAPhoto, OrderIsOver, PhotoTooLarge, TooManyPixels
from servicelane.orders.models import CancelReason, Photo, Shows
from servicelane.orders.order_services import cancel
from servicelane.orders.photo_services import MEGABYTE, MOST_MEGABYTES, add_photo, path_of
from tests.access.visitor import program, visitor
from tests.floor import fresh, in_work
from tests.pictures import NAMED, SVG, bomb, jpeg
from tests.unchanged import refused
from tests.visit import agreed

pytestmark = pytest.mark.django_db


def test_a_photo_is_kept_upright_and_without_place_and_device(shop):
    order = in_work(shop)
    sent = jpeg((400, 300), turned=True, placed=True)
    assert NAMED.encode() in sent.getvalue()

    photo = add_photo(order, sent, Shows.JOB, by=shop.tao)

    kept = path_of(photo).read_bytes()
    picture = Image.open(BytesIO(kept))
    assert (picture.format, picture.size) == ("JPEG", (300, 400)) == ("JPEG", (photo.width, photo.height))
    assert picture.getpixel((150, 20))[0] > 200, "the red half, left in the file, is on top once it stands"
    assert not picture.getexif()
    assert NAMED.encode() not in kept
    assert photo.sha256 == sha256(kept).hexdigest()
    assert fresh(order).version == order.version
    fact = Event.objects.about(order).get(kind="orders.photo_added")
    assert fact.data == {
        "photo": photo.pk, "shows": "job", "finding": 0, "sha256": photo.sha256, "version": order.version,
    }  # fmt: skip
    assert check() == []
    path_of(photo).unlink()
    assert len(check()) == 1


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_large_photo_is_made_smaller(shop, kind):
    photo = add_photo(in_work(shop), jpeg((3200, 100), kind), Shows.OTHER, by=shop.tao)
    assert (photo.width, photo.height) == (1600, 50)


FILES = {
    "words": (BytesIO(b"this is not a picture"), NotAPhoto),
    "nothing": (BytesIO(b""), NotAPhoto),
    "drawing": (BytesIO(SVG), NotAPhoto),
    "half of one": (BytesIO(jpeg((400, 300)).getvalue()[:700]), NotAPhoto),
    "other kind": (jpeg(kind="GIF"), NotAPhoto),
    "bomb": (bomb(), TooManyPixels),
    "bomb below the library's limit": (bomb(10_000, 10_000), TooManyPixels),
    "large": (BytesIO(b"\xff" * (MOST_MEGABYTES * MEGABYTE + 1)), PhotoTooLarge),
}


@pytest.mark.parametrize("name", FILES)
def test_what_is_no_photo_is_refused_in_three_parts(shop, name):
    order = in_work(shop)
    sent, error = FILES[name]
    with refused(error):
        add_photo(order, sent, Shows.JOB, by=shop.tao)
    assert not Photo.objects.exists()


def test_a_closed_order_takes_no_photo_and_keeps_no_file(shop):
    order = agreed(shop)
    cancel(order, CancelReason.TOO_DEAR, by=shop.chen)
    with refused(OrderIsOver):
        add_photo(order, jpeg(), Shows.OTHER, by=shop.tao)


def test_only_the_own_store_looks_at_a_photo_and_adds_one(shop, desk):
    order = in_work(shop)
    me = desk(shop.tao)
    sent = SimpleUploadedFile("../../x.svg", jpeg().getvalue(), "image/svg+xml")
    answer = me.send("POST", reverse("orders:add_photo", args=[order.pk]), {"photo": sent, "shows": "other"})
    assert answer.status_code == 302
    photo = Photo.objects.get()
    url = reverse("orders:photo", args=[order.pk, photo.pk])

    shown = me.get(url)
    assert shown.content == path_of(photo).read_bytes()
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Cache-Control"].startswith("private")
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert url in me.get(reverse("orders:order", args=[order.pk])).content.decode()
    assert visitor().get(url).status_code in (302, 403)
    stranger = visitor(shop.song, store=shop.laoshan)
    assert stranger.get(url).status_code == 404
    assert me.get(reverse("orders:photo", args=[order.pk, photo.pk + 1])).status_code == 404
    path_of(photo).unlink()
    assert me.get(url).status_code == 404


def test_a_program_adds_lists_and_reads_photos(shop):
    order = in_work(shop)
    me = program(shop.tao)
    url = f"/api/v1/orders/{order.pk}/photos"
    sent = SimpleUploadedFile("x.jpg", jpeg().getvalue(), "image/jpeg")
    made = me.post(url, {"photo": sent, "shows": "job"}, headers={"Idempotency-Key": "photo-1"})
    assert made.status_code == 201, made.content
    assert [row["sha256"] for row in me.get(url).json()["items"]] == [made.json()["sha256"]]
    read = me.get(f"{url}/{made.json()['id']}")
    assert sha256(read.content).hexdigest() == made.json()["sha256"]
    none = me.post(url, {"shows": "job"}, headers={"Idempotency-Key": "photo-3"})
    assert none.json()["code"] == "orders.not_a_photo"
    lie = SimpleUploadedFile("x.jpg", SVG, "image/jpeg")
    answer = me.post(url, {"photo": lie}, headers={"Idempotency-Key": "photo-2"})
    assert answer.json()["code"] == "orders.not_a_photo"
