"""Made-up names of persons in English messages, and where they are planted: data to tell names by.

Made-up names of many origins are put where persons stand in messages of the demo desk, of BANKING77 and of TweetSumm
(*my friend*, *she told me*, *somebody*), and into sentences of people who say more than who they are. All else that
looks like a name in these messages, and all in the messages as they were written, is none.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from importlib import resources
from random import Random
from typing import Final

from benchmarks._datasets import datasets
from replydesk.data.preparation import Mask

__all__ = ["FRAMES", "MANNERS", "MOST", "Planted", "messages", "planted"]

# Given names and surnames that go together; nobody of ``benchmarks.bias`` is among them.
PEOPLE: Final = {
    "development": (
        "Adwoa Kofi Yaw Esi/Mensimah Boateng Asante; Ngozi Obinna Uche Tolu/Ibe Nwosu Adeleke Okonjo;"
        " Sibusiso Nomvula Lindiwe/Khumalo Ndlovu Zulu; Wanjiru Kamau Otieno/Mwangi Odhiambo Njoroge;"
        " Amare Selam/Tesfaye Haile; Rohan Meera Lakshmi Arjun/Pillai Deshpande Banerjee Reddy Chopra;"
        " Imran Zainab Bushra Usman/Qureshi Malik Chaudhry Mirza; Farhana Tanvir/Chowdhury Rahman;"
        " Nimal Dilini/Perera Jayawardene; Bao Thao Quang/Vu Hoang Dang; Mei-ling Jiahao Zihan Lok/Wu Lau Guo Zheng;"
        " Ji-woo Min-seo/Kang Seo Yoon; Aiko Kenji Sakura Ren/Yamamoto Kobayashi Saito Mori;"
        " Siti Budi Agus/Wijaya Santoso Nurhaliza; Liezel Jomar/Bautista Manalo Villanueva;"
        " Keanu Tane Moana/Ngata Kahananui Tuilagi; Marek Zofia Pawel/Nowak Wisniewski Kaczmarek;"
        " Jiri Lenka/Dvorak Horakova; Zsofia Attila/Farkas Kovács Tóth; Radu Ioana/Popescu Ionescu Dumitru;"
        " Svetlana Yuri Anastasiya/Ivanova Smirnov Kuznetsova; Oleksandr Oksana/Shevchenko Kovalenko Bondar;"
        " Milan Dragana/Jovanović Petrović Babic; Dimitris Eleni/Papadakis Georgiou; Mehmet Zeynep/Kaya Demir;"
        " Çağla/Öztürk;"
        " Narek Ani/Sarkisian Grigoryan; Nino Levan/Beridze Kapanadze; Reza Shirin/Ahmadi Hosseini;"
        " Omar Layla Yousef/Haddad Al-Masri Khoury Mansour; Karim Samira/Benali El Amrani; Noa Eitan/Levi Mizrahi;"
        " Lucía Javier Álvaro/Navarro Ibáñez Castillo; João Beatriz Thiago/Oliveira Carvalho da Silva;"
        " Giulia Matteo Chiara/Ricci Moretti De Luca; Amélie Théo Baptiste/Lefèvre Moreau Girard;"
        " Lars Anke Jürgen/Schröder Vogel Krüger; Sanne Joost/de Vries van Dijk Bakker; Bjørn Sunniva/Bakke Haugen;"
        " Astrid Linnea/Lindqvist Sjöberg; Aino Mikko/Virtanen Korhonen; Sigrun Ólafur/Einarsdottir Gunnarsson;"
        " Ciara Padraig Roisin/O'Connor Kavanagh McCarthy; Ewan Morag/MacLeod Campbell Fraser;"
        " Rhys Cerys/Griffiths Bevan;"
        " Darius Keisha Tyrone/Jackson Freeman Brooks; Margaret Simon Nicola Alan/Thompson Hargreaves Ellison Wilkins;"
        " Grace Hope Will Mark/Hunter Barnes Cooper Miller; Joy Rose Dean Amber/Fox Day Stone Woods;"
        " Jean-Luc Marie-Claire Anne-Sophie/Rousseau Petit; Xochitl Itzel/Quetzalli Huerta;"
        " Aigerim Nurlan/Bekov Sultanova;"
        " Tenzin Dolma/Lhamo Wangchuk; Kaveh Nasrin/Farrokhzad; Brandi Cody Travis/Hutchins Mcdaniel Sorensen"
    ),
    "test": (
        "Akosua Kwaku/Amankwah Owusu; Chinyere Emeka Femi/Obi Ogundipe Uzoma; Thabo Naledi/Nkosi Molefe;"
        " Achieng Kipchoge/Wekesa Mutua; Hanna Dawit/Gebre Alemu; Vikram Sneha Ananya/Menon Joshi Bhatt Gowda;"
        " Bilal Sana/Sheikh Baig; Nusrat Shakib/Islam Hossain; Chamari Ruwan/Fernando Silva; Linh Duc/Bui Ngo;"
        " Yating Haoran Chi-wai/Xu Lin Cheung; Hye-rin Dong-hyun/Choi Bae; Yuto Hina/Nakamura Inoue Ogawa;"
        " Dewi Rizky/Pratama Kusuma; Maricel Rodel/Reyes Dimaculangan; Leilani Sione/Fonoti Kealoha;"
        " Kasia Tomasz/Zielinski Wojcik; Petra Ondrej/Svoboda Cerny; Eszter Gabor/Szabó Nagy;"
        " Andreea Vlad/Munteanu Stan;"
        " Natalya Igor/Popov Sokolova; Taras Halyna/Melnyk Tkachenko; Ana Nikola/Horvat Đorđević;"
        " Yiannis Katerina/Nikolaidis;"
        " Emre Elif Gökhan/Şahin Aydın Çelik; Armen Lusine/Hakobyan; Tamar Giorgi/Lomidze; Parisa Arash/Rostami Karimi;"
        " Hassan Nour/Al-Rashid Saleh Najjar; Youssef Khadija/Tazi Idrissi; Yael Avi/Peretz Katz;"
        " Íñigo Pilar/Zabala Herrero; Mariana Rui/Teixeira dos Santos; Alessia Davide/Ferrari Conti Di Stefano;"
        " Clémence Hugo/Chevalier Fournier; Heike Uwe/Köhler Brandt; Maaike Pieter/van den Berg Visser;"
        " Ingrid Håkon/Solberg Nygård; Freja Rasmus/Kjær Madsen; Päivi Jussi/Nieminen; Guðrún/Jónsdóttir;"
        " Orla Declan/O'Sullivan McGrath Brennan; Fergus Isla/MacDonald Sinclair; Gareth Angharad/Bowen Prosser;"
        " Shanice Marquis/Coleman Booker; Deborah Philip Helen/Atkinson Bradshaw Pemberton;"
        " Patience Frank June Robin/Cook Bishop Wells; Ivy Drew Summer/Frost Marsh Steele;"
        " Marie-Louise Jean-Marc/Blanchard; Citlali/Xicohténcatl; Dinara Yerlan/Abenov; Pema Sonam/Dorji;"
        " Kayleigh Dwight/Kowalczyk Vandermeer"
    ),
}  # fmt: skip
# Sentences of people who say more than who they are; {} is a person.
FRAMES: Final = {
    "development": """
{} here, {text}
Hi, {} here. {text}
Hello there, I'm {}. {text}
my name is {} and {text}
{text} Regards, {}
{text} Thanks, {}
{text} Thank you! {}
{text} - {}
{text}|{}
{text}|Best wishes|{}
This is {}. {text}
it's {} again. {text}
My colleague {} told me to ask: {text}
My friend {} recommended you. {text}
My partner {} bought it. {text}
{text} My neighbour {} has the same problem.
{} and I ordered together. {text}
I live with {}. {text}
{} told me yesterday to write. {text}
Yesterday {} called you about this. {text}
I spoke to {} last week. {text}
I was talking to {} on the phone. {text}
{text} Please call {} back.
{text} You can ask {} as well.
The account belongs to {}. {text}
It is {}'s order. {text}
{}'s parcel never came. {text}
The parcel was for {}. {text}
{text} It was a present for {}.
{text} That is what {} said.
{text} So says {}.
{text}, asks {}.
Could you tell {} about it? {text}
Did {} pay already? {text}
Has {} been in touch? {text}
I am writing for {}. {text}
I'm writing on behalf of {}. {text}
{} asked me to write to you. {text}
When {} wrote to you nobody answered. {text}
Because {} is away I am asking. {text}
{text} (signed {})
Name: {}. {text}
Customer: {}. {text}
The booking is in the name of {}. {text}
{text} Sent by {}
I bought it with {} in May. {text}
{} wants to know: {text}
{}, who lives with me, ordered it. {text}
My child {} broke it. {text}
Since {} moved in we order more. {text}
As {} can confirm, {text}
Dear team, {} is writing. {text}
Between {} and me: {text}
I, {}, am asking: {text}
Please send the answer to {}, thanks. {text}
According to {} it should work. {text}
I got your address from {}. {text}
If {} were here it would be easier. {text}
Only {} knows the password. {text}
{} helped me last time. {text}
I asked {} already. {text}
Everyone calls me {}. {text}
You may remember me, {}, from last month. {text}
{text} Yours, {}
{text} Love, {}
Maybe {} did something wrong. {text}
I think {} paid for it. {text}
They say that {} signed for it. {text}
The one who opened it was {}. {text}
It was {} who opened it. {text}
{} from next door took it. {text}
{} is my boss. {text}
We both, {} and me, want to know: {text}
I bought this for {}'s birthday. {text}
The order was placed by {}. {text}
{} gave it to me as a present. {text}
Is {} working today? {text}
{text} You already helped {}.
I handed it to {}. {text}
Send the invoice to {}. {text}
{} (my neighbour) has the same one. {text}
Somebody called {} wrote to me. {text}
{text} Thanks for helping {}!
Like {} I am waiting. {text}
The name on the card is {}. {text}
Our teacher, {}, uses it. {text}
Me and {} have one question: {text}
With {} away nobody can open it. {text}
I forgot to say that {} pays. {text}
Poor {} waits and waits. {text}
{text} I wonder what {} would do.
{text} Greetings, {}
Hi {}, {text}
Dear {}, {text}
Hello {}! {text}
im {} and {text}
I'm {}, {text}
hi its {} here, {text}
hi, im {} from before. {text}
{text} cheers {}
{text} love {} x
{text} thx, {} :)
{} speaking, {text}
{} back again! {text}
{} just came home and saw it. {text}
A friend, {}, had it first. {text}
How did {} do it? {text}
For {} it worked. {text}
{text} Even {} could not help.
""",
    "test": """
