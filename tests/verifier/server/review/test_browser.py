"""The page in a real Chromium: keys alone, without scripts, with hostile text, ten thousand flags, a server that is gone."""

from __future__ import annotations

import threading
from itertools import cycle, islice

import pytest
import uvicorn
from sqlalchemy import insert, select

from citations.types import Status
from tests.verifier.samples import checked, reference
from tests.verifier.server.review.browser import WAIT_S, grave_violations, start_browser, use_theme, use_width
from tests.verifier.server.review.conftest import HOSTILE, add_heat, fill, first, many, serving
from verifier.server.review.desk import Desk
from verifier.server.review.serving import Place, configuration
from verifier.store.adjudications import confirm_work
from verifier.store.filters import QueueFilter
from verifier.store.queue import count, flag, queue
from verifier.store.reviewers import add_reviewer
from verifier.store.reviews import FlagState, ReviewAnswer, decide, recent_reviews, remark, reviews_of
from verifier.store.tables import flags

VIEWS = ("/queue", "/next", "/history", "/statistics", "/works", "/keys", "/reviewers", "/queue?search=nothing-at-all")


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    driver = start_browser(tmp_path_factory.mktemp("browser"))
    yield driver
    driver.quit()


@pytest.fixture
def plain(tmp_path_factory):
    driver = start_browser(tmp_path_factory.mktemp("browser"), scripts=False)
    yield driver
    driver.quit()


def press(browser, keys):
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(keys).perform()


def until(browser, condition):
    """Wait until it holds; what was replaced, is not there yet or is being left counts as no."""
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.support.wait import WebDriverWait

    wait = WebDriverWait(browser, WAIT_S, poll_frequency=0.02, ignored_exceptions=(WebDriverException,))
    return wait.until(lambda _: condition())


def follow(browser, selector):
    """Click on what leads to another page, and wait for it."""
    from selenium.webdriver.support.expected_conditions import staleness_of

    before = browser.find_element("css selector", "html")
    browser.find_element("css selector", selector).click()
    until(browser, lambda: staleness_of(before)(browser))
    until(browser, lambda: browser.find_element("css selector", "main").text)


def shown(browser):
    """The flag that is shown, 0 at the end of the queue."""
    main = browser.find_element("id", "main")
    return int(main.get_dom_attribute("data-flag") or 0)


def alerts(browser):
    return browser.find_element("id", "alerts").text


def moved_from(browser, number):
    until(browser, lambda: shown(browser) != number)


def answer(browser, key):
    """Press a key and wait until the next flag stands there."""
    before = shown(browser)
    press(browser, key)
    moved_from(browser, before)
    return before


def complaints(browser):
    """What the browser itself objects to: errors, and breaches of the page's own policy."""
    return [each["message"] for each in browser.get_log("browser") if each["level"] in {"SEVERE", "WARNING"}]


def test_fifty_items_are_answered_with_keys_alone(browser, engine, page):
    fill(engine, many(46), "many.bib")
    browser.get(f"{page.url}/next")
    complaints(browser)
    keys = list(islice(cycle("axaa x"), 50))
    given = {answer(browser, key): key for key in keys}
    until(browser, lambda: len(recent_reviews(engine, "Ana Lima", limit=100)) == 50)
    states = {"a": FlagState.ACCEPTED, "x": FlagState.REJECTED, " ": FlagState.OPEN}
    assert len(given) == 50
    assert {number: states[key] for number, key in given.items()} == {n: flag(engine, n).summary.state for n in given}
    assert ("Nothing further here" in browser.page_source, shown(browser)) == (True, 0)
    assert (alerts(browser), complaints(browser)) == ("", [])
    press(browser, "u")
    until(browser, lambda: shown(browser) == list(given)[-1])
    assert reviews_of(engine, shown(browser))[-1].answer is ReviewAnswer.UNDO


