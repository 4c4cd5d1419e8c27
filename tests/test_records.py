"""Records named by short ids."""

import json

import pytest
from flask import Flask

from dashboard import records
from dashboard.cache import create_cache
from dashboard.records import keep_record, record_of
from dashboard.settings import Settings
from models.errors import BadInput, NotFound

SELECTION = {"steps": [{"op": "set", "kind": "box", "x": [0.0, 1.5], "y": [0, 1]}]}


@pytest.fixture
def cache(tmp_path):
    return create_cache(Flask("page"), Settings(cache_folder=str(tmp_path / "cache")))


def test_a_record_is_found_by_its_name_and_the_order_of_keys_does_not_matter(cache):
    name = keep_record(cache, SELECTION)
    assert len(name) == 16 and record_of(cache, name) == SELECTION
    (step,) = SELECTION["steps"]
    assert keep_record(cache, {"steps": [dict(reversed(step.items()))]}) == name


def test_another_worker_finds_it_in_the_files(cache, monkeypatch):
    name = keep_record(cache, SELECTION | {"by": "é"})
    monkeypatch.setattr(records, "_records", type(records._records)())
    assert record_of(cache, name)["by"] == "é"


def test_without_a_cache_it_is_in_memory(tmp_path):
    cache = create_cache(Flask("page"), Settings(cache="none"))
    assert record_of(cache, keep_record(cache, {"steps": []})) == {"steps": []}


def test_what_is_unknown_or_no_record_is_said(cache):
    with pytest.raises(NotFound, match="0123"):
        record_of(cache, "0123")
    with pytest.raises(BadInput, match="finite"):
        keep_record(cache, {"steps": [float("nan")]})


def test_no_more_than_so_many_are_held_in_memory(cache, monkeypatch):
    monkeypatch.setattr(records, "MAX_RECORDS", 3)
    monkeypatch.setattr(records, "_records", type(records._records)())
    names = [keep_record(cache, {"number": number}) for number in range(5)]
    assert len(records._records) == 3
    assert json.loads(records._records[names[-1]]) == {"number": 4}
    assert record_of(cache, names[0]) == {"number": 0}
