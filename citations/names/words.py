"""Words that tell the parts of a name: particles, suffixes, degrees, words of institutions, short forms."""

from __future__ import annotations

import re

_PARTICLES_WORDS = (
    "van von der den de del della delle dello di da dos das do du la le los las el al bin ibn ben ter ten te zu "
    "zum zur vom af av y e i st 't op auf dem abu bint of d dal degli dei des lo ap ver van't o"
)
PARTICLES = frozenset(_PARTICLES_WORDS.split())
"""Lower-case particles, dropped when family names are compared."""

_CAPITAL_PARTICLES_WORDS = "van von de del della di da dos du le la el der den ter ten san st"
CAPITAL_PARTICLES = frozenset(_CAPITAL_PARTICLES_WORDS.split())
"""Those that also count when printed with a capital: ``De Cristofaro``."""

_SUFFIXES_WORDS = "jr sr ii iii iv 2nd 3rd 4th junior senior jnr snr"
SUFFIXES = frozenset(_SUFFIXES_WORDS.split())

_DEGREES_WORDS = (
    "phd md msc bsc mph frcp frcs dphil dds facp facs mbbs mba rn esq edd pharmd dr prof professor sir dame"
)
DEGREES = frozenset(_DEGREES_WORDS.split())

_BODY_WORDS_WORDS = (
    "consortium consortia collaboration collaborations collaborators group groups team network committee "
    "commission council association society institute institut instituto institution university universitat "
    "universite universidad ministry department dept agency organization organisation foundation bureau "
    "initiative project programme program investigators trialists study center centre laboratory laboratories inc "
    "ltd corp corporation gmbh company federation authority administration academy partnership alliance community "
    "contributors developers museum hospital nations statistik bundesamt amt force panel secretariat survey "
    "registry working international national european subcommittee workgroup coordinators directorate parliament "
    "government ministerium stiftung verein gesellschaft kommission llc ag co"
)
BODY_WORDS = frozenset(_BODY_WORDS_WORDS.split())
"""Words of which one is enough to see that a name without initials is no person's."""

SHORT_FORMS = tuple(
    frozenset(group.split())
    for group in (
        "robert rob bob bobby bert roberto", "william will bill billy wm willem wilhelm guillermo", "richard rick dick rich",
        "michael misha mischa mike mick michel mikhail miguel michal", "james jim jimmy jamie", "john jack johnny jon johann johannes jan juan jean ivan giovanni",
        "joseph joe jose josef", "edward ed eddie ted ned eduard eduardo", "charles charlie chuck carl karl carlos", "thomas tom tommy tomas",
        "elizabeth liz beth betty eliza lisa elisabeth", "katherine kate kathy cathy catherine katharine kathleen katie ekaterina",
        "margaret peggy maggie meg marge", "henry harry hank heinrich enrique", "lawrence larry laurence", "anthony tony antonio anton antoine",
        "david dave davide", "daniel dan danny", "samuel sam", "steven steve stephen stefan istvan stephan stefano", "christopher chris kit christoph christophe",
        "gregory greg grigory grigorii", "andrew andy drew andreas andrei andrey andre", "peter pete pedro pierre petr piotr pyotr",
        "george jorge georg georgy georgios yuri yury iouri yura", "alexander alex aleksandr alexandre alessandro sasha al alejandro oleksandr", "alexandra alex sandra",
        "nicholas nick nicolas nikolai nikolay niko nikolaus", "frederick fred friedrich frederic federico", "francis frank francisco francesco francois franz",
        "benjamin ben benny", "matthew matt matteo matthias mathieu", "patrick pat", "patricia pat tricia", "susan sue susie", "deborah debbie deb",
        "rebecca becky", "jennifer jen jenny", "jessica jess", "victoria vicky tori", "theodore ted theo", "raymond ray", "ronald ron", "donald don", "kenneth ken",
        "timothy tim", "jeffrey jeff geoffrey geoff", "gerald jerry gerry", "leonard len leo leon", "vladimir volodymyr wladimir vlad volodya vova", "ioannis yiannis yannis giannis john", "nikolaos nikos nick", "dmitry dmitri dmitrii dmytro dima",
        "sergey sergei serge", "evgeny evgenii eugene evgeni yevgeny", "mohammad mohammed muhammad mohamed md mohd muhammed", "ahmed ahmad", "hussein hossein husain",
        "paul pablo paolo pal pavel", "louis luis luigi ludwig lajos lewis", "philip phil philippe philipp felipe", "walter walt", "eugene gene", "arthur art artur",
        "albert al alberto", "alfred fred al", "zachary zach zack", "joshua josh", "nathaniel nathan nate nati", "abraham abe", "isaac ike", "barbara barb", "judith judy",
        "dorothy dot", "virginia ginny", "pamela pam", "cynthia cindy", "sandra sandy", "kimberly kim", "samantha sam", "ursula uschi", "hans johannes johann",
    )
)  # fmt: skip
"""Given names that are used for one another."""

AND_WORDS = "and|und|et|och|og|en|ve|и|та|&|&amp;"

ET_AL = re.compile(
    r"[,;]?\s*(?:\band\s+|&\s*)?(?:\bet\.?\s*al(?:ii|iae|ia)?\b\.?|\bet\s+coll\b\.?|\band\s+(?:others|colleagues|co-?workers)\b|& (?:al|others)\b\.?"
    r"|\band\s+\d+\s+(?:others|more(?: authors)?|additional authors)\b|\+\s*\d+\s*(?:more|others)?(?:\s*authors)?|\b[yeu]\.?\s*(?:otros|outros|cols?|colab)\b\.?"
    r"|\bu\.\s?a\.|\bund\s+andere\b|\bm\.\s?fl\.|\bi\s+in\.|\bve\s+(?:ark|di[gğ])\b\.?|\ben\s+anderen\b|\be\s+altri\b|\bи\s+др\b\.?"
    r"|\bи\s+соавт\b\.?|\bта\s+ін\b\.?|等|ほか|외)",
    re.IGNORECASE,
)
"""The writer's "and others" in the languages that occur."""

ELLIPSIS = re.compile(r",?\s*(?:…|\.\s?\.\s?\.)\s*,?\s*(?:&\s*|and\s+)?")
