import csv
import io

import pandas as pd
import pyarrow.parquet as pq
import pytest

from data import label_export, label_import
from data.label_export import HISTORY, LABELS, export_labels, export_to, guarded, unguarded
from data.label_files import main
from data.label_import import import_labels
from data.label_store import LabelStore
from models.errors import BadInput, NotFound

FORMS = [(what, suffix) for what in (LABELS, HISTORY) for suffix in (".csv", ".parquet")]
ODD = ["=1+1", "+a", "-a", "@a", "'a", "''=a", "-1.5e3", "NA", "null", 'say "x", y', "銀河", "a'=b"]


@pytest.fixture
def store(tmp_path):
    return LabelStore(tmp_path / "here.sqlite")


@pytest.fixture
def other(tmp_path):
    return LabelStore(tmp_path / "other.sqlite")


@pytest.fixture
def table(tmp_path):
    """Writes rows to a CSV file."""

    def write(text, name="table.csv"):
        (tmp_path / name).write_text(text)
        return tmp_path / name

    return write


def fill(store):
    store.score("a", 3, reached={"list": "anomalies", "rank": 7})
    store.score("0123456789012345678", 5, user="Ada")
    store.tag("a", "merger")
    store.tag("a", "dust lane")
    store.tag("b", "merger", user="Ada")
    store.score("b", 4)
    store.undo()
    store.score("a", 0)


def scores(store):
    return {(label.object_id, label.user): label.score for label in store.labels()}


def counts(imported):
    return (imported.added, imported.already, imported.kept, imported.unknown)


@pytest.mark.parametrize("what, suffix", FORMS)
def test_what_is_exported_comes_back_and_twice_is_as_once(store, other, tmp_path, what, suffix):
    fill(store)
    path = tmp_path / f"file{suffix}"
    export_to(store, path, what)
    first = import_labels(other, path)
    assert first.added > 0 and counts(first)[1:] == (0, 0, 0)
    assert (
        other.labels()
        == [
            # The times of tags are that of the first: what was newer is never undone.
            label
            for label in store.labels()
        ]
        or what == LABELS
    )
    assert scores(other) == scores(store)
    assert [label.tags for label in other.labels()] == [label.tags for label in store.labels()]
    version = other.version()
    again = import_labels(other, path)
    assert counts(again) == (0, first.added, 0, 0) and other.version() == version
    assert counts(import_labels(store, path))[0] == 0


def test_a_history_brings_undoings_and_how_galaxies_were_reached(store, other, tmp_path):
    fill(store)
    export_to(store, tmp_path / "history.csv", HISTORY)
    import_labels(other, tmp_path / "history.csv")
    assert other.events() == store.events() and any(event.is_undone for event in other.events())
    assert other.events()[0].reached == {"list": "anomalies", "rank": 7}


def test_two_histories_merge_to_the_same_whichever_comes_first(store, other, tmp_path):
    for number in range(10):
        store.score(f"{number % 4}", number % 6)
        other.score(f"{number % 3}", 5 - number % 6)
        other.tag("3", "merger")
    other.undo()
    export_to(store, tmp_path / "here.parquet", HISTORY)
    export_to(other, tmp_path / "other.parquet", HISTORY)
    assert store.labels() != other.labels()
    import_labels(store, tmp_path / "other.parquet")
    import_labels(other, tmp_path / "here.parquet")
    assert store.labels() == other.labels() and store.events() == other.events()
    assert len(store.events()) == 31


def test_the_later_of_two_scores_holds_whoever_brings_it(store, table):
    store.score("a", 1)
    late = table("object_id,score,at\na,2,2020-01-01T00:00:00\nb,2,2020-01-01T00:00:00\n")
    assert counts(import_labels(store, late)) == (1, 0, 1, 0)
    assert scores(store) == {("a", "me"): 1, ("b", "me"): 2}
    newer = table("object_id,score,at\nb,4,2021-01-01T00:00:00+02:00\nb,3,2020-06-01\n")
    assert counts(import_labels(store, newer)) == (2, 0, 0, 0)
    assert scores(store) == {("a", "me"): 1, ("b", "me"): 4}