def test_keys_undo_go_back_write_notes_and_tell_themselves(browser, page):
    from selenium.webdriver.common.keys import Keys

    browser.get(f"{page.url}/next")
    one = answer(browser, "a")
    two = shown(browser)
    press(browser, "k")
    until(browser, lambda: shown(browser) == one)
    press(browser, "u")
    until(browser, lambda: "taken back" in alerts(browser))
    assert flag(page.engine, one).summary.state is FlagState.OPEN
    press(browser, "n")
    press(browser, "an axe, no key")
    assert shown(browser) == one
    press(browser, Keys.ESCAPE)
    press(browser, "x")
    moved_from(browser, one)
    until(browser, lambda: flag(page.engine, one).summary.state is FlagState.REJECTED)
    assert reviews_of(page.engine, one)[-1].note == "an axe, no key"
    press(browser, "?")
    assert "false alarm" in browser.find_element("css selector", "dialog[open]").text
    press(browser, Keys.ESCAPE)
    assert two in {each.id for each in queue(page.engine).items}


def test_leaving_a_flag_lets_others_have_it(browser, page):
    browser.get(f"{page.url}/next")
    number = answer(browser, "j")
    until(browser, lambda: flag(page.engine, number).held_by == "")
    assert reviews_of(page.engine, number) == ()
    here = shown(browser)
    browser.get("about:blank")
    until(browser, lambda: flag(page.engine, here).held_by == "")


def test_keys_can_be_turned_off(browser, page):
    from selenium.webdriver.common.keys import Keys

    browser.get(f"{page.url}/next")
    press(browser, "?")
    box = browser.find_element("id", "keys-on")
    box.click()
    press(browser, Keys.ESCAPE)
    number = shown(browser)
    press(browser, "a")
    browser.refresh()
    assert (shown(browser), reviews_of(page.engine, number)) == (number, ())
    browser.find_element("id", "keys-link").click()
    browser.find_element("id", "keys-on").click()


def test_enter_in_a_field_gives_no_verdict(browser, page):
    from selenium.webdriver.common.keys import Keys

    browser.get(f"{page.url}/next")
    number = shown(browser)
    browser.find_element("name", "work").send_keys("10.1000/x", Keys.ENTER)
    until(browser, lambda: "Not saved" in alerts(browser))
    assert reviews_of(page.engine, number) == ()


def test_an_answer_that_cannot_be_saved_is_shown_and_saved_when_the_server_is_back(browser, engine):
    fill(engine, many(3), "many.bib")
    with serving(engine) as served:
        browser.get(f"{served.url}/next")
        number = shown(browser)
        until(browser, lambda: len([1 for each in queue(engine).items if flag(engine, each.id).held_by]) == 2)
        port = served.desk.port
    press(browser, "a")
    until(browser, lambda: "Not saved" in alerts(browser))
    assert reviews_of(engine, number) == ()
    config = configuration(Desk(engine, "Ana Lima", port=port), Place())
    config.port = port
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(browser, lambda: server.started)
    browser.find_element("xpath", "//div[@id='alerts']//p[contains(., 'Not saved')]/button[1]").click()
    until(browser, lambda: len(reviews_of(engine, number)) == 1)
    assert flag(engine, number).summary.state is FlagState.ACCEPTED
    until(browser, lambda: "Not saved" not in alerts(browser))
    browser.get("about:blank")
    server.should_exit = True
    thread.join(20)


def test_everything_works_without_scripts(plain, page):
    plain.get(f"{page.url}/queue")
    follow(plain, "a.primary")
    given = []
    for value in ("accept", "reject", "skip"):
        given.append(int(plain.current_url.rpartition("/")[2]))
        plain.find_element("name", "note").send_keys(f"by hand: {value}")
        follow(plain, f"button[value={value}]")
    assert [flag(page.engine, each).summary.state for each in given] == [
        FlagState.ACCEPTED,
        FlagState.REJECTED,
        FlagState.OPEN,
    ]
    assert reviews_of(page.engine, given[0])[0].note == "by hand: accept"
    plain.get(f"{page.url}/history")
    follow(plain, "main button")
    until(plain, lambda: reviews_of(page.engine, given[2])[-1].answer is ReviewAnswer.UNDO)
    plain.get(f"{page.url}/queue")
    plain.find_element("name", "search").send_keys("Turing")
    follow(plain, ".filter-buttons button")
    assert "search=Turing" in plain.current_url
    assert len(plain.find_elements("css selector", ".flags > li")) == 2


