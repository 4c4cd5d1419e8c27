import numpy as np

from data.simulated.field import draw_field, star_colors
from data.simulated.light import Frame


def test_a_wider_field_has_more_in_it():
    def light(width):
        frame = Frame.around(width, 48)
        fields = [draw_field(frame, np.random.default_rng(seed))[1].sum() for seed in range(30)]
        return np.median(fields)

    assert light(90) > 2 * light(30)


def test_fields_are_light_and_finite():
    for seed in range(30):
        light = draw_field(Frame.around(40, 48), np.random.default_rng(seed))
        assert light.shape[0] == 3
        assert np.isfinite(light).all() and (light >= 0).all()


def test_stars_are_of_many_colors(rng):
    green_minus_red = np.array([-2.5 * np.log10(star_colors(rng)[0]) for _ in range(300)])
    assert (green_minus_red < 0.6).mean() > 0.3
    assert (green_minus_red > 1.1).mean() > 0.2