def test_what_was_taken_back_or_undone_later_stays_so(store, table):
    rows = "object_id,score,tags,at\na,2,merger,2020-01-01T00:00:00\n"
    assert counts(import_labels(store, table(rows))) == (2, 0, 0, 0)
    store.undo()
    assert store.labels() == []
    assert counts(import_labels(store, table(rows))) == (0, 0, 2, 0)
    store.redo()
    store.score("a", None)
    store.untag("a", "merger")
    assert counts(import_labels(store, table(rows))) == (0, 0, 2, 0) and store.labels() == []


def test_rows_without_a_time_fill_what_was_never_labelled(store, table):
    store.score("a", 1)
    store.score("b", 1)
    store.score("b", None)
    path = table("object_id,score,tags\na,5,ring;bar\nb,5,\nc,5,ring\n")
    assert counts(import_labels(store, path)) == (4, 0, 2, 0)
    assert scores(store) == {("a", "me"): 1, ("c", "me"): 5}
    assert store.labels(["a"])[0].tags == ("bar", "ring")
    assert counts(import_labels(store, path)) == (0, 4, 2, 0)
    assert counts(import_labels(store, path, overwrite=True)) == (2, 4, 0, 0)
    assert scores(store) == {("a", "me"): 5, ("b", "me"): 5, ("c", "me"): 5}
    assert counts(import_labels(store, path, overwrite=True)) == (0, 6, 0, 0)
    store.score("a", 2)
    assert counts(import_labels(store, path, overwrite=True)) == (1, 5, 0, 0)
    older = table("object_id,score,at\na,3,2021-01-01\na,1,2020-01-01\n")
    assert counts(import_labels(store, older)) == (0, 0, 2, 0)
    assert counts(import_labels(store, older, overwrite=True)) == (1, 0, 0, 0)
    assert scores(store)["a", "me"] == 3


def test_an_import_is_one_act_of_its_user(store, table):
    store.score("x", 1, user="Ada")
    path = table("object_id,score,user\na,5,Ada\nb,4,Ada\nc,3,\nd,2,Bob\n")
    import_labels(store, path, "Carl")
    assert scores(store)["c", "Carl"] == 3 and store.history("a")[0].reached["file"] == "table.csv"
    assert len(store.undo("Ada")) == 2
    assert set(scores(store)) == {("x", "Ada"), ("c", "Carl"), ("d", "Bob")}


def test_two_scores_of_one_galaxy_and_no_time_are_refused(store, table):
    with pytest.raises(BadInput, match="'a' has two scores of me"):
        import_labels(store, table("object_id,score\na,5\na,4\n"))
    assert counts(import_labels(store, table("object_id,score\na,5\na,5.0\n"))) == (1, 1, 0, 0)


@pytest.mark.parametrize("what", [LABELS, HISTORY])
def test_galaxies_not_in_the_collection_are_named_or_skipped(store, other, tmp_path, what):
    store.score("a", 3)
    store.score([f"x{number}" for number in range(8)], 3)
    store.undo()
    store.redo()
    path = tmp_path / "file.csv"
    export_to(store, path, what)
    other.unknown = lambda ids: [name for name in ids if name.startswith("x")]
    with pytest.raises(NotFound, match=r"8 galaxies of the file .*'x0', .* and 3 more.*--skip"):
        import_labels(other, path)
    assert other.events() == []
    assert counts(import_labels(other, path, skip_unknown=True)) == (1, 0, 0, 8)
    assert scores(other) == {("a", "me"): 3}


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_come_back_as_they_are(store, other, tmp_path, text):
    assert unguarded(guarded(text)) == text
    store.tag(text, text, user=text)
    store.tag(text, "zz", user=text)
    for what, suffix in FORMS:
        export_to(store, tmp_path / f"file{suffix}", what)
        into = LabelStore(tmp_path / f"{what}{suffix}.sqlite")
        import_labels(into, tmp_path / f"file{suffix}")
        (label,) = into.labels()
        assert (label.object_id, label.user, set(label.tags)) == (text, text, {text, "zz"})


