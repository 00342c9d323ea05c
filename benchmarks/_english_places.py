"""Names of places in English messages, and where they are planted: data to tell unknown places by.

Places that hardly any list has are put into the development wordings of introductions, around messages of BANKING77 and
of the demo desk. All else with a capital is none: names of persons where they are planted, and what stands in the
messages as they were written, but for what a list has as a place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from benchmarks import _english_names
from benchmarks.bias import wordings
from replydesk.data.preparation import Mask
from replydesk.dialog.placeevidence import place_stretches

__all__ = ["rows"]

_TIMES: Final = 40
_TWEETS: Final = 0.5
_PLACES: Final = (
    "Derby|Sandwich|Rugby|Mobile|Cork|Nice|Split|Chester|Hull|Wells|Battle|Rye|Ware|Wick|Eye|Barry|Deal|Lincoln|"
    "Bulawayo|Da Nang|Trinidad|Belfast|Papua New Guinea|Kochi|Sylhet|Wagga Wagga|Penang|Côte d'Ivoire|Lausanne|"
    "Tartu|Izmir|Almaty|Guatemala|Yerevan|Santa Fe|Belo Horizonte|Amman|Cluj-Napoca|Ghent|North Dakota|Bologna|"
    "County Down|Jamaica|Graz|Kirkcaldy|Cebu City|Crete|Guayaquil|Tamil Nadu|Chiang Mai|Haifa|Czech Republic|"
    "Chattanooga|Chandigarh|Zaragoza|St. Louis|Besançon|Kandy|Bergen|Fukuoka|Muscat|Kisumu|Aarhus|Ohio|Tampere|"
    "St Albans|Arequipa|"
    "Aberystwyth|Dunedin|Yogyakarta|Plovdiv|Rijeka|Reykjavík|Kharkiv|Coimbra|Addis Ababa|Pokhara|Rosario"
    "|Milton Keynes|Newfoundland|Saskatoon|Novi Sad|Ramallah|Hebden Bridge|Szeged|Eindhoven|Freiburg|Accra"
    "|Costa Rica|Gdynia|San José|Bosnia|Spokane|Bolivia|Minneapolis|Saudi Arabia|Baton Rouge|Oaxaca|Medellín"
    "|Stoke-on-Trent|Malawi|Xiamen|Norwich|Senegal|Peshawar|Daegu|Nagpur|Andalusia|Isle of Wight|Umeå"
    "|Port Harcourt|Bavaria|Berwick-upon-Tweed|Taichung|Košice|Brittany|Valparaíso|Tenby|Oban|Keswick|Penrith"
    "|Lerwick|Taunton|Kilkenny|Sligo|Tralee|Hartlepool|Great Yarmouth|King's Lynn|Bury St Edmunds"
    "|Stow-on-the-Wold|Newton Abbot|Weston-super-Mare|Isle of Man|County Clare|Tulsa|Omaha|Des Moines|El Paso"
    "|Fort Worth|Little Rock|Salt Lake City|Corpus Christi|San Antonio|New Jersey|West Virginia|South Carolina"
    "|Rhode Island|Moose Jaw|Thunder Bay|Nova Scotia|Alice Springs|Gold Coast|Hobart|Invercargill"
    "|Palmerston North|Enugu|Benin City|Tamale|Eldoret|Gaborone|Windhoek|Polokwane|Bloemfontein|East London"
    "|Zanzibar|Djibouti|Burkina Faso|Sierra Leone|South Sudan|Cape Verde|Surat|Indore|Coimbatore|Madurai"
    "|Vijayawada|Uttar Pradesh|Himachal Pradesh|Faisalabad|Multan|Jaffna|Thimphu|Mandalay|Vientiane|Siem Reap"
    "|Johor Bahru|Kota Kinabalu|Bandung|Davao|Hue|Nha Trang|Kagoshima|Sendai|Incheon|Jeju|Shenyang|Qingdao"
    "|Zhengzhou|Inner Mongolia|Tainan|Kazan|Novosibirsk|Samara|Tomsk|Lviv|Dnipro|Chisinau|Iasi|Brasov|Debrecen"
    "|Pécs|Olomouc|Brno|Bydgoszcz|Szczecin|Poznań|Wrocław|Katowice|Kaunas|Pärnu|Turku|Oulu|Trondheim|Stavanger"
    "|Malmö|Västerås|Uppsala|Odense|Groningen|Leuven|Liège|Namur|Aachen|Göttingen|Würzburg|Kiel|Innsbruck|Linz"
    "|Bern|Lugano|Rennes|Nantes|Angers|Clermont-Ferrand|Aix-en-Provence|Normandy|Tuscany|Sardinia|Parma|Perugia"
    "|Bari|Murcia|Bilbao|Oviedo|Galicia|Las Palmas|Santiago de Compostela|Braga|Faro|Azores|Corfu|Patras|Adana"
    "|Bursa|Gaziantep|Aqaba|Basra|Erbil|Shiraz|Isfahan|Bukhara|Bishkek|Tegucigalpa|Managua|León|Cali|Cartagena"
    "|Cusco|Concepción|Córdoba|Mendoza|Porto Alegre|Recife|Salvador|Curitiba|Mato Grosso|Montego Bay"
    "|Port of Spain|Bridgetown|Nassau|Belize|Suriname|Dominican Republic|Ivory Coast|New Caledonia|Papua"
    "|Solomon Islands"
)

Row = tuple[Sequence[str], bool, float]


def rows(texts: dict[str, list[str]], known: dict[str, frozenset[str]], mask: Mask) -> Iterator[Row]:
    """Yield what is seen of stretches in masked messages of each set, whether each is a place, and how it counts."""
    for name, own in texts.items():
        counts = _TWEETS if name == "tweets" else 1.0
        for text in own:
            yield from (
                (seen, False, counts) for _, _, seen in place_stretches(text, known[name]) if not _is_known(seen)
            )
        if name != "tweets":
            yield from _placed(own, known[name], mask)
            yield from _persons(own, known[name], mask)


def _is_known(seen: Sequence[str]) -> bool:
    return any(one.split()[-1] in ("place", "people") for one in seen)


def _placed(texts: Sequence[str], known: frozenset[str], mask: Mask) -> Iterator[Row]:
    """Yield stretches that overlap with a place that is planted."""
    places = _PLACES.split("|")
    said = [
        line["text"] for line in wordings("development", "en") if line["attribute"] == "region" and "pair" not in line
    ]
    for number, sentence in enumerate(said * _TIMES):
        draw = Random(number)
        place = draw.choice(places)
        read = mask(sentence.replace("{text}", draw.choice(texts)).replace("{}", place))
        begin = read.find(place)
        end = begin + len(place)
        for start, stop, seen in place_stretches(read, known) if begin >= 0 else ():
            if start < end and stop > begin:
                whole = (start, stop) == (begin, end)
                yield seen, whole, 1.0 if whole else 0.3


def _persons(texts: Sequence[str], known: frozenset[str], mask: Mask) -> Iterator[Row]:
    """Yield stretches that overlap with a name of a person that is planted."""
    for read, want, _ in _english_names.planted(texts, "development", "as written", mask):
        begin = want.find("<NAME_1>")
        end = len(read) - (len(want) - begin - len("<NAME_1>"))
        if read != want:
            yield from (
                (seen, False, 1.0) for start, stop, seen in place_stretches(read, known) if start < end and stop > begin
            )
