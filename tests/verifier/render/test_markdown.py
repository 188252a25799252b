"""Markdown for a comment: short, and nothing from outside becomes markup, a link, a mention or a cell."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from citations.types import Status
from tests.verifier.samples import NOW, checked, claim_finding, one_of_each, reference, report_of
from verifier.findings import finding_of
from verifier.render.markdown import LONGEST, MOST_ROWS, MarkdownRenderer
from verifier.types import Adjudication, Gap, Stance

HOSTILE = [
    "a | b | c",
    "a \\| b",
    "](https://evil.example) [x](javascript:alert(1))",
    "![x](https://evil.example/pixel.png)",
    "<img src=x onerror=alert(1)><script>alert(1)</script>",
    "&lt;script&gt; &#60;b&#62;",
    "`code` ``` **bold** __b__ ~~s~~",
    "end\n\n# heading\n\n| a |\n|---|",
    "@octocat please see owner/repo#12 and #34 or GH-56",
    "www.evil.example or https://evil.example or mailto:a@evil.example",
    "$x$ and $$y$$",
    "<!-- comment -->",
    "[^1] [ref]: https://evil.example",
    "x\\",
    "\u202eright to left\u200b",
]


def rendered(report) -> str:
    out = io.StringIO()
    MarkdownRenderer().render(report, out)
    return out.getvalue()


def tokens(text: str):
    """What a reader of GitHub-flavoured Markdown makes of it, flat."""
    for each in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        yield each
        yield from each.children or ()


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_out_of_its_cell(text):
    items = [checked(status, reference(1, text, file=text, raw=text)) for status in Status]
    said = Adjudication(1, accepted=True, reviewer=text, at=NOW, note=text)
    report = report_of(items, gaps=[Gap(text, text)])
    findings = tuple(replace(finding_of(each), adjudication=said) for each in items)
    claims = (claim_finding(Stance.NOT_SUPPORTED, text),)
    plain = rendered(replace(report_of([]), findings=findings, claims=(claim_finding(Stance.NOT_SUPPORTED),)))
    page = rendered(replace(report, findings=findings, claims=claims, inputs=(text,)))
    found = list(tokens(page))
    kinds = {each.type for each in found}
    assert kinds & {"link_open", "image", "html_block", "fence", "code_block", "s_open", "em_open"} == set()
    assert {each.content for each in found if each.type == "html_inline"} <= {"<br>"}
    cells = sum(each.type == "td_open" for each in found)
    assert cells == sum(each.type == "td_open" for each in tokens(plain))
    assert [each.tag for each in found if each.type == "heading_open"].count("h1") == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_github_makes_no_mention_link_or_formula_of_it(text):
    page = rendered(report_of([checked(Status.NOT_FOUND, reference(1, text, raw=text))], gaps=[Gap(text, text)]))
    shown = "".join(each.content for each in tokens(page) if each.type == "text")
    for linked in ("@octocat", "#12", "#34", "GH-56", "www.evil", "https://evil", "mailto:", "@evil", "$x"):
        assert linked not in shown


def test_what_is_verified_is_in_the_sum_alone():
    page = rendered(report_of(one_of_each()))
    assert "## verified" not in page
    assert "1 verified" in page


def test_a_long_list_is_cut_and_says_how_much_is_left():
    items = [checked(Status.MISMATCH, reference(number, f"Title {number}")) for number in range(200)]
    page = rendered(report_of(items))
    assert f"\n{200 - MOST_ROWS} more; `--format html` holds all of them\n" in page
    assert page.count("| refs.bib:") == MOST_ROWS


def test_the_whole_fits_into_one_comment_however_much_there_is():
    long = "word " * 200
    items = [checked(status, reference(n, f"{long}{n}", raw=long)) for status in Status for n in range(60)]
    claims = tuple(claim_finding(Stance.NOT_SUPPORTED, f"{long}{n}", n) for n in range(100))
    report = replace(report_of(items, gaps=[Gap(f"{long}{n}", long) for n in range(300)]), claims=claims)
    page = rendered(report)
    assert len(page) < LONGEST + 4_000
    assert "275 more of the kind gap" in page
    for status in Status:
        assert status is Status.VERIFIED or f"## {status.value.replace('_', ' ')} (60)" in page


def test_many_inputs_are_counted():
    page = rendered(replace(report_of([]), inputs=tuple(f"{n}.bib" for n in range(9))))
    assert page.startswith("# Citations of 0.bib, 1.bib, 2.bib, 3.bib, 4.bib and 4 others\n")
