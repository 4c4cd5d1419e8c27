"""What the inspector knows of a picture: its channels, its scale, what is wrong with it."""

import numpy as np

from dashboard.cutout_pictures import channels_of, check_sound
from dashboard.sky_scale import COSMOLOGY, kpc_per_arcsec, sky_scale
from data.planes import planes_of
from data.store import Collection
from models.cutout_stretch import STRETCHES
from models.errors import BadInput
from models.fits_planes import Planes


def cutout_facts(collection: Collection, row: int) -> dict:
    """Facts of a galaxy's picture; where it is damaged, the reason and nothing else.

    width_arcsec : of the picture on the sky, None where the pixel scale is unknown
    kpc_per_arcsec : at the galaxy's redshift, None where that is unknown
    stretches : that can be chosen; none where it was fixed when the collection was built
    blank : channels without a value in any pixel
    """
    object_id = str(collection.catalog["object_id"].iat[row])
    facts = {"row": row, "object_id": object_id, "damage": ""}
    try:
        planes = planes_of(collection, row)
        if planes is None:
            check_sound(collection, row)
        scale = sky_scale(collection, row)
    except BadInput as error:
        return facts | {"damage": str(error)}
    return facts | {
        "channels": list(channels_of(planes)),
        "stretches": [] if planes is None else list(STRETCHES),
        "blank": [] if planes is None else _blank(planes),
        "undefined_share": 0.0 if planes is None else planes.undefined_share,
        "width_arcsec": None if scale is None else scale.width_arcsec,
        "scale_source": "" if scale is None else scale.source,
        "kpc_per_arcsec": kpc_per_arcsec(_redshift(collection, row)),
        "cosmology": COSMOLOGY,
    }


def _blank(planes: Planes) -> list[str]:
    is_blank = ~np.isfinite(planes.pixels).any(axis=(1, 2))
    return [band for band, blank in zip(planes.bands, is_blank, strict=True) if blank]


def _redshift(collection: Collection, row: int) -> float:
    if "redshift" not in collection.catalog:
        return float("nan")
    return float(collection.catalog["redshift"].iat[row])