Morning, {} writing. {text}
hey its {}, {text}
I am {}, a customer since March. {text}
The name's {}. {text}
{text} Kind regards {}
{text} Many thanks|{}
{text} Ta, {}
{text} /{}
You know me as {}. {text}
My boss {} wants an answer. {text}
My cousin {} had this, too. {text}
{text} My flatmate {} is annoyed.
{} opened the box. {text}
Today {} phoned you. {text}
I've been chatting with {} about this. {text}
I had {} on the line before. {text}
{text} Please put {} in copy.
It went to {} by mistake. {text}
{}'s birthday is on Friday. {text}
{text} I wanted to give it to {}.
{text} At least {} thinks so.
{text}, wonders {}.
Will {} get a mail? {text}
Why did {} get one and I did not? {text}
{} made me ask this. {text}
While {} was on holiday it came. {text}
Buyer: {}. {text}
It's registered to {}. {text}
We chose it together, {} and I. {text}
{} never got a reply. {text}
{}, my partner, paid for it. {text}
My baby {} loves it. {text}
Ever since {} told us of you we buy here. {text}
Just ask {}! {text}
Your agent {} promised to help. {text}
The person I dealt with was {}. {text}
Thanks to {} I know you. {text}
After {} left I found it. {text}
Neither {} nor I can log in. {text}
A certain {} answered me. {text}
Apparently {} has the key. {text}
I share it with {}. {text}
{text} Ask for {} when you ring.
{text} Sincerely,|{}
In case {} is in today: {text}
{} is cross with me. {text}
I promised {} a reply. {text}
Our daughter's teacher {} uses it. {text}
""",
}
# Who is spoken of in messages as they were written.
_SOMEBODY: Final = re.compile(
    r"\b(?:he|she|someone|somebody|the (?:seller|driver|agent|courier|merchant|operator|lady|guy)|your agent)\b"
    r"|(?<=\bmy )(?:friend|husband|wife|son|daughter|mother|father|mum|mom|dad|brother|sister|partner|boyfriend"
    r"|girlfriend|boss|colleague|neighbour|flatmate)\b",
    re.I,
)
_PLACE: Final = re.compile(r"<NAME_\d+>")
MOST: Final = 3000
_HALF_MASKED: Final = 0.03
# How a message is written: mostly as its writer did, now and then without capitals, or in nothing else; to learn from,
# also with a name in small letters among words as they were written ("name small").
MANNERS: Final = ("as written", "small", "capitals")

Planted = tuple[str, str, str]


def planted(texts: Sequence[str], part: str, manner: str, mask: Mask) -> list[Planted]:
    """Return masked messages with a name, written in this manner, what is to be read of each, and the name."""
    draw = Random(f"{part} {manner}")
    some = draw.sample(texts, min(MOST, len(texts)))
    return [_planted(text, part, manner, mask, draw) for text in some]


def _planted(text: str, part: str, manner: str, mask: Mask, draw: Random) -> Planted:
    """Return a masked message with a name, what is to be read of it, and the name."""
    name = _name(part, draw, initials=manner == "as written")
    places = [*_SOMEBODY.finditer(text)]
    if places and draw.random() < 0.5:
        match = draw.choice(places)
        aside = text[match.start() - 3 : match.start()].lower() == "my "
        told = f"{match[0]} {{}}" if aside else "{}"
        before, after = text[: match.start()] + told.partition("{}")[0], text[match.end() :]
    else:
        frame = draw.choice(FRAMES[part].strip().splitlines()).replace("|", "\n")
        before, _, after = frame.replace("{text}", text).partition("{}")
    if manner == "small":
        name, before, after = name.lower(), _lower(before), _lower(after)
    elif manner == "name small":
        name = name.lower()
    elif manner == "capitals":
        name, before, after = name.upper(), before.upper(), after.upper()
    first, _, _ = name.rpartition(" ")
    # Now and then the masker knew one part of a name.
    written = f"{first} <NAME_9>" if first and draw.random() < _HALF_MASKED else name
    read, want = (_PLACE.sub("<NAME_1>", mask(before + who + after)) for who in (written, "<NAME_9>"))
    return read, want, name if written == name else first


def _lower(text: str) -> str:
    return re.sub(r"<[A-Z]+_\d+>|[^<]+", lambda match: match[0] if match[0][0] == "<" else match[0].lower(), text)


def _name(part: str, draw: Random, *, initials: bool) -> str:
    given, _, family = draw.choice(PEOPLE[part].split(";")).strip().partition("/")
    surnames = re.findall(r"(?:(?:El|De|da|de|dos|van|den|Di) )*\S+", family)
    first, last = draw.choice(given.split()), draw.choice(surnames)
    drawn = draw.random()
    if drawn < 0.2:
        return first
    if drawn < 0.26 and initials:
        return f"{first} {draw.choice('BCDEGHJKLMNPRST')}. {last}"
    if drawn < 0.3 and len(surnames) > 1:
        return " ".join([first, *draw.sample(surnames, 2)])
    return f"{first} {last}"


def messages(part: str) -> dict[str, list[str]]:
    """Return what customers wrote in each of the sets, none of it in both parts."""
    first = part == "development"
    with (datasets() / "banking77" / ("train.csv" if first else "test.csv")).open(encoding="utf-8", newline="") as file:
        bank = [row["text"] for row in csv.DictReader(file)]
    lines = (datasets() / "prepared" / "tweetsumm_dialogs.jsonl").read_text(encoding="utf-8").splitlines()
    dialogs = [dialog for line in lines if ((dialog := json.loads(line))["split"] == "train") == first]
    samples = (resources.files("replydesk.data.samples") / "conversations.en.jsonl").read_text(encoding="utf-8")
    desk = [json.loads(line) for line in samples.splitlines()][not first :: 2]
    return {
        "bank": sorted(set(bank)),
        "tweets": sorted({turn["text"] for one in dialogs for turn in one["turns"] if turn["role"] == "customer"}),
        "desk": sorted({turn["text"] for one in desk for turn in one["turns"] if turn["role"] == "customer"}),
    }