@pytest.mark.parametrize("what", [LABELS, HISTORY])
def test_a_spreadsheet_finds_no_formula(store, what):
    for text in ODD:
        store.tag(text, text, user=text)
        store.tag(text, "A first", user=text)
    written = export_labels(store, what).decode()
    for separator in (",", ";"):
        for row in csv.reader(io.StringIO(written), delimiter=separator):
            for cell in row:
                assert cell[:1] not in ("=", "+", "@", "\t", "\r")
                assert cell[:1] != "-" or cell.startswith("-1.5e3")


def test_nothing_labelled_is_a_table_without_rows(store, other, tmp_path):
    for what, suffix in FORMS:
        path = tmp_path / f"file{suffix}"
        export_to(store, path, what)
        assert counts(import_labels(other, path)) == (0, 0, 0, 0)
    assert other.events() == []


def test_any_tool_reads_what_is_exported(store, tmp_path):
    fill(store)
    export_to(store, tmp_path / "labels.parquet")
    export_to(store, tmp_path / "labels.csv")
    found = pq.read_table(tmp_path / "labels.parquet").to_pylist()
    assert found[1] == {
        "object_id": "a",
        "user": "me",
        "score": 0,
        "score_at": store.events()[-1].at,
        "tags": "dust lane;merger",
        "tags_at": store.events()[2].at,
    }
    read = pd.read_csv(tmp_path / "labels.csv", dtype={"object_id": str})
    assert read["object_id"].tolist() == ["0123456789012345678", "a", "b"]
    assert read["score"].tolist()[:2] == [5, 0] and read["score"].isna().tolist()[2]


@pytest.mark.parametrize(
    "text, said",
    [
        ("name,score\na,3\n", "labels need object_id"),
        ("object_id,mark\na,3\n", "labels need object_id"),
        ("object_id,score\na,3\nb,7\n", "Row 2: A score is a whole number"),
        ("object_id,score\na,2.5\n", "Row 1: A score is a whole number"),
        ("object_id,score\na,good\n", "Row 1: 'good' is no number"),
        ("object_id,score\n,3\n", "Row 1: Galaxies are named"),
        ("object_id,score,at\na,3,yesterday\n", "Row 1: 'yesterday' is no moment"),
        ("object_id,score,at\na,3,2999-01-01\n", "Row 1: .* is in the future"),
        ("object_id,tags\na," + "x" * 41 + "\n", "Row 1: A tag has 1 to 40"),
        ("object_id,score\na,3,4\n", "cannot be read as a table"),
        ("", "cannot be read as a table"),
        ("object_id,score,Score\na,3,4\n", "more than one column of the name 'score'"),
        ("object_id,score,score\na,3,4\n", "more than one column of the name 'score'"),
    ],
)
def test_a_table_that_is_none_is_refused_and_nothing_stored(store, table, text, said):
    with pytest.raises(BadInput, match=said):
        import_labels(store, table(text))
    assert store.events() == []


@pytest.mark.parametrize(
    "name, value, said",
    [
        ("id", "x", "Row 1: The id of an event"),
        ("act", "", "Row 1: The act of an event"),
        ("kind", "delete", "Row 1: The kind of an event"),
        ("value", "9", "Row 1: A score is a whole number"),
        ("reached", "{", "Row 1: How a galaxy was reached is no JSON"),
        ("reached", "[]", "Row 1: How a galaxy was reached"),
        ("at", "", "Row 1: .* no moment"),
        ("user", "", "Row 1: The name of a user"),
    ],
)
def test_a_history_that_was_spoilt_is_refused(store, other, tmp_path, name, value, said):
    store.score("a", 3)
    path = tmp_path / "history.csv"
    export_to(store, path, HISTORY)
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table[name] = value
    table.to_csv(path, index=False)
    with pytest.raises(BadInput, match=said):
        import_labels(other, path)
    assert other.events() == []


