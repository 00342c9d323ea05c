"""Words that stand before and behind the name of a person in English, and the parts that names are made of."""

from __future__ import annotations

import re
from typing import Final

from replydesk.data.privacy.lexicon import words

__all__ = [
    "ADDRESSED",
    "AUXILIARIES",
    "CALLING",
    "CONJUNCTIONS",
    "DEALING",
    "DERIVED",
    "DETERMINERS",
    "DOING",
    "ENDINGS",
    "LABELS",
    "MARKS",
    "PARTICLES",
    "PEOPLE",
    "PLURAL",
    "PREPOSITIONS",
    "PRESENT",
    "SAYING",
    "SELVES",
    "SHIPPING",
    "SHORTENED",
    "SIGNING",
    "SITES",
    "SPEAKING",
    "STATES",
    "TOWARDS",
]

# Who types Chinese, too, writes these marks in English.
MARKS: Final = str.maketrans("，。！？：；、（）", ",.!?:;,()")
# What stands before: who is called, spoken of, dealt with; and what no name of a person stands behind.
CALLING: Final = words("i'm im am named called nicknamed call calls aka alias christened signed name's")
PEOPLE: Final = words(
    "colleague coworker friend friends neighbour neighbor boss manager assistant agent advisor adviser rep partner"
    " child"
    " parent sibling relative grandparent grandchild flatmate housemate roommate teacher landlord cousin buddy mate"
    " customer client member user person driver courier engineer technician representative supervisor mx dr doctor"
    " prof professor kid baby guest tenant employee accountant secretary coach nanny spouse fiance fiancee ex twin"
    " godchild stepchild partners parents"
)
ADDRESSED: Final = words("dear hi hello hey hiya greetings thanks thank cheers")
SIGNING: Final = words(
    "regards wishes sincerely faithfully truly ta thx signed respectfully yours warmly cordially xx xo"
)
DEALING: Final = words(
    "under as ask asked tell told spoke contact contacted email emailed thank let helped help met meet"
    " phone phoned message messaged reply answer cc ccing know knows knew inform informed notify remind"
    " give gave send sent show showed sold promised owe owes pay paid marry married trust believe believes"
    " blame assure assured text texted add added remove invite invited notified visit visiting joined"
)
SPEAKING: Final = words(
    "talk talks talking talked speak speaking spoke spoken write writing wrote written listen listening listened reply"
    " replied respond responded answer according belongs belonged registered addressed married thanks apologise"
    " apologize complained chat chatted chatting behalf present gift signed mention mentioned introduced explained"
    " asking ask live living lives share shared dealt dealing deal met words conversation message call note"
)
TOWARDS: Final = words("to for of from by with")
PREPOSITIONS: Final = words("between about than like without against behind before after toward towards")
SITES: Final = words("in at near on into around outside inside through across over off within via onto")
DETERMINERS: Final = words("the a an this these those my your our their its his her some any no each every another")
CONJUNCTIONS: Final = words(
    "that what which all both because when if since while then yesterday today but so where until once whether though"
    " although as and or"
    " unless why how last now also only even still just maybe perhaps tonight tomorrow earlier later apparently luckily"
    " think thinks thought believe guess suppose suspect hope wish sure know see hear heard"
)
AUXILIARIES: Final = words(
    "has had is was will would can could does did should may might must wants wanted needs needed isn't wasn't"
    " hasn't hadn't can't couldn't won't wouldn't doesn't didn't shall"
)
PLURAL: Final = words("are were have aren't weren't haven't do don't")
SHIPPING: Final = words(
    "ship ships shipping shipped deliver delivers delivering delivery post postage travel travelling trip flight fly"
    " flying go going move moved moving dispatch export train bus way road"
)
LABELS: Final = words(
    "name names holder surname recipient customer contact signed attn attention account buyer purchaser sender owner"
    " member client user username signature addressee nickname"
)
SELVES: Final = words("i i'm i've i'd i'll im ive me my we we've we're us our you your")
SHORTENED: Final = words(
    "youre ive im id ill theyre hes shes thats whats its lets dont doesnt didnt isnt arent wasnt werent cant couldnt"
    " wont wouldnt havent hasnt hadnt shouldnt theres heres pls plz thx ur"
)
# What people say of themselves, and words that the list of English words lacks.
STATES: Final = words(
    "vegan veggie coeliac celiac skint knackered chuffed gutted fuming miffed peeved livid irked bummed gobsmacked"
    " stoked bilingual dyslexic epileptic autistic nada zilch hiccup hiccups wifi asap sooo soooo plz whatsapp temp"
    " qty pic pics vid promo refurb klarna paypal bitcoin"
)
# What stands behind: who is here, and what persons do.
PRESENT: Final = words("here speaking again calling writing asking typing back himself herself themselves myself")
SAYING: Final = words(
    "says said say told tells wrote writes asked asks thinks thought knows knew claims swears reckons insists suggests"
    " mentions recommends explains replied answered promised believes agrees wonders"
)
DOING: Final = words(
    "bought buys paid pays got gets gave gives sent sends took takes made makes found finds lost loses broke chose"
    " went goes came comes left leaves saw sees spoke speaks put keeps kept loves likes hates uses used wears wore"
    " lives"
    " works opened ordered signed called phoned received returned tried tries picked needs wants helped joined moved"
    " never already always just still also usually both swore became began felt let read rang ran set sold threw"
)
# Names have these parts and endings. Nobleness and "son of" in the languages of Europe and Asia.
PARTICLES: Final = words(
    "de la da dos das do du del della di van von der den ter ten bin binti ibn al el ben abu bint ap le lo mac zu y e"
    " st"
)
ENDINGS: Final = re.compile(
    r"(?:son|sen|sson|ssen|dottir|ova|eva|aya|ov|ev|in[ao]|sky|ski|ska|skyi|wicz|czyk|czak|enko|chuk|yk|uk|escu|eanu|iu"
    r"|ez|es|az|ado|ero|era|eira|inho|elli|etti|ini|oni|ucci|ano|ino|ello|ella|opoulos|akis|idis|ou|ian|yan|dze|shvili"
    r"|vić|vic|ić|ič|nen|inen|berg|stein|mann|bauer|meier|meyer|stra|sma|wala|want|kar|jee|pal|singh|kaur|uddin"
    r"|ullah|zadeh|pour|oğlu|oglu|maz|moto|mura|naka|zaki|hara|wa|guchi|kwu|nwa|ade|ola|inde|unde|yemi|wole|ele|kile"
    r"|ahle|ile|anga|enga|ongo|ung|uong|ton|ham|ley|worth|field|ford|well|wood|by|ford|combe|ridge|gan|gher|rty|nnell"
    r"|ough|lly|rin|aux|eau|ard|ault|let|ais|ette)\Z"
)
DERIVED: Final = re.compile(
    r"(?:ing|tion|sion|ment|ness|able|ible|ful|less|ous|ical|ally|edly|ity|ed|fully|ously|ship|ise|ize|ized|ised|izing|ising|wards?"
    r"|ware|app|pay|bank|card|tech|soft|book|phone|pad|box|shop|mart|store|max|plus|pro|tv|net)\Z"
)
