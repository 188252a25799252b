r"""LaTeX to plain text, for titles, names and printed references.

Works by substitution and in linear time: scanned files are hostile, and a tree parser can be nested to death. The
table of symbols is pylatexenc's.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from citations.extract.aas_macros import JOURNALS

_TEX = re.compile(r"[\\{}$~^_\x00-\x1f\x7f\u00ad]|--|``|''|  ")
_ESCAPED = {"\\{": "\ue000", "\\}": "\ue001", "\\$": "\ue002", "\\%": "%", "\\&": "&", "\\#": "#", "\\_": "\ue003"}
_ESCAPED |= {"\\textbackslash": "\ue004", "\\^{}": "\ue005", "\\~{}": "\ue006", "\\textasciitilde": "\ue006"}
_ESCAPE = re.compile(r"\\(?:[{}$%&#_]|textbackslash(?![A-Za-z])|\^\{\}|~\{\}|textasciitilde(?![A-Za-z]))")
_UNESCAPE = str.maketrans("\ue000\ue001\ue002\ue003\ue004\ue005\ue006", "{}$_\\^~")
_COMBINING = dict(
    zip(
        "`'^~\"=.Hckvurbdt",
        "\u0300\u0301\u0302\u0303\u0308\u0304\u0307\u030b\u0327\u0328\u030c\u0306\u030a\u0331\u0323\u0361",
        strict=True,
    )
)
_LETTER = r"(?:\\(?P<dotless{n}>[ij])(?![A-Za-z])\s*(?:\{{\}})?|(?P<letter{n}>[^\W\d_][\u0300-\u036f]*))"
_ACCENT = re.compile(
    r"\\(?:(?P<sign>[`'^~\"=.])\s*|(?P<name>[Hckvurbdt])(?:\s+|(?=[{\\])))"
    rf"(?:\{{\s*{_LETTER.format(n=1)}(?P<rest>[^{{}}\\]*)\}}|{_LETTER.format(n=2)})"
)
_EMPTY_ACCENT = re.compile(r"\\[`'^\"=.]\s*\{\s*\}")
_LENGTH = r"-?[\d.]+\s*(?:\\?[a-z]{2})?"
_DROPPED = re.compile(
    r"\\(?:penalty\s*-?\d+|[hv]skip\s*" + _LENGTH + r"(?:\s*(?:plus|minus)\s*" + _LENGTH + r")*"
    r"|[hv]space\*?\{[^{}]*\}|kern\s*" + _LENGTH + r"|(?:footnote|thanks|label|cite[a-z]*|color|bibinfo@)\*?\{[^{}]*\}"
    r"|(?:relax|protect|allowbreak|nolinebreak|natexlab|unskip|ignorespaces|null)(?![A-Za-z])\s*)"
)
_TWO_ARGUMENTS = re.compile(
    r"\\(?:texorpdfstring|href|textcolor|foreignlanguage|bibinfo|bibfield)\s*\{[^{}]*\}\s*(?=\{)"
)
_TEXORPDF = re.compile(r"\\texorpdfstring\s*(?:\{(?:[^{}]|\{[^{}]*\})*\})\s*(?=\{)")
_MACRO = re.compile(r"\\([A-Za-z@]+)\*?(?P<after>\s*\{\}|\s+)?")
_SPACING = re.compile(r"\\(?:[,;:> \n\t]|\\(?:\[[^\]]*\])?)|~")
_INVISIBLE = re.compile(r"\\[!\-/@]|\u00ad|\u200b")
_MATH = re.compile(r"(?<!\\)\$\$?([^$]*)\$\$?|\\\(([^\\]{0,400}(?:\\[^()][^\\]{0,400}){0,40}?)\\\)")
_SHELL = re.compile(r"\s*[_^]\s*(?:\{([^{}]*)\}|(\\?\S))")
_ONE_LETTER = re.compile(r"\{\s*([^\W\d_][\u0300-\u036f]*)\s*\}")
_DASHES = re.compile(r"---?")
_QUOTES = {"``": "“", "''": "”"}
_SPACES = re.compile(r"[\s\x00-\x1f\x7f]+")


_MORE_SYMBOLS = {
    "sqrt": "√",
    "TeX": "TeX",
    "LaTeX": "LaTeX",
    "LaTeXe": "LaTeX2e",
    "BibTeX": "BibTeX",
    "textless": "<",
    "textgreater": ">",
    "textmu": "μ",
    "ldots": "...",
    "dots": "...",
    "bibnamedelima": " ",
    "bibnamedelimb": " ",
    "bibnamedelimc": " ",
    "bibnamedelimi": " ",
    "bibinitperiod": ".",
    "bibinitdelim": " ",
    "bibinithyphendelim": "-",
    "quad": " ",
    "qquad": " ",
    "textendash": "–",
    "ndash": "–",
    "mdash": "—",
    "textemdash": "—",
    "etal": "et al.",
    "dj": "đ",
    "DJ": "Đ",
    "dh": "ð",
    "DH": "Ð",
    "th": "þ",
    "TH": "Þ",
    "ng": "ŋ",
    "ij": "ij",
    "guillemotleft": "«",
    "guillemotright": "»",
    "mbox": "",
    "textregistered": "®",
    "texttrademark": "™",
    "par": " ",
    "space": " ",
    "newblock": " ",
    "newline": " ",
    "linebreak": " ",
}
"""Characters and blanks that pylatexenc's table lacks or words otherwise; biblatex's own blanks among them."""


def tex_text(tex: str) -> str:
    r"""What a reader sees: accents as letters, math readable, markup gone, blanks single; never raises.

    >>> tex_text(r"The {\em Higgs} boson at $\sqrt{s}=13$~TeV by G. Heged{\H u}s")
    'The Higgs boson at √s=13 TeV by G. Hegedűs'
    """
    if not _TEX.search(tex):
        return unicodedata.normalize("NFC", tex.strip())
    text = _MATH.sub(_math, _letters(_TEXORPDF.sub("", tex)))
    text = _INVISIBLE.sub("", _SPACING.sub(" ", _symbols(text)))
    for quotes, mark in _QUOTES.items():
        text = text.replace(quotes, mark)
    text = _DASHES.sub(lambda dash: "—" if len(dash[0]) == 3 else "–", text)
    text = text.replace("{", "").replace("}", "").replace("\\", "")
    return unicodedata.normalize("NFC", _SPACES.sub(" ", text).strip().translate(_UNESCAPE))


def tex_names(tex: str) -> str:
    r"""A list of names with its accents as letters and its protecting braces kept; never raises.

    >>> tex_names(r"{\'E}mile Borel and {World Health Organization} and {\c C}etin, B.")
    'Émile Borel and {World Health Organization} and Çetin, B.'
    """
    if "\\" in tex or "~" in tex or "$" in tex:
        tex = _INVISIBLE.sub("", _SPACING.sub(" ", _symbols(_letters(tex)))).replace("$", "")
        tex = _ONE_LETTER.sub(r"\1", tex).replace("\\", "").translate(_UNESCAPE)
    return unicodedata.normalize("NFC", _SPACES.sub(" ", tex).strip())


def _letters(text: str) -> str:
    """Escaped characters and accented letters; nested accents need a pass each."""
    if "\\" not in text:
        return text
    text = _ESCAPE.sub(lambda escape: _ESCAPED[escape[0]], text)
    text = _EMPTY_ACCENT.sub("", _DROPPED.sub("", text))
    text = _TWO_ARGUMENTS.sub("", text)
    for _ in range(3):
        text, replaced = _ACCENT.subn(_accented, text)
        if not replaced:
            break
    return text


def _accented(match: re.Match[str]) -> str:
    letter = match["letter1"] or match["letter2"] or match["dotless1"] or match["dotless2"]
    return unicodedata.normalize("NFC", letter + _COMBINING[match["sign"] or match["name"]]) + (match["rest"] or "")


def _math(match: re.Match[str]) -> str:
    """A formula as plain text: H$_2$O is what registries call H2O."""
    formula = _symbols(match[1] if match[1] is not None else match[2])
    for _ in range(3):
        formula, replaced = _SHELL.subn(lambda shell: shell[1] if shell[1] is not None else shell[2], formula)
        if not replaced:
            break
    return formula


def _symbols(text: str) -> str:
    return _MACRO.sub(_symbol, text) if "\\" in text else text


def _symbol(match: re.Match[str]) -> str:
    name, after = match[1], match["after"] or ""
    if (journal := JOURNALS.get(name)) is not None:
        return journal + (" " if after.isspace() else "")
    symbol = _table().get(name)
    if symbol is None:
        return ""
    return symbol


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    """Macros that stand for characters."""
    from pylatexenc.latex2text import get_default_latex_context_db

    specs = get_default_latex_context_db().iter_macro_specs()
    symbols = {
        spec.macroname: spec.simplify_repl
        for spec in specs
        if isinstance(spec.simplify_repl, str) and "%" not in spec.simplify_repl
    }
    return symbols | _MORE_SYMBOLS
