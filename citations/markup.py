"""Plain text from what registries, BibTeX files and PDFs write: TeX, HTML, MathML, ligatures, layout characters.

Nothing here knows what a title or a name is; every function takes any text and never raises.
"""

from __future__ import annotations

import html
import re
import unicodedata

from anyascii import anyascii

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "G": "\u030f", "d": "\u0323", "c": "\u0327",
    "k": "\u0328", "b": "\u0331", "h": "\u0309", "t": "\u0361",
}  # fmt: skip
_LETTERS = {
    "ss": "ß", "SS": "ẞ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ",
    "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "th": "þ", "TH": "Þ", "dj": "đ", "DJ": "Đ",
    "ng": "ŋ", "NG": "Ŋ", "infty": "∞", "times": "×", "pm": "±", "to": "→", "rightarrow": "→", "leq": "≤", "le": "≤",
    "geq": "≥", "ge": "≥", "approx": "≈", "sim": "~", "ell": "ℓ", "hbar": "ℏ", "textendash": "-", "textemdash": "-",
    "textquoteright": "'", "textquoteleft": "'", "textquotedblleft": '"', "textquotedblright": '"', "ldots": "...",
    "dots": "...", "textregistered": "", "texttrademark": "", "copyright": "", "S": "§", "textasciitilde": "~",
    "textbackslash": "", "slash": "/", "quad": " ", "qquad": " ", "newline": " ", "par": " ", "LaTeX": "LaTeX",
    "TeX": "TeX", "BibTeX": "BibTeX", "textdegree": "°", "degree": "°", "circ": "°", "cdot": "·", "star": "*",
    "textmu": "μ", "textbeta": "β", "textalpha": "α", "textunderscore": "_", "sun": "☉", "odot": "⊙",
}  # fmt: skip
_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "vartheta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "omicron": "ο", "pi": "π", "varpi": "π", "rho": "ρ", "varrho": "ρ", "sigma": "σ", "varsigma": "σ", "tau": "τ",
    "upsilon": "υ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
}  # fmt: skip
GREEK_NAMES = {sign: name.removeprefix("var") for name, sign in reversed(_GREEK.items())}
"""Lower-case Greek letter to its English name: ``α`` to ``alpha``."""

_OPERATORS = "log ln exp sin cos tan max min sup inf lim arg argmax argmin det dim ker mod Pr gcd deg"
_LETTERS |= {name: name for name in _OPERATORS.split()}
_LETTERS |= _GREEK | {name.capitalize(): sign.upper() for name, sign in _GREEK.items()}
_LETTERS |= {f"var{name.capitalize()}": sign.upper() for name, sign in _GREEK.items()}

_SIGN_ACCENT = re.compile(r"""\\([`'^"~=.])\s*(?:\{\s*\\?([A-Za-z])\s*\}|\\([ij])(?![A-Za-z])|([A-Za-z]))""")
_LETTER_ACCENT = re.compile(r"\\([uvHcdbkrtGh])(?:\s*\{\s*\\?([A-Za-z]{1,2})\s*\}|\s+\\?([A-Za-z]))")
_TEX_LETTER = re.compile(r"\\([A-Za-z]+)(?:\{\}|\s+(?=[^\\\s])|(?![A-Za-z]))")
_TEX_COMMAND = re.compile(r"\\([A-Za-z]+)\*?\s*(?:\[[^\]]{0,40}\])?")
_TEX_ESCAPED = re.compile(r"\\([&%$#_{}])")
_MATH_SCRIPT = re.compile(r"[_^]\s*(?=[{\\\w+*-])")
_MATH = re.compile(r"\$\$?([^$]{1,300})\$\$?")
_TAG = re.compile(r"</?([a-z]+:)?([a-z][a-z0-9-]*)(?:\s[^<>]{0,300})?/?>", re.IGNORECASE)
_TAG_NAMES = (
    "a abbr acronym alternatives annotation annotation-xml b big blockquote bold br body caption center cite code dd del "
    "dfn disp-formula div dl dt em emph ext-link fn font formula h1 h2 h3 h4 h5 h6 hr html i img inf inline-formula "
    "inline-graphic ins it italic kbd label li list list-item mark math mfenced mfrac mi mmultiscripts mn mo monospace "
    "mover mpadded mphantom mprescripts mroot mrow mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder "
    "munderover named-content nobr none ol overline p pre q ref roman s sans-serif sb sc scp sec semantics small sp span "
    "strike strong styled-content sub sup table tbody td tex-math th title tr tt u ul underline uri var xref"
)
_TAGS = frozenset(_TAG_NAMES.split())
"""Tags of HTML, MathML and JATS; other names in angle brackets are words, as in ``The <StuMaBa> corpus``."""
_CLOSING = re.compile(r"</([a-z][a-z0-9-]*)>", re.IGNORECASE)
_BLOCK_TAG = re.compile(r"<(?:br|p|title|sec|div)\b[^<>]{0,200}/?>", re.IGNORECASE)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff\u0000-\u0008\u000e-\u001f\ufffe\uffff]")
_SOFT_HYPHEN_BREAK = re.compile("\u00ad\\s*")
_BREAK_HYPHEN = re.compile(r"(?<=[a-zß-ÿ])[-\u2010]\s*\n\s*(?=[a-zß-ÿ])")
_SPECIAL = re.compile(r"[^ -~]|[&<\\{}$~]|  ")
_BLANKS = re.compile(r"\s+")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2212\ufe63\uff0d", "-"))


