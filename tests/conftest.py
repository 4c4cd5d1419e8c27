"""What tests share: a random generator, and one made-up collection built as any other is."""

import numpy as np
import pytest

from data.made_up import build_made_up
from data.store import Collection


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def collection_folder(tmp_path_factory):
    """Folder of a collection of 600 galaxies and three checkpoints, with cutouts. Only read it."""
    return build_made_up(tmp_path_factory.mktemp("collections") / "made_up", n_galaxies=600)


@pytest.fixture(scope="session")
def collection(collection_folder):
    return Collection.open(collection_folder)


@pytest.fixture(scope="session")
def app(collection_folder):
    """The page of that collection."""
    from app import create_app
    from dashboard.settings import Settings

    folders = str(collection_folder.parent)
    settings = Settings(collection=collection_folder.name, collections=folders, cache="memory")
    return create_app(settings)
