"""Labels in Chromium: by keyboard and by hand, what is learned from them, what is found again."""

import re

import pytest

from dashboard import ids
from data.label_ids import labels_of
from tests.browsing import settle
from tests.conftest import new_page

SAID = f"#{ids.LABELS_SAID}"


@pytest.fixture
def store(unlabelled):
    return labels_of(unlabelled)


@pytest.fixture
def labelling(browser, labels_address, store):
    wrong = []
    page = new_page(browser, labels_address, wrong)
    page.goto(labels_address + "/")
    settle(page)
    yield page
    page.close()
    assert not wrong


def inspect(page, place=0):
    page.locator(f"#{ids.ANOMALIES} .thumbnail").nth(place).click()
    page.wait_for_selector(f"#{ids.GALAXY_LABELS} .score")


def says(page, text):
    page.locator(SAID, has_text=text).wait_for()


def rank_by(page, value):
    page.evaluate(
        "([id, value]) => dash_clientside.set_props(id, { value })", [ids.ANOMALY_RANKING, value]
    )


def test_a_digit_scores_the_inspected_galaxy_and_says_so(labelling, store):
    inspect(labelling)
    labelling.keyboard.press("4")
    says(labelling, "score 4 kept")
    pressed = labelling.locator(f"#{ids.GALAXY_LABELS} [aria-pressed=true]")
    assert pressed.inner_text() == "4"
    [label] = store.labels()
    assert label.score == 4 and label.user == "me"
    [event] = store.events()
    assert event.reached["list"] == "lowest density" and event.reached["rank"] == 1
    labelling.locator(f"#{ids.ANOMALIES} .scored", has_text="4").wait_for()


def test_twenty_by_keyboard_rank_the_list_anew_and_are_found_again(labelling, store):
    inspect(labelling)
    for number in range(20):
        labelling.keyboard.press(str(number % 6))
        labelling.wait_for_function(
            "(score) => document.querySelector('#galaxy-labels [aria-pressed=true]')?.innerText"
            " === score",
            arg=str(number % 6),
        )
        before = labelling.locator(f"#{ids.INSPECTOR} dd").first.inner_text()
        labelling.keyboard.press("ArrowRight")
        labelling.wait_for_function(
            "([id, before]) => document.querySelector(`#${id} dd`)?.innerText !== before",
            arg=[ids.INSPECTOR, before],
        )
        labelling.wait_for_selector(f"#{ids.GALAXY_LABELS} .score[aria-pressed=false]")
    assert len(store.labels()) == 20
    captions = labelling.locator(f"#{ids.ANOMALIES} .caption")
    former = captions.all_inner_texts()
    rank_by(labelling, "process")
    labelling.locator(f"#{ids.ANOMALY_WHY}", has_text="Learned from 20 scores").wait_for()
    labelling.wait_for_function(
        "([id, former]) => document.querySelector(`#${id} .caption`).innerText !== former",
        arg=[ids.ANOMALIES, former[0]],
    )
    assert "Gaussian process of 20 scores" in labelling.locator(f"#{ids.ANOMALY_WHY}").inner_text()

    labelling.reload()
    settle(labelling)
    rank_by(labelling, "forest")
    labelling.locator(f"#{ids.ANOMALY_WHY}", has_text="Learned from 20 scores").wait_for()
    labelling.locator(f"#{ids.ANOMALIES} .scored").first.wait_for()
    scored = labelling.locator(f"#{ids.ANOMALIES} .scored").first
    score = scored.inner_text()
    scored.locator("xpath=..").click()
    pressed = labelling.locator(f"#{ids.GALAXY_LABELS} [aria-pressed=true]")
    pressed.wait_for()
    assert pressed.inner_text() == score


def test_what_is_not_learnt_yet_says_what_to_do(labelling):
    rank_by(labelling, "process")
    box = labelling.locator(f"#{ids.ANOMALIES}")
    box.get_by_text(re.compile("scored no galaxy yet.*digit from 0 to 5")).wait_for()


def test_undo_takes_the_last_label_back_and_goes_to_its_galaxy(labelling, store):
    inspect(labelling)
    labelling.keyboard.press("5")
    says(labelling, "score 5 kept")
    first = labelling.locator(f"#{ids.INSPECTOR} dd").first.inner_text()
    inspect(labelling, 1)
    labelling.wait_for_function(
        "([id, before]) => document.querySelector(`#${id} dd`)?.innerText !== before",
        arg=[ids.INSPECTOR, first],
    )
    labelling.keyboard.press("u")
    labelling.wait_for_function(
        "([id, first]) => document.querySelector(`#${id} dd`)?.innerText === first",
        arg=[ids.INSPECTOR, first],
    )
    labelling.wait_for_selector(f"#{ids.GALAXY_LABELS} .score[aria-pressed=false]")
    labelling.wait_for_function("!document.querySelector('#galaxy-labels [aria-pressed=true]')")
    assert store.labels() == [] and len(store.events()) == 2


def test_tags_are_given_by_name_and_taken_back(labelling, store):
    inspect(labelling)
    field = labelling.locator(f"#{ids.GALAXY_LABELS} .new-tag")
    field.fill("tidal tail")
    field.press("Enter")
    says(labelling, "tag 'tidal tail' kept")
    assert store.labels()[0].tags == ("tidal tail",)
    labelling.locator(f"#{ids.GALAXY_LABELLED} .tag").click()
    says(labelling, "taken back")
    assert store.labels() == []
    labelling.locator(f"#{ids.GALAXY_LABELLED} summary", has_text="history (2)").click()
    labelling.get_by_text("me: tag 'tidal tail' taken back").wait_for()


def test_another_user_has_labels_of_her_own(labelling, store):
    inspect(labelling)
    labelling.keyboard.press("2")
    says(labelling, "score 2 kept")
    name = labelling.locator(f"#{ids.GALAXY_LABELLED} .user")
    name.fill("Ada")
    name.press("Enter")
    labelling.get_by_text("me: score 2").first.wait_for()
    assert labelling.locator(f"#{ids.GALAXY_LABELS} [aria-pressed=true]").count() == 0
    labelling.locator(f"#{ids.GALAXY_LABELS} .score").last.click()
    says(labelling, "score 5 kept")
    assert {(one.user, one.score) for one in store.labels()} == {("me", 2), ("Ada", 5)}


def test_what_is_not_kept_is_said(labelling):
    inspect(labelling)
    labelling.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no server')); }")
    labelling.keyboard.press("3")
    says(labelling, "does not answer: this was not kept")
    assert labelling.locator(f"#{ids.GALAXY_LABELS} [aria-pressed=true]").count() == 0
