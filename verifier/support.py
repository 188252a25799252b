"""Claims to findings: gather evidence, ask the judge once for all, and say for every claim what is known and what is not.

A claim without evidence, or without a judge that could read it, is ``unchecked``: never a pass. What an abstract does not
mention is ``undecided``, because its paper may say it; what the documents given for the text do not bear out is
``not_supported``.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from citations.types import CheckedReference, Outcome
from verifier.claims import with_lead
from verifier.fingerprint import claim_fingerprint
from verifier.folder import Folder
from verifier.fusion import NOT_INDEPENDENT, Model, Sort, fuse
from verifier.judges.admission import Skill
from verifier.judges.interface import Budget, Reply, SupportQuestion
from verifier.judges.memory import RememberingJudge
from verifier.policy import Policy, decide_claim
from verifier.reasons import NO_ABSTRACT, NO_EVIDENCE, NO_JUDGE, NO_WORK
from verifier.redacted import redacted
from verifier.retrieval import Passages, Retrieved, Retriever, cut, evidence_for, fitting
from verifier.types import (
    Claim,
    ClaimFinding,
    Decision,
    Judgement,
    Passage,
    PassageSource,
    Signal,
    SignalKind,
    SignalStatus,
    Stance,
)

_LOG = logging.getLogger(__name__)

SUPPORTED_FROM = 0.7
NOT_SUPPORTED_TO = 0.3
"""Calibrated probability of being borne out, from which and to which a judge takes a side."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that claims are compared with, and who compares."""

    documents: Passages | None = None
    """What was given with the text."""
    folder: Folder | None = None
    retriever: Retriever | None = None
    judge: RememberingJudge | None = None
    generator: str = ""
    """Name or digest of the model that wrote the text."""
    budget: Budget = field(default_factory=Budget)
    """What the judge may spend."""
    policy: Policy = field(default_factory=Policy)
    """From which risk on a claim is flagged."""
    afresh: int = 0
    """So many citations that no registry settled are asked back from the judge's memory."""
    model: Model | None = None
    """What makes the risks of claims; ``None`` for the calibration of the program."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but what the text itself cites."""
        return not (self.documents and self.documents.passages) and self.folder is None and self.retriever is None


@dataclass(frozen=True, slots=True)
class _Case:
    """One claim with the evidence for it, abstracts of cited works apart from all other."""

    claim: Claim
    given: Retrieved
    abstracts: tuple[Passage, ...]
    why_none: str


def check_claims(claims: Sequence[Claim], facts: Facts, cited: Sequence[CheckedReference]) -> tuple[ClaimFinding, ...]:
    """A finding for every claim, in their order; never raises."""
    works = {each.reference.id: each for each in cited}
    cases = [_case(claim, facts, works) for claim in claims if claim.checkable]
    judged = _judged(cases, facts)
    found = {case.claim.id: _finding(case, judged[case.claim.id], facts) for case in cases}
    return tuple(found.get(claim.id) or _passed_over(claim) for claim in claims)


def with_signals(finding: ClaimFinding, more: Sequence[Signal], facts: Facts) -> ClaimFinding:
    """The finding with further signals, the risk of all of them together, and the decision that follows."""
    signals = (*finding.signals, *more)
    risk = fuse(signals, Sort.CLAIM, facts.model)
    return replace(finding, signals=signals, risk=risk, decision=decide_claim(finding.stance, risk, facts.policy))


def abstracts_of(checked: CheckedReference) -> tuple[Passage, ...]:
    """The longest abstract of the cited work that any registry gave."""
    works = [each.best for each in checked.evidence if each.outcome is Outcome.MATCH and each.best is not None]
    if checked.verdict.work is not None:
        works.append(checked.verdict.work)
    longest = max((work for work in works if work.abstract), key=lambda each: len(each.abstract), default=None)
    if longest is None:
        return ()
    return (Passage(longest.abstract, PassageSource.ABSTRACT, longest.fields.title, longest.url),)


