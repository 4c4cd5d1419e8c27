import json
import os
import shutil

import numpy as np
import pytest

from data.named_files import MAX_INSIDE, folder_of
from data.named_selections import (
    MAX_NAME,
    combined,
    delete_named,
    find_named,
    list_named,
    loaded,
    named_of,
    rename_named,
    save_named,
)
from data.selection import resolve
from data.store import Collection
from models.errors import BadInput, NotFound

FIRST = {"steps": [{"op": "set", "kind": "rows", "rows": list(range(0, 60))}]}
SECOND = {"steps": [{"op": "set", "kind": "rows", "rows": list(range(40, 100))}]}


@pytest.fixture
def here(collection_folder, tmp_path):
    """The collection, with a folder of its own for what is kept."""
    return Collection.open(collection_folder, tmp_path / "kept")


@pytest.fixture
def rebuilt(collection_folder, tmp_path):
    """Another build of the collection: without its first ten galaxies' identifiers."""
    folder = tmp_path / "other" / collection_folder.name
    shutil.copytree(collection_folder, folder)
    info = json.loads((folder / "collection.json").read_text())
    (folder / "collection.json").write_text(json.dumps(info | {"seed": 99}))
    other = Collection.open(folder, tmp_path / "kept")
    renamed = other.catalog.copy()
    renamed.loc[:9, "object_id"] = [f"other {row}" for row in range(10)]
    other.__dict__["catalog"] = renamed
    return other


def save(collection, name, record, **more):
    return save_named(collection, name, record, how="in words", **more)


def test_what_is_saved_is_found_again_whole(here):
    record = FIRST | {"cuts": [{"column": "redshift", "min": 0.01}]}
    saved = save(here, " Blue  spirals ", record, note="to look at")
    assert (saved.name, saved.note, saved.how) == ("Blue spirals", "to look at", "in words")
    assert saved.n == len(resolve(record, here)) and saved.record == record
    assert saved.is_of(here) and saved.created.endswith("+00:00")
    (listed,), wrong = list_named(here)
    assert listed == saved == named_of(here, saved.file) and wrong == []
    content = json.loads((folder_of(here) / "blue-spirals.json").read_text())
    assert content["object_ids"] == here.catalog["object_id"][resolve(record, here)].tolist()
    assert content["collection"] == {"name": here.name, "digest": here.digest}
    assert loaded(here, saved) == (record, "")


def test_a_taken_name_is_refused_unless_it_is_to_be_replaced(here):
    save(here, "mine", FIRST)
    with pytest.raises(BadInput, match="'mine' already"):
        save(here, "mine", SECOND)
    assert find_named(here, "mine").record == FIRST
    save(here, "mine", SECOND, is_replacing=True)
    assert [named.record for named in list_named(here)[0]] == [SECOND]


def test_names_of_any_kind_have_files_of_their_own(here):
    names = [
        "a b",
        "A-B",
        "a/b",
        "../../etc/passwd",
        "спирали",
        "銀河",
        "x" * MAX_NAME,
        "con",
        ".x",
    ]
    for name in names:
        save(here, name, FIRST)
    assert sorted(named.name for named in list_named(here)[0]) == sorted(names)
    files = os.listdir(folder_of(here))
    assert len(files) == len(names) == len({file.casefold() for file in files})
    assert os.listdir(folder_of(here).parent) == ["selections"]


@pytest.mark.parametrize("name", ["", "  ", None, 3, "x" * (MAX_NAME + 1), "a\x00b", "a\u202eb"])
def test_a_name_that_is_none_is_refused(here, name):
    with pytest.raises(BadInput, match="name"):
        save(here, name, FIRST)


def test_nothing_selected_is_not_saved(here):
    with pytest.raises(BadInput, match="Nothing is selected"):
        save(here, "empty", {"steps": []})


def test_many_identifiers_stand_beside_and_go_with_the_rest(here, monkeypatch):
    monkeypatch.setattr("data.named_files.MAX_INSIDE", 50)
    assert MAX_INSIDE > 50
    saved = save(here, "many", FIRST)
    beside = folder_of(here) / f"many.{saved.version}.parquet"
    assert beside.exists() and "object_ids" not in json.loads(
        (folder_of(here) / "many.json").read_text()
    )
    again = save(here, "many", {"steps": [{"op": "set", "kind": "all"}]}, is_replacing=True)
    assert not beside.exists() and again.version != saved.version
    assert sorted(os.listdir(folder_of(here))) == [
        "many." + again.version + ".parquet",
        "many.json",
    ]
    step = {"op": "set", "kind": "saved", "file": "many", "version": again.version}
    assert len(resolve({"steps": [step]}, here)) == here.n_galaxies
    with pytest.raises(NotFound, match="saved anew"):
        resolve({"steps": [step | {"version": saved.version}]}, here)
    delete_named(here, "many")
    assert os.listdir(folder_of(here)) == []


