"""The labels' tab in Chromium: scores color, are cut, listed, sent out, brought in, undone."""

import pytest

from dashboard import ids
from data.label_columns import pinned
from data.label_database import LabelDatabase
from data.label_ids import labels_of
from models.errors import BadInput
from tests.browsing import SELECTED, count, settle
from tests.conftest import new_page
from tests.test_accessibility_browser import faults

SCORES = (5, 3, 4)
ROWS = (11, 57, 402)


@pytest.fixture
def wrong():
    return []


@pytest.fixture
def open_labels(browser, labels_address, unlabelled, wrong):
    """Open the page with the tab shown."""
    opened = []

    def open_tab(**window):
        page = new_page(browser, labels_address, wrong, **window)
        opened.append(page)
        page.goto(labels_address + "/")
        settle(page)
        if window:
            page.get_by_role("button", name="Lists").click()
        page.get_by_role("tab", name="Labels").click()
        page.locator(f"#{ids.LABELLED}").locator("css=.message, .thumbnail").first.wait_for()
        return page

    yield open_tab
    for page in opened:
        page.close()
    # A browser tells of each refusal that it got one; the page has told what it says.
    assert not [said for said in wrong if "status of 40" not in said]


def give_scores(unlabelled):
    names = unlabelled.catalog["object_id"].tolist()
    for row, score in zip(ROWS, SCORES, strict=True):
        labels_of(unlabelled).score(names[row], score)


def inspect(page, row):
    page.evaluate("document.activeElement?.blur()")  # digits are scores, and no text
    page.evaluate("([id, row]) => dash_clientside.set_props(id, { data: row })", [ids.QUERY, row])
    page.wait_for_function(
        "([id, row]) => document.querySelector(`#${id} .score[aria-pressed=false]`)"
        " && document.getElementById('inspector').innerText.includes(row)",
        arg=[ids.GALAXY_LABELS, row_name(page, row)],
    )


def row_name(page, row):
    return page.evaluate(
        "async ([body, row]) => (await (await fetch("
        "`/collections/${document.getElementById(body).dataset.digest}/labels/${row}`"
        ")).json()).object_id",
        [ids.INSPECTOR_BODY, row],
    )


def score(page, row, value):
    inspect(page, row)
    page.keyboard.press(str(value))
    page.locator(f"#{ids.LABELS_SAID}", has_text=f"score {value} kept").wait_for()


def pictures(page, n):
    """The pictures of the tab, when there are as many."""
    found = page.locator(f"#{ids.LABELLED} .thumbnail")
    found.nth(n - 1).wait_for()
    page.wait_for_function(
        "([id, n]) => document.querySelectorAll(`#${id} .thumbnail`).length === n",
        arg=[ids.LABELLED, n],
    )
    return found


def choose(page, name, text):
    field = page.locator(f"#{name}")
    field.click()
    field.fill(text)
    page.get_by_role("option", name=text, exact=True).click()


def test_three_are_scored_and_are_in_the_tab_the_best_first(open_labels, unlabelled):
    page = open_labels()
    page.get_by_text("No galaxy is labelled yet").wait_for()
    for row, value in zip(ROWS, SCORES, strict=True):
        score(page, row, value)
    shown = pictures(page, 3)
    page.locator(f"#{ids.LABELLED_CAPTION}", has_text="3 of 600 labelled").wait_for()
    assert shown.locator(".scored").all_inner_texts() == ["5", "4", "3"]
    assert page.locator(f"#{ids.LABELLED_FACTS}", has_text="me (you) 3").count() == 1
    shown.nth(1).click()
    page.wait_for_function(
        "(row) => document.querySelector('#galaxy-labels [aria-pressed=true]')?.innerText === '4'",
        arg=ROWS[2],
    )


def test_the_map_is_colored_by_scores_and_follows_each_new_one(open_labels, unlabelled):
    give_scores(unlabelled)
    page = open_labels()
    choose(page, ids.COLOR, "mean score")
    legend = page.locator(f"#{ids.MAP_LEGEND}")
    legend.get_by_text("n = 3", exact=True).wait_for()
    entries = legend.locator(".legend-entry").all_inner_texts()
    assert [entry.split()[0] for entry in entries] == ["3", "4", "5", "no"]
    paint = page.evaluate("morphospace_map.state.paint")
    score(page, 99, 0)
    legend.get_by_text("n = 4", exact=True).wait_for()
    page.wait_for_function("(paint) => morphospace_map.state.paint !== paint", arg=paint)
    settle(page)
    assert page.locator(f"#{ids.COLOR}").input_value() == "mean score"