def tex_to_text(text: str) -> str:
    r"""Letters and signs that TeX commands stand for; unknown commands go, their arguments stay.

    >>> tex_to_text(r"Erd{\H o}s and Garc{\'\i}a on $\alpha$-{R}\'enyi")
    'Erdős and García on α-Rényi'
    """
    if not any(sign in text for sign in "\\{}$~"):
        return text
    text = _MATH.sub(lambda match: _MATH_SCRIPT.sub("", _TEX_LETTER.sub(_letter, match[1])), text)
    if "\\" in text:
        text = _TEX_ESCAPED.sub(r"\1", text.replace("\\-", "").replace("\\\\", " ").replace("\\/", ""))
        text = _TEX_COMMAND.sub("", tex_accents(text)).replace("\\", "")
    text = text.replace("---", "—").replace("--", "–").replace("``", '"').replace("''", '"')
    return text.replace("{", "").replace("}", "").replace("~", " ").replace("$", "")


def tex_accents(text: str) -> str:
    r"""Accents and letters of TeX as characters; braces and all other commands stay.

    >>> tex_accents(r"Erd\H os and {\"O}zg{\"u}r {World Bank}")
    'Erdős and {Ö}zg{ü}r {World Bank}'
    """
    if "\\" not in text:
        return text
    text = _SIGN_ACCENT.sub(_accented, text)
    text = _LETTER_ACCENT.sub(_accented, text)
    return _TEX_LETTER.sub(_letter, text)


def _accented(match: re.Match[str]) -> str:
    letter = next(group for group in match.groups()[1:] if group)
    letter = letter.replace("ı", "i")
    return unicodedata.normalize("NFC", letter[0] + _ACCENTS[match[1]] + letter[1:])


def _letter(match: re.Match[str]) -> str:
    known = _LETTERS.get(match[1])
    if known is None:
        return match[0]
    word = len(known) > 1 and known.isascii() and match[0][-1].isspace()
    return f"{known} " if word else known


def html_to_text(text: str) -> str:
    """Drop tags of HTML, MathML and JATS, and decode entities, also those that were escaped twice.

    >>> html_to_text("Role of (<i>PIK3CA</i>) &amp;amp; H<sub>2</sub>O")
    'Role of (PIK3CA) & H2O'
    """
    for _ in range(2):
        if "&" in text:
            text = html.unescape(text)
    if "<" in text:
        closed = frozenset(name.lower() for name in _CLOSING.findall(text))
        text = _TAG.sub(lambda match: "" if _is_tag(match, closed) else match[0], _BLOCK_TAG.sub(" ", text))
    return text


def _is_tag(match: re.Match[str], closed: frozenset[str]) -> bool:
    """Whether this is markup: a known tag, one with a prefix, or one that is closed like a tag."""
    name = match[2].lower()
    return bool(match[1]) or name in _TAGS or name in closed


def _without_mojibake(text: str) -> str:
    """UTF-8 that somebody read as Latin-1, read rightly; text that is none comes back unchanged."""
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def plain_text(text: str) -> str:
    r"""Text as a reader sees it: no markup, no invisible characters, ligatures spelt out, blanks collapsed.

    >>> plain_text("E\ufb03cient infor-\nmation")
    'Efficient information'
    """
    if not _SPECIAL.search(text):
        return text.strip()
    if "<" in text or "&" in text:
        text = html_to_text(text)
    text = tex_to_text(text)
    if not text.isascii():
        if "Ã" in text or "â€" in text or "Å" in text:
            text = _without_mojibake(text)
        text = _SOFT_HYPHEN_BREAK.sub("", text)
        text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    text = _INVISIBLE.sub("", _BREAK_HYPHEN.sub("", text))
    return _BLANKS.sub(" ", text).strip()


def to_ascii(text: str) -> str:
    """Base letters of accented ones, English names of Greek ones, a transliteration of all others.

    >>> to_ascii("Łukasz Müller, β-decay, Паршин")
    'Lukasz Muller, beta-decay, Parshin'
    """
    if text.isascii():
        return text
    parts = []
    for sign in unicodedata.normalize("NFD", text):
        if sign.isascii():
            parts.append(sign)
        elif not unicodedata.combining(sign):
            parts.append(GREEK_NAMES.get(sign.lower()) or anyascii(sign))
    return "".join(parts)
