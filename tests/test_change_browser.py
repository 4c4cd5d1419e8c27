"""The tab Change, as a user meets it in Chromium."""

import re

import pytest

from dashboard import ids
from dashboard.change import change_between
from tests.browsing import settle


@pytest.fixture(scope="module")
def opened(only_page, collection):
    page, _ = only_page
    page.get_by_role("tab", name="Change").click()
    page.wait_for_selector(".change-strip .thumbnail")
    settle(page)
    return page


def show(page, name):
    page.get_by_role("textbox", name="What of the change to show").click()
    page.get_by_role("option", name=name).click()


def said(page, text, place=ids.CHANGE_CAPTION):
    page.wait_for_function(
        "([id, text]) => document.getElementById(id).innerText.includes(text)", arg=[place, text]
    )


def test_the_galaxies_that_changed_most_come_first_and_a_click_inspects(opened, collection):
    page = opened
    said(page, "epoch 5 → epoch 20, first 60 of 600 galaxies")
    change = change_between(collection, "epoch_05", "epoch_20", 15)
    first = page.locator(".change-strip .thumbnail").first
    row = int(first.get_attribute("data-row"))
    assert change.jaccard[row] == change.jaccard.min()
    assert first.inner_text().strip() == f"{change.kept[row]:.0f} of 15 kept"
    first.click()
    said(page, str(collection.catalog["object_id"].iat[row]), ids.INSPECTOR)


def test_the_inspected_galaxys_neighbors_are_told_at_each_checkpoint(opened, collection):
    page = opened
    page.evaluate(f"dash_clientside.set_props('{ids.QUERY}', {{ data: 11 }})")
    show(page, "of this galaxy")
    said(page, "3 checkpoints of the run")
    rows = page.locator(".change-row")
    assert rows.count() == 3
    assert re.search(r"\d+ of 15 kept", rows.last.inner_text())
    near = rows.last.locator(".thumbnail")
    expected = collection.neighbors("epoch_20")[11, :12].tolist()
    assert near.evaluate_all("all => all.map(e => Number(e.dataset.row))") == expected
    page.evaluate(f"dash_clientside.set_props('{ids.QUERY}', {{ data: 12 }})")
    page.wait_for_function(
        "(row) => document.querySelector('.change-row .thumbnail').dataset.row === String(row)",
        arg=int(collection.neighbors("epoch_00")[12, 0]),
    )
    assert page.get_by_role("textbox", name="Compare with the checkpoint").is_disabled()


def test_stable_candidates_and_what_is_first_of_its_run_are_told(opened, collection):
    page = opened
    show(page, "stable candidates")
    said(page, "2 trained checkpoints")
    assert page.locator(".change-strip .rank-line").count() == 60
    show(page, "changed least")
    said(page, "epoch 5 → epoch 20")
    page.evaluate(f"dash_clientside.set_props('{ids.CHECKPOINT}', {{ value: 'epoch_00' }})")
    said(page, "epoch 0 is the first of its run", ids.CHANGE)
    page.evaluate(f"dash_clientside.set_props('{ids.CHECKPOINT}', {{ value: 'epoch_20' }})")
    said(page, "epoch 5 → epoch 20")
