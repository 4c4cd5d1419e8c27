"""What the inspector is told of a galaxy, and the collection that is built from FITS for it."""

import gzip

import numpy as np
import pyarrow as pa
import pytest
from astropy.cosmology import Planck18
from astropy.io import fits

from dashboard.panels.inspector_told import told
from dashboard.panels.inspector_viewer import viewer
from dashboard.sky_scale import kpc_per_arcsec, sky_scale
from data.build import main
from data.parameters import Parameters
from data.planes import has_planes, planes_of
from models.errors import BadInput
from tests.fits_cutouts import SCALE_ARCSEC, WIDTH, build_from_fits


def text_of(component):
    if component is None or isinstance(component, str | int | float):
        return str(component or "")
    if isinstance(component, list | tuple):
        return " ".join(text_of(part) for part in component)
    return text_of(getattr(component, "children", None))


def attributes(component, name):
    """Every value of an attribute in a tree of components."""
    if isinstance(component, list | tuple):
        return [value for part in component for value in attributes(part, name)]
    found = [getattr(component, name)] if hasattr(component, name) else []
    return found + (attributes(component.children, name) if hasattr(component, "children") else [])


# What is told


def test_a_galaxy_is_told_whole(collection):
    checkpoint, row = collection.checkpoints[-1], 11
    parts = told(collection, checkpoint, row)
    text, galaxy = text_of(parts), collection.catalog.iloc[row]
    assert attributes(parts, "data-copy") == [galaxy["object_id"]]
    assert f"{galaxy['ra']:.5f}°" in text and f"{galaxy['magnitude']:.4g} mag" in text
    for column in collection.catalog.columns.drop("object_id"):
        assert column in text
    density = collection.density(checkpoint)["log_density"]
    rank = int((density < density[row]).sum()) + 1
    assert f"rank {rank:,} of {collection.n_galaxies:,}" in text


def test_its_neighbors_are_those_of_the_checkpoint_and_are_selected_with_it(collection):
    row = 11
    for checkpoint in collection.checkpoints:
        parts = told(collection, checkpoint, row)
        near = collection.neighbors(checkpoint)[row, :12].tolist()
        rows = [int(value) for value in attributes(parts, "data-row")]
        assert rows == [row, *near]  # the first is the way to the map
        assert attributes(parts, "data-select") == [",".join(map(str, [row, *near]))]
        assert attributes(parts, "data-checkpoint") == [checkpoint]
        assert f"{collection.distances(checkpoint)[row, 0]:.3g}" in text_of(parts)


def test_what_is_missing_is_said_to_be(collection):
    row = int(np.flatnonzero(collection.catalog["redshift"].isna())[0])
    assert "missing: redshift" in text_of(told(collection, collection.checkpoints[0], row))


def test_the_stretch_can_be_chosen_where_there_is_something_to_stretch(collection, fits_collection):
    fixed, free = viewer(collection), viewer(fits_collection)
    assert attributes(fixed, "disabled").count(True) == 1
    assert True not in attributes(free, "disabled")


# How large it is on the sky


def test_the_scale_is_that_of_the_catalog_first(fits_collection, monkeypatch):
    header = sky_scale(fits_collection, 3)
    assert header.width_arcsec == pytest.approx(WIDTH * SCALE_ARCSEC)
    assert header.source == "FITS header"
    scaled = fits_collection.catalog.assign(pxscale=np.where(np.arange(40) == 3, 0.25, np.nan))
    monkeypatch.setitem(fits_collection.__dict__, "catalog", scaled)
    assert sky_scale(fits_collection, 3).width_arcsec == WIDTH * 0.25
    assert sky_scale(fits_collection, 4).width_arcsec == pytest.approx(WIDTH * SCALE_ARCSEC)


@pytest.mark.parametrize("redshift", [0.01, 0.1, 1.5])
def test_kiloparsecs_are_those_of_planck18(redshift):
    distance = Planck18.angular_diameter_distance(redshift).to_value("kpc")
    assert kpc_per_arcsec(redshift) == pytest.approx(distance * np.radians(1 / 3600), rel=1e-9)


@pytest.mark.parametrize("redshift", [np.nan, -0.01, 0.0, np.inf])
def test_without_a_redshift_there_are_no_kiloparsecs(redshift):
    assert kpc_per_arcsec(redshift) is None


def test_without_a_scale_it_is_unknown(collection):
    assert sky_scale(collection, 0) is None


@pytest.mark.parametrize("scale", [0, -1, float("nan"), 1e9])
def test_a_scale_that_is_none_is_refused(scale):
    with pytest.raises(BadInput, match="--pixel-scale"):
        Parameters(pixel_scale=scale)


# Built from FITS


def test_the_bands_are_kept_as_they_were_measured(fits_collection):
    assert has_planes(fits_collection)
    brought = fits_collection.folder.parents[1] / "brought_fitsy/images"
    for row in (0, 17, 39):
        object_id = fits_collection.catalog["object_id"].iat[row]
        with fits.open(brought / f"{object_id}.fits") as units:
            np.testing.assert_array_equal(planes_of(fits_collection, row).pixels, units[0].data)
        assert planes_of(fits_collection, row).bands == ("g", "r", "z")
    assert "cutouts_fits.arrow" in fits_collection.info["files"]


def test_any_tool_can_read_the_file(fits_collection):
    path = fits_collection.folder / "cutouts_fits.arrow"
    with pa.memory_map(str(path)) as file:
        table = pa.ipc.open_file(file).read_all()
    assert table["object_id"].to_pylist() == fits_collection.catalog["object_id"].tolist()
    with fits.HDUList.fromstring(gzip.decompress(table["image"][5].as_py())) as units:
        assert units[0].data.shape == (3, 20, 24)
        assert units[0].header["OBJECT"] == fits_collection.catalog["object_id"].iat[5]


def test_they_can_be_left_out_and_the_scale_given(tmp_path, capsys):
    kept = build_from_fits(tmp_path, name="with")
    said = capsys.readouterr().out
    size = kept.info["files"]["cutouts_fits.arrow"]["size"]
    assert f"{size / 1e6:,.1f} MB (--no-fits leaves them out)" in said
    words = ("--no-fits", "--pixel-scale", "0.3", "--cutout-size", "12")
    bare = build_from_fits(tmp_path, *words, name="without")
    assert not has_planes(bare) and planes_of(bare, 0) is None
    assert "no-fits" not in capsys.readouterr().out
    # The stored pictures are half as large as those that were brought, of which the scale is told.
    assert sky_scale(bare, 2).width_arcsec == pytest.approx(WIDTH * 0.3)
    assert sky_scale(bare, 2).source == "given when the collection was built"
    main(["--verify", "with", "--out", str(tmp_path / "collections")])
    assert "as they were built" in capsys.readouterr().out


def test_a_collection_without_them_opens_as_before(collection):
    assert not has_planes(collection) and planes_of(collection, 0) is None
