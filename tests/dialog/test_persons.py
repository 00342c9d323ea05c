"""Names of persons are told wherever they stand in an English sentence; words are none."""

from __future__ import annotations

import pytest

from replydesk.dialog.persons import persons


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("My colleague Adwoa Mensimah told me that it leaks", "My colleague <NAME_1> told me that it leaks"),
        ("Yesterday Nomvula Khumalo called you about it", "Yesterday <NAME_1> called you about it"),
        ("Did Quang Vu pay already?", "Did <NAME_1> pay already?"),
        ("It is Sunniva Bakke's order", "It is <NAME_1>'s order"),
        ("I spoke to Lars J. Lindqvist last week", "I spoke to <NAME_1> last week"),
        ("Please ask Anne-Sophie de la Tour", "Please ask <NAME_1>"),
        ("Çağla Öztürk here, the mug leaks", "<NAME_1> here, the mug leaks"),
        ("The account belongs to Roisin O'Connor", "The account belongs to <NAME_1>"),
        ("My neighbour Grace Hunter has it, too", "My neighbour <NAME_1> has it, too"),
        ("the mug leaks\nGrace Hunter", "the mug leaks\n<NAME_1>"),
        ("I share it with Noa London", "I share it with <NAME_1>"),
        ("hi im zofia wisniewski, it leaks", "hi im <NAME_1>, it leaks"),
        ("im adwoa and i want my money back", "im <NAME_1> and i want my money back"),
        ("hi its kwabena, no refund yet", "hi its <NAME_1>, no refund yet"),
        ("adwoa here. where is my parcel", "<NAME_1> here. where is my parcel"),
        ("my colleague kwabena said so", "my colleague <NAME_1> said so"),
        ("cheers, Zoltán", "cheers, <NAME_1>"),
        ("it leaks, regards mikko korhonen", "it leaks, regards <NAME_1>"),
        ("MY COLLEAGUE ZOFIA KACZMAREK TOLD ME", "MY COLLEAGUE <NAME_1> TOLD ME"),
        ("I asked <NAME_3> de la Cruz and <NAME_2>-woo", "I asked <NAME_1> and <NAME_1>"),
        ("Hi Nomvula，我的订单还没到", "Hi <NAME_1>，我的订单还没到"),
    ],
)
def test_a_name_is_told_wherever_it_stands(text: str, read: str) -> None:
    assert persons(text) == read
    assert persons(read) == read


@pytest.mark.parametrize(
    "text",
    [
        "Where is my order?", "I hope that it will mark the day", "Will you send it on Friday?", "May I pay by PayPal?",
        "Is the Pixel 8 in stock?", "Do you ship to Porthmadog?", "My Card Was Declined At The Cash Machine",
        "i am waiting since tuesday", "im vegan, is it leather", "see https://t.co/Adwoa/Mensimah",
        "@AmazonHelp Thanks!", "It flickers like a lighthouse with hiccups", "help quick", "what temp does it keep",
        "klarna or anything like that then", "its zipper broke",
        "top-up failed again", "I bought it on Amazon from Sony", "我买的Hearth Mug坏了", "THIS IS THEFT", "",
    ],
)  # fmt: skip
def test_a_word_is_no_name(text: str) -> None:
    assert persons(text) == text


def test_what_customers_of_the_desk_write_is_no_name() -> None:
    asked = "I drink it with Mist Oolong"
    assert persons(asked) == "I drink it with <NAME_1>"
    assert persons(asked, {"mist", "oolong"}) == asked
    assert persons("I drink it with Emma", {"emma"}) == "I drink it with <NAME_1>"