def test_in_another_build_the_identifiers_hold_and_it_is_said(here, rebuilt):
    box = {"op": "set", "kind": "box", "x": [-100, 100], "y": [-100, 100], "checkpoint": "epoch_20"}
    saved = save(here, "all of it", {"steps": [box]})
    record, said = loaded(rebuilt, named_of(rebuilt, saved.file))
    assert said == (
        "590 of 600 galaxies of the selection are in this build; made on another build of this "
        "collection, so its outline is not used."
    )
    np.testing.assert_array_equal(resolve(record, rebuilt), np.arange(10, 600))
    json.dumps(record)
    assert record["steps"][0]["kind"] == "saved"


def test_selections_combine_as_sets_also_of_another_build(here, rebuilt):
    first, second = save(here, "first", FIRST), save(here, "second", SECOND)
    a, b = set(range(60)), set(range(40, 100))
    expected = {"union": a | b, "intersection": a & b, "difference": a - b}
    for operation, rows in expected.items():
        record = combined(here, first, second, operation)
        assert set(resolve(record, here)) == rows
        now = combined(here, FIRST, second, operation)
        assert set(resolve(now, here)) == rows
        there = combined(rebuilt, first, second, operation)
        assert set(resolve(there, rebuilt)) == {row for row in rows if row >= 10}
    with pytest.raises(BadInput, match="union, intersection, difference"):
        combined(here, first, second, "xor")


def test_what_is_cut_is_combined_as_it_is_seen(here):
    second = save(here, "second", SECOND)
    cut = FIRST | {"cuts": [{"column": "redshift", "min": 0.05}]}
    rows = set(resolve(cut, here))
    assert 0 < len(rows) < 60
    assert set(resolve(combined(here, cut, second, "union"), here)) == rows | set(range(40, 100))


def test_renamed_and_deleted(here):
    first = save(here, "first", FIRST)
    save(here, "second", SECOND)
    with pytest.raises(BadInput, match="'second' already"):
        rename_named(here, first.file, "second")
    assert rename_named(here, first.file, "first").name == "first"
    assert rename_named(here, first.file, "other").file == first.file
    assert [named.name for named in list_named(here)[0]] == ["other", "second"]
    delete_named(here, first.file)
    assert [named.name for named in list_named(here)[0]] == ["second"]
    with pytest.raises(NotFound, match="no longer"):
        delete_named(here, first.file)


@pytest.mark.parametrize("file", ["../x", "", None, 3, "a.b", "A", "x" * 100, "a/../b"])
def test_a_file_that_is_none_is_not_found(here, file):
    with pytest.raises(NotFound, match="no saved selection"):
        named_of(here, file)


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "3", "", '{"name": 3}', "\udcff", '{"name": "x", "record": {}}', "[" * 99999],
)
def test_a_file_edited_badly_is_named_and_the_rest_is_listed(here, text):
    save(here, "good", FIRST)
    (folder_of(here) / "bad.json").write_bytes(text.encode(errors="surrogateescape"))
    found, wrong = list_named(here)
    assert [named.name for named in found] == ["good"]
    assert len(wrong) == 1 and "'bad.json'" in wrong[0]


def test_identifiers_that_were_changed_are_refused(here):
    saved = save(here, "mine", FIRST)
    path = folder_of(here) / "mine.json"
    content = json.loads(path.read_text())
    content["object_ids"][0] = "another"
    path.write_text(json.dumps(content))
    step = {"op": "set", "kind": "saved", "file": "mine", "version": saved.version}
    with pytest.raises(BadInput, match="not those that were saved"):
        resolve({"steps": [step]}, here)


def test_a_folder_that_cannot_be_written_says_what_to_set(collection_folder, tmp_path):
    (tmp_path / "kept").write_text("a file stands where the folder would be")
    collection = Collection.open(collection_folder, tmp_path / "kept")
    assert list_named(collection) == ([], [])
    with pytest.raises(BadInput, match="MORPHOSPACE_KEPT"):
        save(collection, "mine", FIRST)