def test_a_selection_by_score_stays_what_it_was_and_a_new_cut_takes_its_place(
    open_labels, unlabelled
):
    give_scores(unlabelled)
    page = open_labels()
    page.get_by_role("button", name="Select 2 with score 4 or more").click()
    page.wait_for_function(f"{SELECTED} !== ''")
    settle(page)
    assert count(page) == 2
    words = page.locator(f"#{ids.SELECTION_WORDS}")
    assert "mean score ≥ 4 (labels at event 3)" in words.inner_text()
    score(page, 98, 4)
    page.get_by_role("button", name="Select 3 with score 4 or more").wait_for()
    assert count(page) == 2
    page.locator(f"#{ids.CLEAR_SELECTION}").click()
    page.wait_for_function(f"{SELECTED} === ''")

    page.get_by_role("tab", name="Histograms").click()
    page.evaluate(
        "(id) => dash_clientside.set_props(id, { value: ['score@now'] })", ids.HISTOGRAM_COLUMNS
    )
    field = page.get_by_label("mean score from")
    field.fill("4")
    field.press("Enter")
    page.locator(f"#{ids.SELECTION_CUTS}", has_text="mean score ≥ 4").wait_for()
    settle(page)
    assert count(page) == 3
    score(page, 99, 5)
    page.locator("figcaption", has_text="of 5").wait_for()
    field.fill("3.5")
    field.press("Enter")
    page.locator(f"#{ids.SELECTION_CUTS}", has_text="(labels at event 5)").wait_for()
    settle(page)
    assert count(page) == 4 and page.locator(".cut-chip").count() == 1


def test_the_table_shows_a_column_of_a_tag_that_is_new(open_labels, unlabelled):
    give_scores(unlabelled)
    page = open_labels()
    page.get_by_role("tab", name="Table").click()
    page.locator(".table-frame .ag-row").first.wait_for()
    labels_of(unlabelled).tag(unlabelled.catalog["object_id"].iat[ROWS[0]], "ring")
    score(page, 99, 2)  # the page is told
    page.evaluate(
        """([id, key]) => {
            const now = [...document.querySelectorAll(`#${id} input`)].map((box) => box.value);
            dash_clientside.set_props(id, { value: ["object_id", "score@now", key] });
        }""",
        [ids.TABLE_CHOSEN, "tag:ring@now"],
    )
    page.get_by_role("columnheader", name="tag ring").wait_for()
    page.get_by_role("columnheader", name="mean score").click()
    page.get_by_role("columnheader", name="mean score").click()
    page.locator(".ag-row[row-index='0'] .ag-cell[col-id='score@now']", has_text="5").wait_for()
    page.locator(".ag-row[row-index='0'] .ag-cell[col-id='tag:ring@now']", has_text="1").wait_for()
    score(page, ROWS[1], 5)
    page.locator(".ag-row[row-index='1'] .ag-cell[col-id='score@now']", has_text="5").wait_for()


def test_all_of_a_selection_are_tagged_after_it_is_asked_and_undone_at_once(
    open_labels, unlabelled
):
    give_scores(unlabelled)
    page = open_labels()
    page.get_by_role("button", name="Select 3 with score 3 or more").click()
    page.wait_for_function(f"{SELECTED} !== ''")
    settle(page)
    many = page.locator(f"#{ids.LABELLED_MANY}")
    many.get_by_text("Label the 3 selected").click()
    field = many.get_by_label("Tag for the 3 selected")
    field.fill("odd one")
    field.press("Enter")
    many.get_by_text("Tag “odd one” for the 3 selected?").wait_for()
    assert len(labels_of(unlabelled).events()) == 3
    many.get_by_role("button", name="Label 3", exact=True).click()
    many.get_by_text("Kept: tag 'odd one', of 3 galaxies").wait_for()
    assert sum("odd one" in label.tags for label in labels_of(unlabelled).labels()) == 3
    page.get_by_role("button", name="Select 3 with the tag odd one").wait_for()
    assert count(page) == 3
    page.locator(f"#{ids.LABELLED_UNDO}").click()
    page.locator(f"#{ids.LABELLED_TOLD}", has_text="undone: tag 'odd one', of 3").wait_for()
    page.get_by_role("button", name="Select 3 with the tag odd one").wait_for(state="detached")
    assert not any(label.tags for label in labels_of(unlabelled).labels())
    page.locator(f"#{ids.LABELLED_REDO}").click()
    page.get_by_role("button", name="Select 3 with the tag odd one").wait_for()


