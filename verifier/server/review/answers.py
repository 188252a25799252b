"""What is written through the page: answers, notes, responses, undo, claims, confirmations that are revoked, tokens."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Engine
from starlette.requests import Request

from verifier.errors import BadRequest, NotAllowed, StoreError, UnknownFlag, VerifierError
from verifier.render.flags import decided_record
from verifier.review import drawn_words
from verifier.server.review.desk import Desk, Viewer
from verifier.server.review.entry import Form
from verifier.server.review.filters import Wanted, read_wanted
from verifier.server.review.item import cursor_of, progress
from verifier.server.review.lists import reviewers_page
from verifier.server.review.replies import Done, Shown, is_for_program
from verifier.server.review.views import number_of, row_number
from verifier.store.adjudications import MAX_IDENTIFIER, confirm_work, list_confirmed, revoke_work
from verifier.store.holds import hold, release
from verifier.store.queue import FlagItem, flag, same_work
from verifier.store.reviewers import Role, add_reviewer, list_reviewers, revoke_reviewer
from verifier.store.reviews import MAX_NOTE, Decided, ReviewAnswer, decide, remark, respond, undo
from verifier.types import ClaimFinding

_GIVEN = (ReviewAnswer.ACCEPT, ReviewAnswer.REJECT, ReviewAnswer.SKIP, ReviewAnswer.NOTE, ReviewAnswer.RESPONSE)
_ANSWERS = {each.value: each for each in _GIVEN}


@dataclass(frozen=True, slots=True)
class _Given:
    """One answer as a form says it."""

    answer: ReviewAnswer
    note: str
    work: str
    """Where the reviewer found the cited work."""
    others: tuple[int, ...]
    """Flags about the same work that get the same vote."""


def answer_flag(desk: Desk, request: Request, viewer: Viewer, form: Form) -> Done:
    """Write one review, and the same vote about the other flags that were ticked; go on with the next flag."""
    number = row_number(request)
    given = _read(form)
    wanted = _wanted(form)
    item = flag(desk.engine, number)
    others = _others(desk.engine, number, given)
    if given.work:  # before the vote, so that what cannot be confirmed is refused whole
        _demand_work(item)
        confirm_work(desk.engine, number, viewer.name, given.work, given.note)
    done = _write(desk, number, given, viewer.name)
    also = [_write(desk, each, given, viewer.name) for each in others]
    record = {**decided_record(done), "also": [decided_record(each) for each in also]}
    if is_for_program(request):
        told = drawn_words(item.summary) if given.answer.is_vote else ""
        record |= {**asdict(progress(desk.engine, viewer.name, wanted)), "told": told}
    if given.answer in {ReviewAnswer.NOTE, ReviewAnswer.RESPONSE}:
        return Done(_flag_path(number, wanted), record)
    return Done(_next_path(item, wanted), record)


def leave_flag(desk: Desk, request: Request, viewer: Viewer, form: Form) -> Done:
    """Let go of a flag without a word, and go on with the next."""
    number = row_number(request)
    release(desk.engine, number, viewer.name)
    return Done(_next_path(flag(desk.engine, number), _wanted(form)), {"released": number})


def hold_flag(desk: Desk, request: Request, viewer: Viewer, form: Form) -> Done:
    """Keep a flag for the viewer, who still looks at it."""
    number = row_number(request)
    return Done(_flag_path(number, _wanted(form)), {"held": hold(desk.engine, number, viewer.name)})


def undo_answer(desk: Desk, _request: Request, viewer: Viewer, form: Form) -> Done:
    """Take back the viewer's last vote or skip, of one flag or of any; go back to that flag."""
    number = _optional_number(form.get("flag"))
    done = undo(desk.engine, viewer.name, flag_id=number)
    if done is None:
        return Done("/history", {"review": None, "state": None})
    return Done(_flag_path(done.review.flag_id, _wanted(form)), decided_record(done))


def revoke_confirmation(desk: Desk, request: Request, viewer: Viewer, _form: Form) -> Done:
    """Take a confirmed work back; for admins."""
    _demand_admin(viewer)
    number = row_number(request)
    if not any(each.id == number and each.revoked_at is None for each in list_confirmed(desk.engine)):
        raise UnknownFlag(f"there is no confirmed work {number}", hint="the page of works lists them")
    opened = revoke_work(desk.engine, number, viewer.name)
    return Done("/works", {"open_again": list(opened)})


