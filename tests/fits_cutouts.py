"""A small folder of FITS cutouts, and the collection that is built from it by the command line."""

import numpy as np
import pandas as pd
from astropy.io import fits

from data.build import main
from data.store import Collection

N, HEIGHT, WIDTH, N_DIM = 40, 20, 24, 6
SCALE_ARCSEC = 0.5


def write_cutouts_as_fits(folder, rng):
    """One file a galaxy, in three bands; gives a catalog with the place of each one's source.

    The first has two rows of undefined pixels, the last one a band without any value.
    """
    folder.mkdir(parents=True)
    ids = [f"58772295276{row:07d}" for row in range(N)]
    x, y = rng.integers(6, WIDTH - 6, N), rng.integers(6, HEIGHT - 6, N)
    header = fits.Header({"BANDS": "grz", "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"})
    header["CDELT1"], header["CDELT2"] = -SCALE_ARCSEC / 3600, SCALE_ARCSEC / 3600
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    for row, object_id in enumerate(ids):
        source = np.exp(-np.hypot(columns - x[row], rows - y[row]) / 2)
        planes = [100 * red * source + rng.normal(size=source.shape) for red in (1, 2, 3)]
        planes = np.array(planes, np.float32)
        if row == 0:
            planes[:, :2] = np.nan
        if row == N - 1:
            planes[2] = np.nan
        fits.writeto(folder / f"{object_id}.fits", planes, header)
    redshift = rng.uniform(0.02, 0.2, N)
    return pd.DataFrame({"object_id": ids, "redshift": redshift, "x_px": x, "y_px": y})


def build_from_fits(parent, *more, name="fitsy"):
    """Build a collection in `parent` as a user does; `more` are words of the command line."""
    rng = np.random.default_rng(8)
    brought = parent / f"brought_{name}"
    catalog = write_cutouts_as_fits(brought / "images", rng)
    catalog.to_csv(brought / "catalog.csv", index=False)
    np.save(brought / "epoch_1.npy", rng.normal(size=(N, N_DIM)).astype(np.float32))
    words = ["--images", brought / "images", "--catalog", brought / "catalog.csv"]
    words += ["--representations", brought / "epoch_1.npy", "--no-positions"]
    words += ["--name", name, "--out", parent / "collections", *more]
    main([str(word) for word in words])
    return Collection.open(parent / "collections" / name)
