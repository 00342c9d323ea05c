"""Where a name stands in English: the words around it, and how much they prove."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

__all__ = ["FAIR", "NAMED", "PAIR", "PLACES", "RUN", "SIGNS", "SURE", "TITLE", "WEAK", "WORD", "Place"]

_U: Final = "A-ZÀ-ÖØ-Þ\u0100-\u017f"
_L: Final = "a-zß-öø-ÿ\u0100-\u017f"
# O'Connell, McAllister, Ann-Marie; the 's of "Rebecca's" is none of hers.
WORD: Final = rf"(?:[{_U}]['’])?[{_U}][{_L}]+(?:[{_U}][{_L}]+)?(?:-[{_U}][{_L}]+|['’](?!s\b)[{_L}]+)*"
"""One word of a name, with a capital."""

_INITIAL: Final = rf"[{_U}]\b\.?"
_PARTICLE: Final = "(?:(?:van|von|de|der|den|la|le|da|dos|del|di|bin|al|el|ter|ibn) ){0,2}"
RUN: Final = (
    rf"{_PARTICLE}(?:{_INITIAL} ?){{0,2}}(?:{WORD}|(?:[{_U}]\.){{2,3}}"
    rf"|[{_U}]{{3,12}}\b)(?: {_PARTICLE}(?:{WORD}|[{_U}]{{3,12}}\b|{_INITIAL})){{0,3}}"
)
"""Up to four words with capitals, initials among them."""

_SMALL: Final = rf"[{_L}]{{2,14}}(?:-[{_L}]{{2,10}})?(?: [{_L}]{{2,14}})?"
TITLE: Final = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Rev|Herr|Frau|Madame|Monsieur|Señora?|Signora?)\b\.?"
"""What is put before a name and stays."""

WEAK: Final = 1
"""Only known names stand there."""
PAIR: Final = 2
"""Known names, or two and three words with capitals and a pause behind them."""
FAIR: Final = 3
"""Any word with a capital and a pause behind it."""
SURE: Final = 4
"""Any word with a capital."""
NAMED: Final = 5
"""Any word, in small letters too if a pause is behind it."""


class Place(NamedTuple):
    """One of ``signs`` must be a word of the text; then ``rule`` finds words with capitals (1) or small ones (2)."""

    signs: frozenset[str]
    proof: int
    rule: re.Pattern[str]
    goes_on: bool = False
    """Whether "thanks" or "we" behind a name is as good as a pause: "Hi Marguerita thanks for your patience"."""


def _any_of(phrases: str, *, start: str = "(?<![A-Za-z].)") -> str:
    """Return a rule for phrases in any case that no letter precedes: by first letters, which makes the search fast.

    ``start`` looks behind, over the first letter, at what stands before.
    """
    told = re.split(r"\|(?![^(]*\))", phrases)
    firsts = dict.fromkeys(phrase[0] for phrase in told)
    rests = (f"(?<={first})(?:{'|'.join(phrase[1:] for phrase in told if phrase[0] == first)})" for first in firsts)
    return f"[{''.join(first + first.upper() for first in firsts)}]{start}(?i:{'|'.join(rests)})"


def _each(phrases: str, *ends: str) -> str:
    """Return every phrase with every end."""
    return "|".join(f"{phrase}{end}" for phrase in phrases.split("|") for end in ends)


def _place(signs: str, proof: int, rule: str, *, goes_on: bool = False) -> Place:
    found = re.compile(rule.replace("NAME", f"(?:(?:{TITLE} )?({RUN})|({_SMALL}))").replace("RUN", f"({RUN})()"), re.M)
    return Place(frozenset(signs.split()), proof, found, goes_on)


_PERSONAL: Final = "wife|husband|son|daughter|mum|mom|mother|dad|father|brother|sister|partner|friend|boss|neighbou?r"
_WORKING: Final = "manager|driver|engineer|assistant|technician|courier|colleague|agent|rep|advis[eo]r|representative"
_CLOSING: Final = (
    _each("|kind |kindest |best |warm |warmest |many |with kind |with best |my best |thanks and |thanks & ", "regards")
    + "|rgds|br|sincerely|sincerely yours|warmly|respectfully|cordially|yours|yours sincerely"
    "|yours faithfully|yours truly"
    "|best wishes|all the best|best|cheers|many thanks|thx|love|peace|take care|talk soon|speak soon"
    "|much obliged|ta|signed|"
    + _each("thanks|thank you", "", " in advance", " again", " a lot", " so much", " very much")
)
_NO_PERSON: Final = (
    "product|file|user|host|domain|brand|company|model|display|screen|network|wifi|folder|server|device|item|app|game|team"
    "|channel|page|business|store|shop|street|road|city|town|bank|plan|hotel|school|campaign|class|method|field|column"
)
# The end of "my name is": what is before "name" is looked at behind it, which makes the search for it fast.
_MY_NAME: Final = "|".join(
    f"(?<={word} name)" for word in (["my", "his", "her", "their", "full", "real", "first", "last", "['’]s"])
)
_NO_NAME_OF: Final = "".join(f"(?<!{word} name)(?<!{word}name)" for word in _NO_PERSON.split("|"))
_BEFORE_COLON: Final = (
    "customer|contact|passenger|guest|person|applicant|patient|traveller|traveler|tenant|member|employee|consignee|sender"
    "|signatory|recipient|holder|attention|attn|resident|buyer|client|student|caller"
)

PLACES: Final = (
    _place(
        "hi hiya hey hello dear good welcome greetings congratulations",
        FAIR,
        _any_of(
            "hi|hiya|hello|hey|dear|good morning|good afternoon|good evening|good day|welcome|welcome back|greetings"
            "|congratulations|welcome aboard"
        )
        + "(?i: there| again)?(?:,? +|,)NAME",
        goes_on=True,
    ),
    _place("morning afternoon evening", FAIR, "^(?i:morning|afternoon|evening),? NAME"),
    _place(
        "regards rgds br sincerely warmly respectfully cordially yours wishes best cheers thanks thank thx"
        " love peace care soon"
        " obliged ta signed",
        FAIR,
        # A closing begins a line or a sentence.
        _any_of(_CLOSING, start=r"(?<![\w'’].)(?<!\w .)") + r"(?: ?[,!.:] ?\n*| ?-+ ?|\n+)\n*[-~]* ?NAME",
    ),
    _place(
        "thanks thank thx thnx tks rgds cheers regards sorry ok bye wishes best love care",
        WEAK,
        _any_of(
            "thanks|thank you|thx|thnx|tks|rgds|cheers|regards|sorry|ok|bye|best wishes|all the best|love|take care"
        )
        + ",? @?NAME",
    ),
    _place(
        "name",
        NAMED,
        rf"[Nn](?i:ame)(?![A-Za-z])(?i:(?:{_MY_NAME})(?: is\b|['’]s|:)|(?<=(?:last|full) name)"
        rf"|(?<=first name)|(?<=(?:contact|account) name)) *NAME",
    ),
    _place("name", NAMED, rf"[Nn](?i:ame)(?![A-Za-z])(?i:{_NO_NAME_OF}) ?[:-] *NAME"),
    _place("name", NAMED, r"[Nn](?i:ame)(?<![^;,.:|(\n ]....)(?<!\w ....)(?i: is\b|['’]s| of [a-z]+ ?:) *NAME"),
    _place(
        "name call",
        NAMED,
        _any_of(
            "under the name|under the name of|in the name of|name on the order is|name on the booking is"
            "|name on the account is"
            "|name on the card is|name on the invoice is|they call me|people call me"
        )
        + " *NAME",
    ),
    _place("name", SURE, _any_of("the name is") + " NAME"),
    _place("name", WEAK, "(?:^|(?<=[;,.:|(] ))(?i:(?:the )?name(?: is)?) NAME"),
    _place(
        "o attn accountholder cardholder " + _BEFORE_COLON.replace("|", " "),
        SURE,
        _any_of(r"account ?holder ?[:-]|card ?holder ?[:-]|attn\.? ?:?|c/o|" + _each(_BEFORE_COLON, r"(?: \d)? ?[:-]"))
        + " *NAME",
    ),
    _place(
        "shipping ship deliver delivery delivered bill billing sold send sender invoice",
        PAIR,
        _any_of(
            "shipping|ship to|deliver to|deliver for|delivered to|delivered for|delivery to|delivery for"
            "|delivery is for"
            "|delivery|billing|bill to|sold to|send to|invoice to"
        )
        + " ?:? NAME",
    ),
    _place(
        "submitted requested reported assigned assignee agent owner signature fao helped served completed"
        " prepared approved",
        PAIR,
        _any_of(
            _each("submitted|requested|reported|completed|prepared|approved|helped|served", " by ?:?")
            + "|assigned to ?:?|assignee ?:|agent ?:|owner ?:|signature ?:|fao"
        )
        + " NAME",
    ),
    _place(
        "ask tell is",
        WEAK,
        "(?:(?<![A-Za-z])(?i:ask|tell)|(?:^|(?<=[.!?] ))Is) NAME(?= (?:to|that|if|there|available|around)\\b)",
    ),
    _place(
        "someone somebody lady guy person man woman named",
        SURE,
        _any_of("someone|somebody|lady|guy|person|man|woman") + " (?i:named|called) RUN",
    ),
    _place("name", SURE, "(?<![A-Za-z])in RUN['’]s name"),
    _place("wrote", PAIR, r"(?:^|, |On [A-Z][a-z]+,? )NAME wrote:"),
    _place("connecting", FAIR, "(?<![A-Za-z])(?i:connecting you (?:with|to)) NAME"),
    _place(
        "yes no ok okay great perfect sure",
        WEAK,
        "(?:^|(?<=[.!?] ))(?i:yes|no|ok|okay|great|perfect|sure),? NAME(?=[,.!])",
    ),
    _place("", PAIR, "[FfTtCcBb](?<![^\\n].)(?i:(?<=f)rom|(?<=t)o|(?<=c)c|(?<=b)cc) ?: NAME"),
    _place(
        "by registered addressed belongs account under booking reservation order parcel package delivery table room",
        PAIR,
        _any_of(
            _each("ordered|signed|booked|placed|collected", " by", " for by")
            + "|registered to|addressed to|belongs to|"
            + _each(
                "account|booking|reservation|order|parcel|package|delivery|table|room|deposit",
                "(?: is| was)? (?:under|in|for)",
            )
        )
        + " NAME",
    ),
    _place(
        "from here speaking calling",
        FAIR,
        _any_of("this is|its|it's|it’s") + r" NAME(?=,? (?:from|here|speaking|calling|with)\b)",
    ),
    _place("this its it", WEAK, _any_of("this is|its|it's|it’s") + " NAME"),
    _place("m im am", PAIR, _any_of("i'm|i’m|im|i am") + " @?NAME"),
    _place("authorise authorize hereby confirm declare agree consent", PAIR, "(?:^|(?<=[.!?] ))I, NAME(?=,)"),
    _place("call go", FAIR, "(?<![A-Za-z])(?i:call me|i go by) NAME"),
    _place(
        "chatting connected speaking",
        FAIR,
        "(?<![A-Za-z])(?i:you(?:['’]re| are)(?: now)? (?:chatting|connected|speaking|talking) (?:with|to)) NAME",
    ),
    _place(
        "chatting connected speaking talking speak talk spoke spoken talked chatted over through contact"
        " called transferring assigning assigned ask",
        WEAK,
        _any_of(
            _each(
                "chatting|connected|speaking|talking|speak|talk|spoke|spoken|talked|chatted",
                "(?: now)? (?:with|to)(?: an?)?",
            )
            + "|over to|through to|transferring you to|please contact|am called|assigning to|assigned to"
            "|ask for|person called"
            "|lady called|guy called"
        )
        + " @?NAME",
    ),
    _place(
        _PERSONAL.replace("|", " ").replace("neighbou?r", "neighbour neighbor"),
        SURE,
        _any_of("my|our|his|her") + f" (?i:{_PERSONAL}),? NAME",
    ),
    _place(
        _WORKING.replace("|", " ").replace("advis[eo]r", "adviser advisor"),
        WEAK,
        _any_of(_WORKING) + "(?i:,| called| named| today is| is)? NAME",
    ),
    _place(
        "sister uncle aunt auntie aunty captain col grandma grandpa nurse",
        WEAK,
        r"(?<![A-Za-z])(?:Sister|Uncle|Aunt|Auntie|Aunty|Captain|Capt\.|Col\.|Grandma|Grandpa|Nurse) RUN",
    ),
    _place("here from speaking", WEAK, r"(?:^|(?<=[.!?] ))NAME (?:here\b|from [a-zA-Z]|speaking\b)"),
    _place(
        "joined left",
        SURE,
        "(?:^|(?<=[.!?] )|(?<=[Aa]gent ))RUN (?:has |have )?(?:joined|left) the (?:chat|conversation)",
    ),
    _place(
        "mr mrs ms dr prof professor mx",
        SURE,
        r"(?<![A-Za-z])(?:(?:Mr|Mrs|Ms|Mx|Dr|Prof|Professor)\b\.?|mr|mrs|(?:Mr|Mrs)\.? (?:and|&) (?:Mr|Mrs)\b\.?) RUN",
    ),
    _place("miss", FAIR, "(?:^|(?<=[.,:;(] )|(?<=[Dd]ear )|(?<=[Hh]i ))Miss RUN"),
    # Any short line that ends in a comma closes a letter.
    _place("", FAIR, r"(?:^|\n)[A-Z][^\n,.]{1,24},\n+(?=[^\n]{2,40}(?:\n|$))RUN(?=\n|$|,)"),
    _place("sent", FAIR, r"Sent from [^\n]{2,30}\n+RUN$"),
)
"""The places, which are tried in this order."""

SIGNS: Final = frozenset().union(*(place.signs for place in PLACES))
"""The words of which one stands beside every name in :data:`PLACES` that has signs."""