def test_a_team_signs_in_and_out(browser, engine):
    _, token = add_reviewer(engine, "Bo Chen")
    with serving(engine, needs_token=True) as served:
        browser.get(f"{served.url}/next")
        browser.find_element("name", "token").send_keys("wrong")
        follow(browser, "main button")
        assert "this token is nobody's" in browser.find_element("id", "main").text.casefold()
        browser.get(f"{served.url}/next?state=open")
        browser.find_element("name", "token").send_keys(token)
        follow(browser, "main button")
        number = answer(browser, "a")
        until(browser, lambda: [each.reviewer for each in reviews_of(engine, number)] == ["Bo Chen"])
        follow(browser, ".who button")
        assert "Sign in" in browser.title
        browser.get(f"{served.url}/queue")
        assert "Sign in" in browser.title


def test_hostile_text_runs_nowhere(browser, engine, page):
    fill(engine, [checked(Status.NOT_FOUND, reference(66, HOSTILE, raw=HOSTILE, file=f"{HOSTILE}.bib"))], HOSTILE)
    number = queue(engine, QueueFilter(search="owned")).items[0].id
    remark(engine, number, HOSTILE, HOSTILE)
    confirm_work(engine, number, HOSTILE, HOSTILE)
    decide(engine, number, ReviewAnswer.SKIP, "Ana Lima", note=HOSTILE)
    add_reviewer(engine, HOSTILE)
    complaints(browser)
    for path in (*VIEWS, f"/flags/{number}", "/queue?search=owned"):
        browser.get(f"{page.url}{path}")
        assert (browser.title != "owned", complaints(browser)) == (True, [])
    browser.get(f"{page.url}/next?search=owned")
    assert browser.title != "owned"


def ten_thousand(engine):
    """Copies of one flag, so many that a queue of them is long."""
    with engine.begin() as connection:
        one = dict(connection.execute(select(flags).limit(1)).mappings().one())
        one.pop("id")
        rows = [{**one, "fingerprint": f"{each:064x}", "state": "open"} for each in range(10_000)]
        connection.execute(insert(flags), rows)


def test_ten_thousand_flags_are_paged_and_reviewed(browser, engine, page):
    ten_thousand(engine)
    browser.get(f"{page.url}/queue")
    assert "10000 or more" in browser.find_element("id", "main").text
    for _ in range(3):
        follow(browser, "a[rel=next]")
    assert len(browser.find_elements("css selector", ".flags > li")) == 50
    browser.get(f"{page.url}/next")
    given = [answer(browser, "x") for _ in range(5)]
    until(browser, lambda: count(engine, QueueFilter(state=FlagState.REJECTED)) == 5)
    assert len(set(given)) == 5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_view_bars_anybody_out(browser, engine, page, theme):
    number = first(engine).summary.id
    add_heat(engine, number)
    decide(engine, queue(engine).items[1].id, ReviewAnswer.ACCEPT, "Ana Lima", note="see p. 3")
    confirm_work(engine, queue(engine, QueueFilter(verdict=Status.NOT_FOUND)).items[0].id, "Bo Chen", "10.1000/x")
    use_theme(browser, theme)
    found = {}
    for path in (*VIEWS, f"/flags/{number}", "/nothing"):
        browser.get(f"{page.url}{path}")
        found[path] = grave_violations(browser)
    use_theme(browser, "light")
    assert {path: [] for path in found} == found


def test_a_phone_needs_no_scrolling_sideways(browser, engine, page):
    number = first(engine).summary.id
    add_heat(engine, number)
    wide = checked(Status.NOT_FOUND, reference(8, "W" * 400, raw="w" * 900, file=f"{'f' * 200}.bib"))
    fill(engine, [wide], "wide")
    long = queue(engine, QueueFilter(search="W" * 400)).items[0].id
    use_width(browser, 360)
    over = {}
    for path in (*VIEWS, f"/flags/{number}", f"/flags/{long}"):
        browser.get(f"{page.url}{path}")
        over[path] = browser.execute_script("return document.documentElement.scrollWidth - innerWidth")
    use_width(browser, 0)
    assert {path: width for path, width in over.items() if width > 0} == {}
