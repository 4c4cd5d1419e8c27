import gzip

import h5py
import numpy as np
import pandas as pd
import pytest
from astropy.table import MaskedColumn, Table

from data.catalog import Columns, catalog_of_images, read_catalog
from data.tables import read_table
from models.errors import BadInput
from models.images import open_images

IDS = [587722952767439450, 587722953303916935, 587722953304114000]


def table(**columns):
    return pd.DataFrame(
        {"objID": IDS, "RA": [10.0, 350.5, -20], "Dec": [-5.0, 80, np.nan]} | columns
    )


def written(tmp_path, frame, suffix):
    path = tmp_path / f"catalog{suffix}"
    if suffix == ".csv":
        frame.to_csv(path, index=False)
    elif suffix == ".csv.gz":
        path.write_bytes(gzip.compress(frame.to_csv(index=False).encode()))
    elif suffix == ".parquet":
        frame.to_parquet(path)
    else:
        columns = Table.from_pandas(frame)
        columns.write(path, format="fits" if suffix == ".fits" else "votable", overwrite=True)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".csv.gz", ".parquet", ".fits", ".vot"])
def test_long_identifiers_survive_every_format(tmp_path, suffix):
    frame = table(z=[0.1, np.nan, 0.3], label=["Disk", "Ring", "Disk"], mag=[17, 18, 19])
    catalog = read_catalog(written(tmp_path, frame, suffix))
    assert catalog["object_id"].tolist() == [str(object_id) for object_id in IDS]
    np.testing.assert_allclose(catalog["ra"], [10, 350.5, 340])
    np.testing.assert_allclose(catalog["dec"], [-5, 80, np.nan])
    np.testing.assert_allclose(catalog["redshift"], [0.1, np.nan, 0.3])
    assert catalog["label"].tolist() == ["Disk", "Ring", "Disk"]
    assert catalog["mag"].tolist() == [17, 18, 19]
    assert list(catalog)[:5] == ["object_id", "ra", "dec", "redshift", "label"]


def test_identifiers_keep_leading_zeros_and_letters(tmp_path):
    (tmp_path / "c.csv").write_text("id,ra,dec\n007,1,2\n J12+3 ,3,4\n")
    assert read_catalog(tmp_path / "c.csv")["object_id"].tolist() == ["007", "J12+3"]


def test_fits_bytes_and_masks_become_texts_and_nan(tmp_path):
    columns = Table(
        {
            "TARGETID": np.array(IDS),
            "ra": [1.0, 2, 3],
            "dec": [1.0, 2, 3],
            "kind": np.array([b"disk ", b"ring", b""]),
            "count": MaskedColumn([1, 2, 3], mask=[False, True, False]),
            "other_id": MaskedColumn(IDS, mask=[False, True, False]),
            "flux": np.ones((3, 5)),
        }
    )
    columns.write(tmp_path / "c.fits")
    catalog = read_catalog(tmp_path / "c.fits")
    assert catalog["kind"].tolist()[:2] == ["disk", "ring"] and catalog["kind"].isna()[2]
    np.testing.assert_array_equal(catalog["count"], [1, np.nan, 3])
    assert catalog["other_id"].tolist()[0] == str(IDS[0]) and catalog["other_id"].isna()[1]
    assert "flux" not in catalog


def test_a_missing_number_does_not_round_the_others(tmp_path):
    (tmp_path / "c.csv").write_text(f"id,ra,dec,parent\na,1,2,{IDS[0]}\nb,1,2,\n")
    assert read_catalog(tmp_path / "c.csv")["parent"][0] == str(IDS[0])


def test_names_of_classes_come_before_their_numbers(tmp_path):
    frame = table(label=[3, 2, 3], label_name=["Edge-on", "Spiral", "Edge-on"])
    catalog = read_catalog(written(tmp_path, frame, ".csv"))
    assert catalog["label"].tolist() == ["Edge-on", "Spiral", "Edge-on"]
    assert catalog["label_given"].tolist() == [3, 2, 3]