def make_token(desk: Desk, _request: Request, viewer: Viewer, form: Form) -> Shown:
    """A new token, which the page shows this once; for admins."""
    _demand_admin(viewer)
    role = Role.ADMIN if form.get("role") == Role.ADMIN.value else Role.REVIEWER
    try:
        owner, token = add_reviewer(desk.engine, form.get("name"), role)
    except StoreError as error:
        raise BadRequest(error.message, hint=error.hint) from error
    listed = reviewers_page(desk.engine, token, owner.name)
    return Shown("reviewers.html", listed.page, {"name": owner.name, "role": owner.role.value, "token": token})


def revoke_token(desk: Desk, _request: Request, viewer: Viewer, form: Form) -> Done:
    """Revoke every token of whoever owns one of that number, because no form sends every name back whole; for admins."""
    _demand_admin(viewer)
    owner = next((each for each in list_reviewers(desk.engine) if str(each.id) == form.get("number")), None)
    if owner is None:
        raise BadRequest("there is no token of that number", hint="the page of reviewers lists them")
    return Done("/reviewers", {"revoked": revoke_reviewer(desk.engine, owner.name)})


def _demand_admin(viewer: Viewer) -> None:
    if not viewer.is_admin:
        raise NotAllowed("this is for admins", hint="ask one of them")


def _read(form: Form) -> _Given:
    answer = _ANSWERS.get(form.get("answer"))
    note, work = form.get("note").strip(), form.get("work").strip()
    if answer is None:
        raise BadRequest(f"an answer is one of {', '.join(_ANSWERS)}")
    if len(note) > MAX_NOTE:
        raise BadRequest(f"a note has at most {MAX_NOTE} characters; nothing was saved", hint="shorten it")
    if answer in {ReviewAnswer.NOTE, ReviewAnswer.RESPONSE} and not note:
        raise BadRequest(f"a {answer.value} needs words")
    if work and (answer is not ReviewAnswer.REJECT or len(work) > MAX_IDENTIFIER):
        raise BadRequest(
            "only a false alarm comes with the work that was found, an identifier or address; nothing was saved"
        )
    others = tuple(number for each in form.all("also") if (number := _optional_number(each)) is not None)
    return _Given(answer, note, work, others if answer.is_vote else ())


def _demand_work(item: FlagItem) -> None:
    finding = item.finding
    if isinstance(finding, ClaimFinding) or not (
        finding.checked.reference.fields.title or finding.checked.reference.raw
    ):
        raise BadRequest(
            f"flag {item.summary.id} names no work that could be confirmed; nothing was saved",
            hint="answer without saying where you found it",
        )


def _others(engine: Engine, number: int, given: _Given) -> tuple[int, ...]:
    """The ticked flags that are about the same work indeed, still wait, and were told to the viewer."""
    if not given.others:
        return ()
    known = {each.id for each in same_work(engine, number) if not each.state.is_decided and not each.blind}
    return tuple(each for each in dict.fromkeys(given.others) if each in known)


def _write(desk: Desk, number: int, given: _Given, reviewer: str) -> Decided:
    match given.answer:
        case ReviewAnswer.NOTE:
            return remark(desk.engine, number, reviewer, given.note)
        case ReviewAnswer.RESPONSE:
            return respond(desk.engine, number, reviewer, given.note)
    return decide(desk.engine, number, given.answer, reviewer, note=given.note, quorum=desk.quorum)


def _wanted(form: Form) -> Wanted:
    """The filter that the page was shown under; one that cannot be read is none, because the answer counts more."""
    try:
        return read_wanted({name: form.get(name) for name, _ in form.fields})
    except VerifierError:
        return read_wanted({})


def _next_path(item: FlagItem, wanted: Wanted) -> str:
    return f"/next?{wanted.query_after(cursor_of(item.summary))}"


def _flag_path(number: int, wanted: Wanted) -> str:
    return f"/flags/{number}?{wanted.query}" if wanted.query else f"/flags/{number}"


def _optional_number(text: str) -> int | None:
    return number_of(text) if text else None
