from collections import Counter

import numpy as np

from models.space.neighbors import find_neighbors
from models.space.search_second import neighbors_of_neighbors


def test_it_is_what_counting_lists_by_hand_gives(rng):
    points = rng.normal(size=(300, 4)).astype(np.float16)
    neighbors = find_neighbors(points, 8).rows
    for row in (0, 17, 299):
        own = set(neighbors[row].tolist())
        paths = Counter(other for near in own for other in neighbors[near].tolist())
        away = np.linalg.norm(points.astype(float) - points[row].astype(float), axis=1)
        others = [other for other in paths if other != row and other not in own]
        others.sort(key=lambda other: (-paths[other], away[other], other))
        found = neighbors_of_neighbors(points, neighbors, row, 12)
        assert found.rows.tolist() == others[:12]
        assert found.n_paths.tolist() == [paths[other] for other in others[:12]]
        np.testing.assert_allclose(found.distances, away[others[:12]], rtol=1e-9)


def test_a_group_that_is_its_own_neighborhood_has_no_more():
    neighbors = np.array([[1, 2], [0, 2], [0, 1], [0, -1]])
    points = np.eye(4, dtype=np.float32)
    assert neighbors_of_neighbors(points, neighbors, 0, 5).rows.size == 0
    assert neighbors_of_neighbors(points, neighbors, 3, 5).rows.tolist() == [1, 2]