def test_numbers_of_classes_are_written_without_a_point(tmp_path):
    frame = table(ans=[3.0, np.nan, 1.0])
    labels = read_catalog(written(tmp_path, frame, ".csv"))["label"]
    assert labels[0] == "3" and labels.isna()[1]


def test_z_beside_other_bands_is_a_magnitude(tmp_path):
    frame = table(g=[18.0, 18, 18], r=[17.0, 17, 17], z=[16.0, 16, 16])
    catalog = read_catalog(written(tmp_path, frame, ".csv"))
    assert catalog["redshift"].isna().all() and catalog["z"].tolist() == [16, 16, 16]


def test_columns_can_be_named(tmp_path):
    frame = table(label=["a", "b", "c"], kind=["x", "y", "z"], name=["p", "q", "r"])
    columns = Columns(object_id="name", label="kind")
    catalog = read_catalog(written(tmp_path, frame, ".csv"), columns)
    assert catalog["object_id"].tolist() == ["p", "q", "r"]
    assert catalog["label"].tolist() == ["x", "y", "z"]
    assert catalog["label_given"].tolist() == ["a", "b", "c"]
    with pytest.raises(BadInput, match="no column 'shape'; it has objID, RA"):
        read_catalog(tmp_path / "catalog.csv", Columns(label="shape"))


def test_a_catalog_without_positions_needs_to_be_asked_for(tmp_path):
    path = written(tmp_path, table().drop(columns="Dec"), ".csv")
    with pytest.raises(BadInput, match="catalog.csv has no dec among objID, RA.*--no-positions"):
        read_catalog(path)
    catalog = read_catalog(path, Columns(needs_positions=False))
    assert catalog["dec"].isna().all() and catalog["ra"].notna().all()


def test_a_catalog_without_identifiers_is_refused(tmp_path):
    path = written(tmp_path, table().drop(columns="objID"), ".csv")
    with pytest.raises(BadInput, match="no column of identifiers among RA, Dec.*--id-column"):
        read_catalog(path)


def test_identifiers_that_repeat_or_are_missing_are_named(tmp_path):
    frame = pd.DataFrame({"id": ["a", "b", "a", "c", "b"], "ra": 1.0, "dec": 2.0})
    with pytest.raises(BadInput, match="2 identifiers of catalog.csv .*more than once: a, b;"):
        read_catalog(written(tmp_path, frame, ".csv"))
    frame["id"] = ["a", None, "c", " ", "e"]
    for suffix in (".csv", ".parquet"):
        with pytest.raises(BadInput, match="2 galaxies of .* no identifier in 'id': rows 1, 3"):
            read_catalog(written(tmp_path, frame, suffix))


def test_identifiers_as_floats_are_refused_where_digits_are_lost(tmp_path):
    frame = pd.DataFrame({"id": np.array(IDS, float), "ra": 1.0, "dec": 2.0})
    with pytest.raises(BadInput, match="floating-point numbers, which lose digits"):
        read_catalog(written(tmp_path, frame, ".parquet"))
    frame["id"] = [1.0, 2.0, 3.0]
    path = written(tmp_path, frame, ".parquet")
    assert read_catalog(path)["object_id"].tolist() == ["1", "2", "3"]


def test_what_surveys_write_for_unknown_becomes_nan(tmp_path, capsys):
    frame = table(redshift=[-9.0, -0.0005, 0.2])
    frame["Dec"] = [-99.0, 80, -5]
    catalog = read_catalog(written(tmp_path, frame, ".csv"))
    assert catalog["dec"].isna().tolist() == catalog["ra"].isna().tolist() == [True, False, False]
    assert catalog["redshift"].isna().tolist() == [True, False, False]
    assert "1 positions off the sky in catalog.csv" in capsys.readouterr().err