def test_an_event_that_was_changed_is_refused(store, tmp_path):
    store.score("a", 3)
    path = tmp_path / "history.csv"
    export_to(store, path, HISTORY)
    path.write_text(path.read_text().replace(",3,", ",4,"))
    with pytest.raises(BadInput, match="changed by hand"):
        import_labels(store, path)
    assert scores(store) == {("a", "me"): 3}


def test_what_is_no_file_is_refused(store, tmp_path):
    for name in ("none.csv", "none.parquet", "none.txt"):
        with pytest.raises(BadInput, match=r"There is no .* at .*none"):
            import_labels(store, tmp_path / name)
    (tmp_path / "text.txt").write_text("object_id,score\n")
    with pytest.raises(BadInput, match="no table that can be read"):
        import_labels(store, tmp_path / "text.txt")
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00" * 9)
    with pytest.raises(BadInput, match="cannot be read as a table"):
        import_labels(store, tmp_path / "bad.csv")
    with pytest.raises(BadInput, match="not as '.txt'"):
        export_to(store, tmp_path / "text.txt")
    with pytest.raises(BadInput, match="labels or history"):
        export_labels(store, "all")


def test_on_the_command_line(collection, collection_folder, tmp_path, capsys):
    ids = collection.catalog["object_id"].tolist()[:2]
    rows = tmp_path / "rows.csv"
    rows.write_text(f"object_id,score\n{ids[0]},3\n{ids[1]},4\n")
    place = ["--collection", str(collection_folder), "--kept", str(tmp_path / "kept")]
    main([*place, "--import", str(rows), "--user", "Ada"])
    assert capsys.readouterr().out == "rows.csv, 2 rows: 2 added, 0 there already\n"
    main([*place, "--export", str(tmp_path / "out.csv")])
    assert "2 labels" in capsys.readouterr().out
    main([*place, "--export", str(tmp_path / "out.parquet"), "--history"])
    assert "2 events" in capsys.readouterr().out
    assert pq.read_table(tmp_path / "out.parquet")["user"].to_pylist() == ["Ada", "Ada"]
    rows.write_text("object_id,score\nno such,3\n")
    with pytest.raises(SystemExit) as stopped:
        main([*place, "--import", str(rows)])
    assert stopped.value.code == 2
    assert "'no such'" in capsys.readouterr().err
    main([*place, "--import", str(rows), "--skip-unknown"])
    assert "1 of galaxies not in the collection" in capsys.readouterr().out


@pytest.mark.parametrize("what", [LABELS, HISTORY])
def test_a_long_file_comes_piece_by_piece(store, what, monkeypatch):
    store.score(["a", "b", "c"], 3, user="Ada")
    store.tag(["a", "b"], "tail", user="Bo")
    store.undo("Bo")
    whole = export_labels(store, what)
    monkeypatch.setattr(label_export, "AT_ONCE", 2)
    pieces = [*label_export.exported(store, what)]
    assert len(pieces) > 1 and b"".join(pieces) == whole
    assert max(piece.count(b"\n") for piece in pieces) == 2
    assert [*store.stored_events()] == [event.stored for event in store.events()]


@pytest.mark.parametrize("what", [LABELS, HISTORY])
def test_an_import_tells_how_far_it_is_and_can_be_stopped(store, other, tmp_path, what):
    fill(store)
    path, told = tmp_path / "out.csv", []
    export_to(store, path, what)

    def stop(share):
        told.append(share)
        if share >= label_import.CHECKED:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_labels(other, path, progress=stop)
    assert other.events() == []
    told.clear()
    import_labels(other, path, progress=told.append)
    assert told == sorted(told) and told[0] == 0 and label_import.CHECKED <= told[-1] < 1
    assert other.labels() == store.labels()


def test_what_is_said_while_a_table_is_read_counts(store, table):
    path = table("object_id,score\na,5\nb,5\n")

    def say_meanwhile(share):
        if share == label_import.CHECKED:
            store.score("a", 1)

    assert counts(import_labels(store, path, progress=say_meanwhile)) == (1, 0, 1, 0)
    assert scores(store) == {("a", "me"): 1, ("b", "me"): 5}
