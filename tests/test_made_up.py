import numpy as np
import pytest

from data.made_up import OUTLIER, SEPARATIONS, main, make_up
from data.store import Collection


def spread(representations, labels):
    """Distance between the classes' centres, in units of the scatter within them."""
    usual = [name for name in np.unique(labels) if name != OUTLIER]
    centers = np.stack([representations[labels == name].mean(0) for name in usual])
    within = np.mean([representations[labels == name].std(0).mean() for name in usual])
    return centers.std(0).mean() / within


def test_the_same_seed_makes_the_same_galaxies():
    one, two, other = make_up(50, seed=1), make_up(50, seed=1), make_up(50, seed=2)
    assert one.catalog.equals(two.catalog)
    np.testing.assert_array_equal(one.images, two.images)
    for name, values in one.representations.items():
        np.testing.assert_array_equal(values, two.representations[name])
        assert not np.array_equal(values, other.representations[name])


def test_classes_move_apart_over_training():
    made_up = make_up(600)
    labels = made_up.catalog["label"].to_numpy()
    spreads = [spread(values, labels) for values in made_up.representations.values()]
    assert len(spreads) == len(SEPARATIONS) and spreads == sorted(spreads)


def test_outliers_lie_far_from_all_others():
    made_up = make_up(600)
    is_outlier = made_up.catalog["is_outlier"].to_numpy()
    assert 0 < is_outlier.sum() < 30
    values = made_up.representations["epoch_20"]
    others = values[~is_outlier]
    nearest = [np.sort(np.linalg.norm(others - value, axis=1))[10] for value in values]
    assert np.median(np.array(nearest)[is_outlier]) > np.quantile(
        np.array(nearest)[~is_outlier], 0.95
    )


def test_low_density_finds_the_outliers(collection):
    density = collection.density("epoch_20")["log_density"]
    lowest = np.argsort(density)[:12]
    assert collection.catalog["is_outlier"].to_numpy()[lowest].mean() > 0.5


def test_a_later_checkpoint_tells_the_classes_better(collection):
    first, *_, last = (collection.quality(name) for name in collection.checkpoints)
    assert last["davies_bouldin"]["value"] < first["davies_bouldin"]["value"]


@pytest.mark.parametrize("n_galaxies", ["40"])
def test_the_command_builds_a_collection(tmp_path, capsys, n_galaxies):
    main(["--n", n_galaxies, "--out", str(tmp_path)])
    assert "built" in capsys.readouterr().out
    assert Collection.open(tmp_path / "made_up").n_galaxies == 40
