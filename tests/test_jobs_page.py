"""assets/jobs.js in a browser, on a page of its own, with the answers of a server written here."""

import json
import re

import pytest

JOB = "0123456789abcdef.refine"


class Answers:
    """What the server says of a job; `now` is the present answer."""

    def __init__(self):
        self.now, self.asked = None, []

    def say(self, version=0, fraction=0.5, done=False, **further):
        status = {"key": "one", "fraction": fraction, "message": "counting", "version": version}
        self.now = status | {"done": done, "cancelled": False, "error": None} | further

    def handle(self, route):
        self.asked.append((route.request.method, route.request.url.partition("/jobs/")[2]))
        if route.request.method == "POST":
            self.now |= {"cancelled": True, "done": True}
        route.fulfill(status=200, content_type="application/json", body=json.dumps(self.now))


@pytest.fixture
def answers():
    return Answers()


@pytest.fixture
def page(browser, address, answers):
    page, wrong = browser.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.route(re.compile("/jobs/"), answers.handle)
    page.goto(f"{address}/health")
    page.evaluate("""() => {
        window.told = [];
        window.dash_clientside = { set_props: (id, props) => window.told.push([id, props.data]) };
        for (const id of ["bar", "other"]) {
            const element = document.createElement("div");
            element.id = id;
            element.hidden = true;
            document.body.append(element);
        }
    }""")
    page.add_script_tag(url="/assets/jobs.js")
    yield page
    page.close()
    assert not wrong


def watch(page, name=JOB, bar="bar"):
    page.evaluate("([name, bar]) => morphospace_jobs.watch(name, bar, 'store')", [name, bar])


def told(page, count):
    page.wait_for_function("count => window.told.length >= count", arg=count)
    return page.evaluate("window.told")


def test_a_page_has_an_id_of_its_own(page):
    first = page.evaluate("dash_clientside.morphospace_jobs.pageId()")
    assert re.fullmatch(r"[0-9a-f]{8,32}", first)
    assert page.evaluate("dash_clientside.morphospace_jobs.pageId()") == first
    page.add_script_tag(url="/assets/jobs.js")  # loaded again: another page
    assert page.evaluate("dash_clientside.morphospace_jobs.pageId()") != first


def test_a_bar_follows_its_job_to_the_end(page, answers):
    answers.say(version=0, fraction=0.25, message="5.0 M of 1.2 G pairs, refining")
    watch(page)
    bar = page.locator("#bar")
    bar.wait_for(state="visible")
    assert bar.get_attribute("data-state") == "running"
    assert "5.0 M of 1.2 G pairs, refining" in bar.inner_text()
    assert page.locator("#bar progress").evaluate("element => element.value") == 0.25
    assert page.evaluate("window.told") == []  # there is no result yet
    answers.say(version=1)
    assert told(page, 1) == [["store", {"name": JOB, "version": 1, "done": False}]]
    answers.say(version=2, fraction=1, done=True)
    assert told(page, 2)[1] == ["store", {"name": JOB, "version": 2, "done": True}]
    assert bar.get_attribute("data-state") == "done"
    assert page.locator("#bar .job-cancel").is_hidden()
    n_asked = len(answers.asked)
    page.wait_for_timeout(600)
    assert len(answers.asked) == n_asked  # and asks no more


def test_a_job_that_is_done_already_is_told_once(page, answers):
    answers.say(version=1, done=True)
    watch(page)
    assert told(page, 1) == [["store", {"name": JOB, "version": 1, "done": True}]]


def test_a_newer_job_of_the_name_is_told_from_its_first_result(page, answers):
    answers.say(version=3)
    watch(page)
    told(page, 1)
    answers.say(version=3, key="two")  # as many results as the older one had
    assert told(page, 2)[1] == ["store", {"name": JOB, "version": 3, "done": False}]


def test_the_button_cancels(page, answers):
    answers.say(version=1)
    watch(page)
    page.locator("#bar .job-cancel").click()
    assert told(page, 2)[-1][1]["done"]
    assert ("POST", f"{JOB}/cancel") in answers.asked
    assert page.locator("#bar").get_attribute("data-state") == "cancelled"


def test_an_error_is_told_in_its_place(page, answers):
    answers.say(done=True, error="Too few galaxies.")
    watch(page)
    page.locator("#bar[data-state=error]").wait_for()
    assert page.locator("#bar").inner_text() == "Too few galaxies."


def test_nothing_to_watch_hides_the_bar(page, answers):
    answers.say()
    watch(page)
    watch(page, JOB.replace("refine", "null"), "other")
    page.locator("#bar").wait_for(state="visible")
    page.locator("#other").wait_for(state="visible")
    watch(page, None)
    page.locator("#bar").wait_for(state="hidden")
    assert page.locator("#other").is_visible()  # another bar goes on
