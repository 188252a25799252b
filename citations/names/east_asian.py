"""Korean and Chinese names in Latin letters: one name has many spellings, and no rule joins all of them."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

_KOREAN = (
    "lee yi rhee ri li rhie|park bak pak bahk pahk|choi choe che chwe|jung jeong chung cheong jong joung|kang gang|kim gim|"
    "lim im rim yim leem rhim|noh roh no ro nho|yoo ryu yu you lyu ryoo|ko koh go goh|kwon gwon kwun|seo suh so|bae pae bai|"
    "baek paik baik paek back|joo ju chu|cho jo joe|shin sin|ahn an|yoon yun youn yune|woo wu u|moon mun|hwang whang|oh o|"
    "jang chang jahng|jeon chun jun chon jhun cheon jeun|han hahn|son sohn|ha hah|heo hur huh ho hu|ku koo gu goo|kwak gwak|"
    "nah na ra rha|um eom uhm|won weon|shim sim|byun pyun byeon pyon|doh do to|seong sung song|ji jee chi|jin chin|kong gong|"
    "bang pang|hyun hyeon|ma mah|yeom youm yum|ban bahn pan|kil gil|seok suk sok|yeo yuh|eun un|min mihn|pyo phyo|tak tahk|"
    "hong houng|nam nahm|yang ryang|cha tcha|ki gi kee|myung myeong|joh jo|kook guk kuk|mo moh|geum keum kum"
)
_CHINESE = (
    "li lee|wang wong ong heng|zhang chang cheung chong teo|liu lau liew|chen chan tan chin tran|yang yeung yong yeo young|"
    "huang hwang wong ng ooi whang|zhao chao chiu teo|wu ng woo goh|zhou chou chow chew chau|xu hsu tsui hui chui shu|sun suen|"
    "zhu chu choo|hu wu woo oh|guo kuo kwok quek kwek|he ho hoh|lin lam lim|gao kao ko|luo lo law loh|"
    "zheng cheng cheang tay jeng|liang leung leong|xie hsieh tse chia shieh|tang tong teng|song sung soong|deng teng tang|"
    "feng fung fong|cao tsao cho|peng pang phang|zeng tseng tsang chan|xiao hsiao siu shiao shaw|tian tien tin|dong tung|"
    "pan poon phua|yuan yuen|cai tsai choi chua tsay|jiang chiang keung kiang|yu yee|du tu to|ye yeh yip yap|cheng ching|su so soh|"
    "lu lui lo loh|ding ting|ren jen yam|shen shum sim|yao yiu yau|cui tsui choi|zhong chung chong|fan faan|jin chin kam king|"
    "shi shih sze|liao liu|xia hsia ha|fu foo|fang fong|zou tsou chau|xiong hsiung hung|bai pai|meng mang|qin chin chun|"
    "qiu chiu yau khoo chyu|hou hau|yin wan|xue hsueh sit shyue|long lung loong|duan tuan|kong kung hung|shao siu shaw|gu ku koo|"
    "lai lay|he hor|yan yen yim|qian chien chin|hong hung|gong kung|jian chien kan|ruan juan yuen|ou au|wei ngai|zhuang chuang chong|"
    "tu to|you yu yau|zhan chan chen|jia chia|ji chi kei|qi chi|qu chu|ge ko|pei pui|kang hong|bi pi|dai tai|tao tou"
)
_NO_GROUP: frozenset[int] = frozenset()
_SILENT_H = re.compile(r"(?<=[aeiouwy])h(?![aeiouwy])")
_CONSONANTS = tuple(
    (re.compile(pattern), letter)
    for pattern, letter in (
        (r"^shih|^szu|^ssu", "si"), (r"hs|sh|x", "s"), (r"tch|zh|ch|ts|tz|q|j|z|c", "c"), (r"g(?!$)|kh", "k"), (r"b|ph", "p"),
        (r"d|th", "t"), (r"r", "l"), (r"w(?=[ou])", ""),
    )
)  # fmt: skip
"""Consonants that romanisations exchange."""
_VOWELS = re.compile(r"([iy]?(?=[aeouw])|[uow](?=a))([aeiouwy]+)")
_SYLLABLES = re.compile(r"[aeiou]")
_TWICE = re.compile(r"(.)\1")


def same_family(a: str, b: str) -> bool:
    """Whether two folded family names are spellings of one Korean or Chinese name.

    >>> same_family("yi", "lee"), same_family("hsu", "xu"), same_family("kim", "lee")
    (True, True, False)
    """
    return not _groups().get(a, _NO_GROUP).isdisjoint(_groups().get(b, _NO_GROUP))


def is_family(name: str) -> bool:
    """Whether the folded family name is one of the common Korean or Chinese ones."""
    return name in _groups()


def same_given(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """Whether two given names of several syllables sound alike, however they are divided into words.

    One syllable alone sounds like half of all names.

    >>> same_given(("jeong", "hun"), ("jung", "hoon")), same_given(("chih", "hsiung"), ("zhixiong",))
    (True, True)
    """
    sounds = _sounds(a)
    return len(_SYLLABLES.findall(sounds)) > 1 and sounds == _sounds(b)


def _sounds(words: tuple[str, ...]) -> str:
    text = _SILENT_H.sub("", "".join(_SILENT_H.sub("", word) for word in words))
    for pattern, letter in _CONSONANTS:
        text = pattern.sub(letter, text)
    return _TWICE.sub(r"\1", _VOWELS.sub(_vowel, text))


def _vowel(found: re.Match[str]) -> str:
    """One sign for all spellings of a vowel: ``o`` for ``eo``, ``u``, ``oo`` and ``eu``, ``e`` for ``ae`` and ``ai``."""
    glide, vowel = found[1].replace("i", "y").replace("u", "w").replace("o", "w"), found[2]
    if "a" in vowel:
        return glide + ("e" if vowel[-1] in "iey" else "u" if vowel[-1] in "ou" else "a")
    return glide + ("i" if vowel[-1] in "iy" or vowel == "ee" else "o")


@lru_cache(maxsize=1)
def _groups() -> dict[str, frozenset[int]]:
    """For each spelling the names that it may stand for."""
    groups: dict[str, set[int]] = defaultdict(set)
    for number, spellings in enumerate(f"{_KOREAN}|{_CHINESE}".split("|")):
        for spelling in spellings.split():
            groups[spelling].add(number)
    return {spelling: frozenset(numbers) for spelling, numbers in groups.items()}
