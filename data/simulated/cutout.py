"""One galaxy of the survey, drawn."""

from dataclasses import dataclass

import numpy as np

from data.simulated.anomalies import Host, planted
from data.simulated.catalog import ANOMALY, FIELD, LIGHT, NIGHT, Facts, Survey
from data.simulated.field import draw_field
from data.simulated.galaxies import CLASSES
from data.simulated.light import Frame, half_light_radius
from data.simulated.optics import Conditions, add_noise, blur, signal_to_noise, to_rgb
from data.simulated.photometry import paint

FINEST_PX = 96  # light is drawn on at least so many pixels across; small pictures average them


@dataclass(frozen=True)
class Cutout:
    """A picture and what is true of it: (size, size, 3) uint8, and measurements without noise."""

    facts: Facts
    pixels: np.ndarray
    pxscale: float
    radius_arcsec: float
    axis_ratio: float
    signal_to_noise: float


def draw(survey: Survey, row: int) -> Cutout:
    """The galaxy of a row as the survey's camera sees it."""
    facts, night = survey.facts(row), survey.rng(row, NIGHT)
    frame = Frame.around(facts.width_arcsec, survey.size * -(-FINEST_PX // survey.size))
    galaxy = CLASSES[facts.label][2](frame, facts.radius_arcsec, survey.rng(row, LIGHT))
    light = paint(galaxy.layers, galaxy.depth, facts.magnitude, facts.redshift)
    radius = half_light_radius(frame, light[1])
    conditions = Conditions.draw(night)

    light += draw_field(frame, survey.rng(row, FIELD))
    if facts.anomaly:
        host = Host(
            radius_arcsec=facts.radius_arcsec,
            magnitude=facts.magnitude,
            redshift=facts.redshift,
            axis_ratio=galaxy.axis_ratio,
            angle=galaxy.angle,
            seeing_arcsec=conditions.seeing_arcsec,
        )
        light += planted(facts.anomaly, frame, host, survey.rng(row, ANOMALY))
    seen = _binned(frame.inside(blur(light, frame.pixel_arcsec, conditions)), survey.size)
    pxscale = facts.width_arcsec / survey.size
    return Cutout(
        facts=facts,
        pixels=to_rgb(add_noise(seen, pxscale, night)),
        pxscale=pxscale,
        radius_arcsec=radius,
        axis_ratio=galaxy.axis_ratio,
        signal_to_noise=signal_to_noise(facts.magnitude, radius),
    )


def _binned(light: np.ndarray, size: int) -> np.ndarray:
    """Sums of square groups of pixels, so that (3, k * size, k * size) becomes (3, size, size)."""
    factor = light.shape[-1] // size
    return light.reshape(3, size, factor, size, factor).sum(axis=(2, 4))
