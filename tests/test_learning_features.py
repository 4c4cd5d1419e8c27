import numpy as np
import pytest

from data.learning_features import learning_features
from models.errors import NotFound


@pytest.fixture
def last(collection):
    return collection.checkpoints[-1]


def test_each_galaxy_is_by_row_in_its_direction_at_the_root_of_its_distance(collection, last):
    mean, axes, _ = collection.pca(last)
    points = collection.representations(last).astype(float) - mean
    along = points @ axes.T
    length = np.linalg.norm(along, axis=1)
    found = learning_features(collection, last)
    assert found.shape == (collection.n_galaxies, len(axes)) and found.dtype == np.float16
    expected = along / np.sqrt(length * length.mean())[:, None]
    np.testing.assert_allclose(found, expected, atol=5e-3)


def test_they_are_worked_out_once(collection, last):
    found = learning_features(collection, last)
    assert learning_features(collection, last) is found and not found.flags.writeable


def test_a_checkpoint_that_is_not_there_is_not_found(collection):
    with pytest.raises(NotFound):
        learning_features(collection, "epoch_999")