def _case(claim: Claim, facts: Facts, works: dict[str, CheckedReference]) -> _Case:
    held = [facts.documents] if facts.documents else []
    given = evidence_for(claim, held, facts.retriever)
    if facts.folder is not None:
        given = _with_folder(claim, given, facts.folder)
    named = [works[name] for name in claim.cites if name in works]
    abstracts = tuple(passage for each in named for passage in abstracts_of(each))
    abstracts = tuple(piece for each in abstracts for piece in cut(each))
    if len(abstracts) > 1:
        abstracts = tuple(fitting(sorted(Passages(abstracts).best(with_lead(claim)) or abstracts, key=_score)))
    why = NO_EVIDENCE
    if named:
        why = NO_ABSTRACT if any(each.verdict.work is not None for each in named) else NO_WORK
    return _Case(claim, given, abstracts, "; ".join(given.failures) or why)


def _score(passage: Passage) -> float:
    return -(passage.score or 0.0)


def _with_folder(claim: Claim, given: Retrieved, folder: Folder) -> Retrieved:
    try:
        found = folder.best(with_lead(claim))
    except Exception as error:  # noqa: BLE001  a folder that cannot be read is a gap
        return replace(
            given, failures=(*given.failures, f"the folder of evidence cannot be read ({type(error).__name__})")
        )
    return replace(given, passages=tuple(fitting((*given.passages, *found))))


def _judged(cases: Sequence[_Case], facts: Facts) -> dict[str, tuple[Judgement, ...]]:
    """What the judge said about every case, once for the evidence that was given and once for abstracts."""
    asked = [(case.claim, passages) for case in cases for passages in (case.given.passages, case.abstracts) if passages]
    judge = facts.judge
    found: dict[str, tuple[Judgement, ...]] = {case.claim.id: () for case in cases}
    if not asked or judge is None:
        return found
    skill, why = _skill(judge, facts.budget)
    if skill is None:
        said = [Reply(unavailable=why) for _ in asked]
    else:
        questions = [
            SupportQuestion(with_lead(claim), tuple(each.text for each in passages)) for claim, passages in asked
        ]
        said = _replies(judge, questions, facts.budget)
    make = partial(_judgement, judge=judge.name, skill=skill, independent=is_independent(judge, facts.generator))
    for (claim, passages), reply in zip(asked, said, strict=True):
        found[claim.id] += (make(claim, passages, reply),)
    return found


def _replies(judge: RememberingJudge, questions: Sequence[SupportQuestion], budget: Budget) -> list[Reply]:
    """Exactly one reply a question, also from a judge of somebody else that breaks its contract."""
    said: list[Reply] = []
    why = "the judge gave no answer"
    try:
        said.extend(judge.support(questions, budget))
    except Exception as error:  # noqa: BLE001  an error is never a verdict
        _LOG.warning("the judge failed: %s", redacted(error))
        why = f"the judge failed ({type(error).__name__})"
    return [*said, *(Reply(unavailable=why) for _ in questions)][: len(questions)]


def _skill(judge: RememberingJudge, budget: Budget) -> tuple[Skill | None, str]:
    """How the judge's probabilities are to be read, or why its word does not count."""
    try:
        standing = judge.standing(budget)
    except Exception as error:  # noqa: BLE001  an error is never a verdict
        _LOG.warning("the judge could not be tested: %s", redacted(error))
        return None, f"the judge could not be tested ({type(error).__name__})"
    if standing.support is None:
        return None, f"the judge could not be tested: {standing.why_not or 'it answered too few questions'}"
    if not standing.support.admitted:
        auroc = f"AUROC {standing.support.auroc:.2f}"
        return None, f"the judge is no better than chance on the built-in test ({auroc}), so its word does not count"
    return standing.support, ""