def test_a_right_ascension_of_minus_999_is_unknown(tmp_path):
    frame = table()
    frame["RA"], frame["Dec"] = [-999.0, 720, -20], [5.0, 80, -5]
    catalog = read_catalog(written(tmp_path, frame, ".csv"))
    np.testing.assert_array_equal(catalog["ra"], [np.nan, np.nan, 340])
    np.testing.assert_array_equal(catalog["dec"], [np.nan, np.nan, -5])


def test_redshifts_as_text_are_refused_and_another_column_can_be_named(tmp_path):
    frame = table(z=["low", "high", "low"], g=18.0, r=17.0, photoz=[0.1, 0.2, 0.3])
    path = written(tmp_path, frame.drop(columns="g"), ".csv")
    with pytest.raises(BadInput, match="'z' of .*texts such as 'low'.*--redshift-column") as said:
        read_catalog(path)
    assert "degrees" not in str(said.value)
    catalog = read_catalog(path, Columns(redshift="photoz"))
    assert catalog["redshift"].tolist() == [0.1, 0.2, 0.3] and catalog["z"][0] == "low"
    # Named, z is a redshift even beside other bands.
    path = written(tmp_path, frame.assign(z=[0.4, 0.5, 0.6]), ".csv")
    assert read_catalog(path, Columns(redshift="z"))["redshift"].tolist() == [0.4, 0.5, 0.6]


def test_positions_as_text_are_refused(tmp_path):
    frame = table()
    frame["RA"] = ["00:42:44", "00:42:45", "00:42:46"]
    with pytest.raises(BadInput, match="'RA' of catalog.csv holds texts such as '00:42:44'"):
        read_catalog(written(tmp_path, frame, ".csv"))


@pytest.mark.parametrize("name", ["c.csv", "c.parquet", "c.fits", "c.vot"])
def test_files_that_are_no_tables_are_refused_by_name(tmp_path, name):
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(BadInput, match=f"{name} cannot be read as a table"):
        read_table(tmp_path / name)
    with pytest.raises(BadInput, match="no catalogue at"):
        read_table(tmp_path / "missing.csv")
    (tmp_path / "c.doc").write_text("")
    with pytest.raises(BadInput, match="c.doc is no table that can be read; give one of .csv"):
        read_table(tmp_path / "c.doc")


def test_an_hdf5_file_of_images_is_its_own_catalog(tmp_path, rng):
    path = tmp_path / "galaxies.h5"
    with h5py.File(path, "w") as file:
        file["images"] = rng.integers(0, 255, (3, 8, 8, 3), dtype=np.uint8)
        file["ans"] = np.array([1, 0, 1], np.uint8)
        file["id"] = np.array([str(object_id).encode() for object_id in IDS])
        file["ra"], file["dec"] = [1.0, 2, np.nan], [3.0, 4, np.nan]
        file["redshift"] = [0.1, np.nan, 0.3]
        file["kind"] = np.array([b"ring", b"", b"arc"])
        file.attrs["class_names"] = ["Smooth", "Disk"]
    catalog = catalog_of_images(path, open_images(path), Columns())
    assert catalog["object_id"].tolist() == [str(object_id) for object_id in IDS]
    assert catalog["label"].tolist() == ["Disk", "Smooth", "Disk"]
    assert catalog["kind"][2] == "arc" and catalog["kind"].isna()[1]
    np.testing.assert_array_equal(catalog["ra"], [1, 2, np.nan])


@pytest.mark.parametrize("name", ["ra", "dec", "redshift"])
def test_positions_of_other_galaxies_than_the_images_are_refused(tmp_path, name):
    path = tmp_path / "galaxies.h5"
    with h5py.File(path, "w") as file:
        file["images"] = np.zeros((3, 8, 8, 3), np.uint8)
        for column in ("ra", "dec", "redshift"):
            file[column] = np.ones(2 if column == name else 3)
    with pytest.raises(BadInput, match=f"galaxies.h5 has 3 images and 2 values of '{name}'"):
        catalog_of_images(path, open_images(path), Columns())
