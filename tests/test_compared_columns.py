"""Columns that compare: worked out when asked for, and in words where there is nothing to."""

import numpy as np
import pandas as pd
import pytest

from dashboard.compared_facts import compared_mean, compared_title, compared_told
from data import compared_columns as columns
from data.build import build_collection
from data.checkpoint_columns import RANK, checkpoint_column, checkpoint_columns
from data.inputs import Inputs
from data.parameters import Parameters
from data.store import Collection
from models.errors import BadInput, NotFound
from models.space.map_trust import map_neighbors

N, K = 240, 15


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """Galaxies without labels under checkpoints of different width, one of them collapsed."""
    folder = tmp_path_factory.mktemp("odd")
    rng = np.random.default_rng(3)
    points = rng.normal(size=(N, 12)).astype(np.float32)
    made = {
        "epoch_0": rng.normal(size=(N, 5)).astype(np.float32),
        "epoch_1": points,
        "epoch_2": np.repeat(np.eye(2, 6, dtype=np.float32), N // 2, axis=0),
        "epoch_3": np.hstack([points, 0.3 * rng.normal(size=(N, 4))]).astype(np.float32),
    }
    for name, representations in made.items():
        np.save(folder / f"{name}.npy", representations)
    catalog = pd.DataFrame({"object_id": [f"g{i}" for i in range(N)]})
    catalog["ra"], catalog["dec"] = rng.uniform(0, 90, N), rng.uniform(-30, 30, N)
    catalog.to_csv(folder / "catalog.csv", index=False)
    inputs = Inputs(
        catalog=folder / "catalog.csv",
        representations={name: folder / f"{name}.npy" for name in made},
    )
    return Collection.open(build_collection(folder / "odd", inputs, Parameters(seed=0)))


def sets_of(lists, k=K):
    return [set(line[:k].tolist()) for line in lists]


def test_kept_neighbors_are_those_of_sets(collection):
    first, last = collection.checkpoints[0], collection.checkpoints[-1]
    pairs = zip(*(sets_of(collection.neighbors(name)) for name in (first, last)), strict=True)
    expected = [len(one & other) / len(one | other) for one, other in pairs]
    found = checkpoint_column(collection, last, f"neighbors_kept:{first}")
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    back = checkpoint_column(collection, first, f"neighbors_kept:{last}")
    np.testing.assert_array_equal(found, back)
    assert (checkpoint_column(collection, last, f"neighbors_kept:{last}") == 1).all()


def test_recall_and_strangers_are_those_of_the_map(collection):
    checkpoint = collection.checkpoints[-1]
    on_map = sets_of(map_neighbors(collection.projection(checkpoint), K))
    near = collection.neighbors(checkpoint)
    recall = checkpoint_column(collection, checkpoint, columns.RECALL)
    false = checkpoint_column(collection, checkpoint, columns.FALSE)
    for row in range(0, collection.n_galaxies, 37):
        kept = len(on_map[row] & set(near[row, :K].tolist()))
        strangers = len(on_map[row] - set(near[row].tolist()))
        assert recall[row] == pytest.approx(kept / K)
        assert false[row] == pytest.approx(strangers / K, abs=1e-6)
        assert columns.trust_of(collection, checkpoint, row) == (kept, strangers, K)


def test_ranks_along_the_run_leave_the_untrained_network_out(collection):
    first, *trained = collection.checkpoints
    assert columns.trained_of(collection, trained[0]) == tuple(trained)
    ranks = [checkpoint_column(collection, name, RANK) for name in trained]
    shares = np.stack([each / np.isfinite(each).sum() for each in ranks])
    worst = checkpoint_column(collection, first, columns.WORST)
    np.testing.assert_allclose(worst, shares.max(0), rtol=1e-6)
    np.testing.assert_allclose(
        checkpoint_column(collection, first, columns.BEST), shares.min(0), rtol=1e-6
    )


def test_purity_is_of_the_label_and_nothing_is_made_before_it_is_asked_for(collection):
    checkpoint = collection.checkpoints[1]
    assert not columns.is_known(collection, checkpoint, columns.PURITY)
    assert columns.PURITY in checkpoint_columns(collection, checkpoint)
    assert not columns.is_known(collection, checkpoint, columns.PURITY)
    labels = collection.catalog["label"].to_numpy()
    near = collection.neighbors(checkpoint)[:, :K]
    expected = (labels[near] == labels[:, None]).mean(1)
    found = checkpoint_column(collection, checkpoint, columns.PURITY)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert columns.is_known(collection, checkpoint, columns.PURITY)


def test_without_labels_purity_is_absent_with_its_reason(odd):
    assert columns.PURITY not in checkpoint_columns(odd, "epoch_1")
    with pytest.raises(BadInput, match="fewer than 2 classes"):
        checkpoint_column(odd, "epoch_1", columns.PURITY)
    with pytest.raises(BadInput, match="fewer than 2 classes"):
        columns.label_codes(odd)


def test_checkpoints_of_different_width_are_compared(odd):
    found = checkpoint_column(odd, "epoch_3", "neighbors_kept:epoch_1")
    assert 0.1 < found.mean() < 0.99


def test_a_collapsed_checkpoint_has_no_neighbors_to_compare(odd):
    for name in ("neighbors_kept:epoch_1", columns.RECALL):
        with pytest.raises(BadInput, match="'epoch_2' every galaxy has 15 others exactly like it"):
            checkpoint_column(odd, "epoch_2", name)
    with pytest.raises(BadInput, match="'epoch_2' every galaxy has 15 others exactly like it"):
        checkpoint_column(odd, "epoch_1", "neighbors_kept:epoch_2")
    assert columns.trust_of(odd, "epoch_2", 5) is None
    # Along the run it is passed over, and it does not spoil a rank.
    assert np.isfinite(checkpoint_column(odd, "epoch_2", columns.ALONG_RUN)).all()
    assert columns.trained_of(odd, "epoch_0") == ("epoch_1", "epoch_3")


def test_what_does_not_exist_is_not_found(collection):
    checkpoint = collection.checkpoints[0]
    with pytest.raises(NotFound):
        checkpoint_column(collection, checkpoint, "neighbors_kept:nothing")
    with pytest.raises(NotFound):
        checkpoint_column(collection, "nothing", columns.RECALL)
    with pytest.raises(NotFound):
        checkpoint_column(collection, checkpoint, "nothing")


def test_every_column_has_a_title_and_says_what_it_is(collection):
    checkpoint = collection.checkpoints[-1]
    names = columns.compared_columns(collection, checkpoint)
    titles = [compared_title(collection, name) for name in names]
    assert len(set(titles)) == len(titles)
    assert "epoch 0: neighbors kept" in titles
    for name in names:
        assert compared_told(collection, checkpoint, name).endswith(".")
        assert np.isfinite(checkpoint_column(collection, checkpoint, name)).all()


def test_a_mean_has_its_error_and_number():
    assert compared_mean(np.array([0.2, 0.4, np.nan, 0.6])) == (
        "Mean and its standard error: 0.40 ± 0.12, n = 3."
    )
    assert "Undefined" in compared_mean(np.array([np.nan, np.nan]))
