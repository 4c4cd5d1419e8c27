"""The stages of a build that store galaxies: catalog, order and cutouts."""

from collections.abc import Iterator
from dataclasses import asdict

import numpy as np

from data import format
from data.arrays import chunks, write_array
from data.building import NewBuild
from data.cutouts import encode_cutout, write_cutouts
from data.stages import Done, Tell, identity_of, stage_bar
from models.files import write_whole
from models.fits_planes import pack_planes
from models.space.splits import make_split
from models.split import is_held_out

READ_AT_ONCE = 256


def store_catalog(build: NewBuild, run_seeds: set[int | None]) -> Done:
    """Write the catalog with its split, and the fixed random order.

    run_seeds : seeds of the training runs, which tell the galaxies that none of them saw; None
        among them, or no seed, where a training is not known
    """

    def work() -> dict:
        catalog = build.galaxies.catalog.copy()
        place = format.STANDARD_COLUMNS.index("split")
        catalog.insert(place, "split", _split(build, run_seeds))
        with write_whole(build.folder / format.CATALOG) as temporary:
            catalog.to_parquet(temporary, index=False)
        order = np.random.default_rng(build.parameters.seed).permutation(len(catalog))
        write_array(build.folder / format.ORDER, order, "<i4")
        return {"n_galaxies": len(catalog), "n_dropped": build.galaxies.n_dropped}

    basis = {
        "files": [identity_of(path) for path in build.inputs.files()],
        "columns": asdict(build.inputs.columns),
        "drop_bad": build.parameters.drop_bad,
        "sample": build.parameters.sample,
        "seed": build.parameters.seed,
        "run_seeds": sorted(run_seeds, key=str),
        "drop_collapsed": build.parameters.drop_collapsed,
    }
    with stage_bar("catalog", 1) as begin:
        begin(f"{len(build.galaxies):,} galaxies")
        return build.stages.run("catalog", basis, [format.CATALOG, format.ORDER], work)


def store_cutouts(build: NewBuild, catalog: Done) -> Done | None:
    """Write the cutouts; None where there are no images."""
    if build.galaxies.images is None:
        return None
    size, quality = build.parameters.cutout_size, build.parameters.cutout_quality
    basis = {"catalog": catalog.fingerprint, "size": size, "quality": quality}
    with stage_bar("cutouts", 1) as begin:
        tell = begin(f"{len(build.galaxies):,} galaxies")

        def work() -> None:
            object_ids = build.galaxies.catalog["object_id"]
            longest = max(build.galaxies.images.size)
            original_px = longest if size is not None and longest > size else None
            images = _encoded(build, tell)
            write_cutouts(
                build.folder / format.CUTOUTS, object_ids, images, original_px=original_px
            )

        return build.stages.run("cutouts", basis, [format.CUTOUTS], work)


def store_planes(build: NewBuild, catalog: Done) -> Done | None:
    """Write the bands of FITS cutouts as they were measured; None where there are none to keep."""
    images = build.galaxies.images
    if images is None or not images.has_planes or not build.parameters.keep_fits:
        return None
    with stage_bar("original bands", 1) as begin:
        tell = begin(f"{len(build.galaxies):,} galaxies")

        def work() -> None:
            object_ids = build.galaxies.catalog["object_id"]
            write_cutouts(build.folder / format.CUTOUTS_FITS, object_ids, _packed(build, tell))

        basis = {"catalog": catalog.fingerprint}
        return build.stages.run("original bands", basis, [format.CUTOUTS_FITS], work)


def _split(build: NewBuild, run_seeds: set[int | None]) -> np.ndarray:
    catalog = build.galaxies.catalog
    if not run_seeds or None in run_seeds:
        return make_split(len(catalog), catalog["label"], build.parameters.seed)
    # By the names that training knew them by: a catalog may have found them by another.
    images, rows = build.galaxies.images, build.galaxies.image_rows
    object_ids = images.object_ids[rows]
    held_out = np.logical_and.reduce([is_held_out(object_ids, seed) for seed in run_seeds])
    return np.where(held_out, "held-out", "train")


def _encoded(build: NewBuild, tell: Tell) -> Iterator[bytes]:
    """Each galaxy's picture as a JPEG or PNG file's bytes."""
    images, rows = build.galaxies.images, build.galaxies.image_rows
    size, quality = build.parameters.cutout_size, build.parameters.cutout_quality
    is_large = size is not None and max(images.size) > size
    for part in chunks(len(rows), READ_AT_ONCE):
        # Every file is decoded, though its bytes may be stored as they are: a damaged one is
        # found here, by name, and not by whoever opens the page.
        for row, pixels in zip(rows[part], images.pixels(rows[part]), strict=True):
            original = None if is_large else images.encoded(int(row))
            yield original[0] if original else encode_cutout(pixels, size=size, quality=quality)
        tell(part.stop / len(rows))


def _packed(build: NewBuild, tell: Tell) -> Iterator[bytes | None]:
    """Each galaxy's bands as a FITS file's bytes; None where its cutout is no FITS file."""
    images, rows = build.galaxies.images, build.galaxies.image_rows
    object_ids = build.galaxies.catalog["object_id"]
    for place, (row, object_id) in enumerate(zip(rows, object_ids, strict=True)):
        planes = images.planes(int(row))
        yield None if planes is None else pack_planes(planes, str(object_id))
        tell((place + 1) / len(rows))