def is_independent(judge: RememberingJudge, generator: str) -> bool:
    """Whether the judge is another model than the one that wrote the text; without a name of that one it counts as such."""
    wrote = generator.strip().casefold()
    same = {judge.name.casefold(), judge.identity.casefold(), judge.identity.partition(":")[2].casefold()}
    same.add(judge.identity.rpartition("#")[2].casefold())
    return not wrote or wrote.removesuffix(".gguf") not in same


def _judgement(
    claim: Claim, passages: tuple[Passage, ...], reply: Reply, *, judge: str, skill: Skill | None, independent: bool
) -> Judgement:
    if reply.unavailable or reply.probability is None or skill is None:
        why = reply.unavailable or "the judge gave no probability"
        return Judgement(claim.id, judge, Stance.UNCHECKED, None, passages, independent, why)
    probability = skill.calibrated(reply.probability)
    stance = _side(probability)
    silent = reply.contradicted is None or reply.contradicted <= 0.5
    if stance is Stance.NOT_SUPPORTED and silent and all(each.source is PassageSource.ABSTRACT for each in passages):
        stance = Stance.UNDECIDED
    return Judgement(claim.id, judge, stance, round(probability, 4), passages, independent)


def _side(probability: float) -> Stance:
    if probability >= SUPPORTED_FROM:
        return Stance.SUPPORTED
    return Stance.NOT_SUPPORTED if probability <= NOT_SUPPORTED_TO else Stance.UNDECIDED


def _finding(case: _Case, judgements: tuple[Judgement, ...], facts: Facts) -> ClaimFinding:
    stance, because = _stance(case, judgements)
    signals = tuple(_signal(each) for each in judgements)
    fingerprint = claim_fingerprint(case.claim.text)
    found = ClaimFinding(case.claim, stance, Decision.ABSTAIN, fingerprint, judgements, because=because)
    return with_signals(found, signals, facts)


def _stance(case: _Case, judgements: tuple[Judgement, ...]) -> tuple[Stance, str]:
    """The stance of the judgements together: support from any source counts, then what was not borne out."""
    if not judgements:
        return Stance.UNCHECKED, NO_JUDGE if case.given.passages or case.abstracts else case.why_none
    order = (Stance.SUPPORTED, Stance.NOT_SUPPORTED, Stance.UNDECIDED, Stance.UNCHECKED)
    chosen = min(judgements, key=lambda each: order.index(each.stance))
    where = ", ".join(dict.fromkeys(_named(each) for each in chosen.passages))
    match chosen.stance:
        case Stance.SUPPORTED:
            return chosen.stance, f"{chosen.judge} finds it borne out by {where}"
        case Stance.NOT_SUPPORTED:
            return chosen.stance, f"{chosen.judge} does not find it borne out by {where}"
        case Stance.UNDECIDED:
            return chosen.stance, f"{chosen.judge} could not tell from {where}"
        case _:
            return Stance.UNCHECKED, chosen.unavailable


def _named(passage: Passage) -> str:
    match passage.source:
        case PassageSource.CONTEXT:
            return passage.title or "the context"
        case PassageSource.ABSTRACT:
            return f"the abstract of “{passage.title}”" if passage.title else "the abstract of the cited work"
        case PassageSource.EVIDENCE | PassageSource.RETRIEVER:
            return passage.title or "the evidence given"


def _signal(judgement: Judgement) -> Signal:
    source = judgement.judge if judgement.independent else f"{judgement.judge} {NOT_INDEPENDENT}"
    if judgement.probability is None:
        return Signal(SignalKind.JUDGE, source, SignalStatus.UNAVAILABLE, because=judgement.unavailable)
    where = ", ".join(dict.fromkeys(_named(each) for each in judgement.passages))
    return Signal(
        SignalKind.JUDGE, source, score=judgement.probability, detail=f"probability of being borne out by {where}"
    )


def _passed_over(claim: Claim) -> ClaimFinding:
    because = f"it is of the kind: {claim.not_checkable.value}" if claim.not_checkable else ""
    return ClaimFinding(claim, Stance.NOT_CHECKABLE, Decision.ABSTAIN, claim_fingerprint(claim.text), because=because)