def test_labels_go_out_and_come_in(open_labels, unlabelled, tmp_path):
    give_scores(unlabelled)
    page = open_labels()
    page.get_by_role("button", name="Files").click()
    with page.expect_download() as found:
        page.get_by_role("link", name="labels as csv").click()
    out = tmp_path / found.value.suggested_filename
    found.value.save_as(out)
    assert out.name.endswith("-labels.csv") and len(out.read_text().splitlines()) == 4

    field = page.get_by_label("Bring in a table of labels")
    table = tmp_path / "theirs.csv"
    first = unlabelled.catalog["object_id"].iat[0]
    table.write_text(f"object_id,user,score\n{first},Ada,2\nnobody,Ada,1\n")
    field.set_input_files(str(table))
    told = page.locator(f"#{ids.IMPORT_TOLD}")
    told.get_by_text("'nobody'").or_(told.filter(has_text="'nobody'")).wait_for()
    assert "leave out unknown" in told.inner_text() and len(labels_of(unlabelled).labels()) == 3
    page.get_by_label("leave out unknown").check()
    field.set_input_files(str(table))
    told.filter(has_text="1 added").wait_for()
    assert "1 of galaxies not in the collection" in told.inner_text()
    pictures(page, 4)
    assert {label.user for label in labels_of(unlabelled).labels()} == {"me", "Ada"}


def test_one_name_is_shared_with_the_inspector(open_labels, unlabelled):
    give_scores(unlabelled)
    page = open_labels()
    inspect(page, ROWS[0])
    name = page.locator(f"#{ids.LABEL_USER}")
    assert name.input_value() == "me"
    name.fill("Ada")
    name.press("Enter")
    page.wait_for_function("document.querySelector('#galaxy-labelled .user')?.value === 'Ada'")
    own = page.locator(f"#{ids.GALAXY_LABELLED} .user")
    own.fill("Bo")
    own.press("Enter")
    page.wait_for_function("(id) => document.getElementById(id).value === 'Bo'", arg=ids.LABEL_USER)
    score(page, ROWS[1], 1)
    assert pinned(unlabelled, "score:Bo") and "Bo" in labels_of(unlabelled).users()


def test_a_label_file_that_cannot_be_read_is_a_message(open_labels, unlabelled):
    path = labels_of(unlabelled).database.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"no database at all, but long enough to be looked at" * 100)
    page = open_labels()
    page.locator(f"#{ids.LABELLED} .message", has_text="labels.sqlite").wait_for()


def test_a_label_file_that_can_only_be_read_says_so_and_shows_what_is_in_it(
    open_labels, unlabelled, monkeypatch
):
    give_scores(unlabelled)

    def refuse(self):
        raise BadInput("The label file 'labels.sqlite' cannot be written; nothing was stored.")

    monkeypatch.setattr(LabelDatabase, "writing", refuse)
    page = open_labels()
    pictures(page, 3)
    page.locator(f"#{ids.LABELLED_UNDO}").click()
    page.locator(f"#{ids.LABELLED_TOLD}.refused", has_text="cannot be written").wait_for()
    assert len(labels_of(unlabelled).labels()) == 3


def test_nothing_serious_in_the_tab_and_what_opens_from_it(open_labels, unlabelled):
    give_scores(unlabelled)
    labels_of(unlabelled).tag(
        unlabelled.catalog["object_id"].iat[3], "a tag with a name of forty letters or so"
    )
    page = open_labels()
    for theme in ("dark", "light"):
        if theme == "light":
            page.locator(f"#{ids.THEME_SWITCH}").click()
        page.wait_for_function(
            "(theme) => document.documentElement.dataset.theme === theme", arg=theme
        )
        settle(page)
        assert faults(page) == [], theme
        for name in ("Files",):
            page.get_by_role("button", name=name).click()
            page.get_by_role("dialog").last.wait_for()
            assert faults(page) == [], name
            page.keyboard.press("Escape")


def test_a_phone_shows_all_of_it_by_scrolling(open_labels, unlabelled):
    give_scores(unlabelled)
    page = open_labels(viewport={"width": 390, "height": 844})
    pictures(page, 3)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for name in (ids.LABELLED_FACTS, ids.LABELLED, ids.LABELLED_ACTS):
        place = page.locator(f"#{name}")
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["height"] > 20
