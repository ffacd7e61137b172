import pytest

from servicelane.people.credentials import is_weak_pin, new_password, plain_pin
from servicelane.people.managers import plain_user_name
from servicelane.people.names import romanise, sort_key


@pytest.mark.parametrize(
    ("name", "english", "key"),
    [
        ("陈安", "Chen An", "chen an"),
        ("陶建国", "Tao Jianguo", "tao jian guo"),
        ("欧阳娜", "Ouyang Na", "ou yang na"),
        ("单雄", "Shan Xiong", "shan xiong"),
        ("曾敏", "Zeng Min", "zeng min"),
        ("吕布", "Lyu Bu", "lv bu"),
        ("陈 安", "Chen An", "chen an"),
        ("安", "An", "an"),
        ("Anna Berg", "Anna Berg", "anna berg"),
        ("", "", ""),
    ],
)
def test_names_in_latin_letters(name, english, key):
    assert (romanise(name), sort_key(name)) == (english, key)


@pytest.mark.parametrize(
    "pin",
    [
        "123456",
        "012345",
        "890123",
        "987654",
        "210987",
        "000000",
        "1111111",
        "121212",
        "123123",
        "12341234",
        "12345",
        "1234567890123",
        "12345a",
        "",
        "二七〇四一三",
    ],
)
def test_a_pin_somebody_would_try_first_is_weak(pin):
    assert is_weak_pin(pin)


@pytest.mark.parametrize("pin", ["270413", "839201", "112358", "135791", "102938475610"])
def test_other_pins_will_do(pin):
    assert not is_weak_pin(pin)


def test_what_is_typed_is_read_in_half_width():
    assert plain_pin(" ２７０ ４１３ ") == "270413"
    assert plain_user_name(" Ｃhen ") == "chen"


def test_temporary_passwords_differ_and_hold_no_letters_that_look_alike():
    passwords = {new_password() for _ in range(50)}
    assert len(passwords) == 50
    assert not {"0", "1", "i", "l", "o"} & set("".join(passwords))
    assert all(len(password) == 14 for password in passwords)
