"""Closed classes of English words: those that a clause is made of that does nothing but say who writes."""

from __future__ import annotations

import re
from typing import Final

from replydesk.data.privacy.lexicon import words

__all__ = [
    "ASKING",
    "CLOSERS",
    "DIRECTIONS",
    "DOING",
    "FIELDS",
    "HERE",
    "LITTLE",
    "NAMING",
    "OPENERS",
    "PLACING",
    "PLAIN",
    "ROLES",
    "WRITER",
]

OPENERS: Final = words("hi hello hey hiya greetings dear good")
CLOSERS: Final = words(
    "regards best wishes sincerely faithfully truly thanks thank cheers thx ta signed respectfully yours love greetings"
    " ps salutations kindly warmly cordially x xx xo"
)
# What makes a clause one about who writes.
WRITER: Final = words(
    "i i'm im i've we we're we've me my myself us our ours customer customers client user shopper buyer resident"
    " reader fan native citizen family household person people someone somebody here speaking writing writes again"
    " location city hometown asking mx live coming currently originally presently now nowadays calling born"
    " based living signed sent"
)
NAMING: Final = words("name name's names called call known signed it's me holder surname")
ROLES: Final = words(
    "customer customers client user shopper buyer resident reader fan native citizen family household person people"
    " someone somebody student teacher nurse worker follower parent child sibling partner relative member"
    " kid muslim christian hindu jew jewish buddhist sikh catholic protestant atheist immigrant expat local grandparent"
)
PLACING: Final = words("from in near of around outside at to within via")
DIRECTIONS: Final = words("north south east west northern southern eastern western central greater upper lower new")
FIELDS: Final = words("country city location town region hometown area")
PLAIN: Final = (
    OPENERS
    | CLOSERS
    | WRITER
    | NAMING
    | ROLES
    | PLACING
    | words(
        "a an the is are am was were be being been it this that that's there who who's which as and or & so also both"
        " with for on behalf your you too than all folks everyone team guys friend friends kind kindest warm warmest"
        " many very much morning afternoon evening day night name full first last account profile write written asked"
        " ask asks says say said message messages messaging email emailing texting contacting contact talking chatting"
        " speak just only simply still live lives lived reside resides residing stay staying stays located situated"
        " raised grew up originally currently presently now nowadays always since years year months long whole life"
        " entire come comes came coming hail hails hailing town village country county area region state part suburb"
        " district place home house ours over down out up right way btw know old new young happy loyal regular"
        " longtime proud humble single busy little big small sunny rainy cold lovely beautiful south north east west"
        " southern northern eastern western central greater upper lower work works working study studies studying"
        " university college school one two another every let i'd like introduce goes please fan may could can"
        " wonder back visiting in advance couple retired regular loyal correspondent flat parent parents proud have got"
    )
)
ASKING: Final = words(
    "who what where when why which how is are am was were do does did can could will would should may might have has"
    " what's when's where's how's who's isn't aren't don't doesn't can't couldn't won't"
)
LITTLE: Final = words("the a an sunny rainy cold lovely beautiful old good dear great new all us everyone of")
# Somebody who was born, lives and works somewhere tells of himself; who buys, sends and collects tells of what he asks.
DOING: Final = re.compile(
    r"\b(?:ship|deliver|post(?:ed|ing|age)?\b|send|sent\b|arriv|receiv|collect|pick|bought|buy|order|paid|pay"
    r"|return|travel"
    r"|need|want|find|\btell|show|book|\bget\b|help|look|give|suggest|what|how\b|\bwill\b|would|\bcan\b|please|time\b"
    r"|cash|money|atm\b|meal|withdr|condo|shop(?:ped|ping)\b|fly|flying|visit|parcel|package|courier|customs"
    r"|track|stock|stores?\b|branch|warehouse|depot|address|available"
    r"|refund|exchang|currency|pounds|rates?\b|app\b|going|plan|sign(?:ed)? in|log(?:ged)? in|site|support"
    r"|language|translat|say|made|vacation|holiday|overseas|abroad|trip\b|visa|flight|hotel|transfer|item"
    r"|product|charge|card|bank|tax|duty|import|stuck|lost|left|(?:the|your|this|that) shop\b)",
    re.I,
)
# What a place that somebody named before is called.
HERE: Final = re.compile(
    r"\b(?:ship\w*|deliver\w*|post\w*|mail\w*|send\w*|courier|sell|stock)\b[^.?!\n]{0,40}"
    r"\b(?:here|there|over|to us|my (?:area|city|town|country|region|place|state|door))\b"
    r"|\b(?:do|can|could|will|would) you (?:even |also |still )?(?:ship|deliver|post|send)(?: abroad| internationally"
    r"| overseas| that far)?\W*\Z"
    r"|\b(?:from|up|down|over|out|round|around|near) here\b|\b(?:here|in my (?:area|city|town|country|region"
    r"|state))\W*\Z"
    r"|\b(?:near me|nearest|closest|countr(?:y|ies)|regions?)\b"
    r"|\b(?:customs|import|pay) (?:dut(?:y|ies)|fees?|tax(?:es)?)\b|\bdut(?:y|ies) to pay\b"
    r"|\bhow much (?:is|are|does|do|would) (?:the )?(?:shipping|delivery|postage)\b"
    r"|(?:\A|[.!?,;]\s)\W*(?:(?:but|so|and) )?(?:can|may|could) (?:i|we) (?:still |also )?"
    r"(?:order|buy|get|use|have|apply|open|shop|register|sign up|join|pay)\b[^.?!]{0,25}\W*\Z",
    re.I,
)
