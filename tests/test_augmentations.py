import pytest
import torch

from models.encoders.augmentations import Views, blurred, random_maps, random_view
from models.encoders.normalisation import stretched

STILL = Views(
    zoom=(1.0, 1.0), shift=0.0, blur=0.0, noise=(0.0, 0.0), gain=1.0, softening=(3.0, 3.0)
)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def bar(size=33):
    """A bright bar from the centre to the right: it shows how it has been turned."""
    x = torch.zeros(1, 1, size, size)
    x[..., size // 2, size // 2 : size - 6] = 1
    return x


def test_geometry_alone_is_a_rotation_or_a_mirror_image():
    maps = random_maps(200, STILL, seeded())
    turn, shift = maps[..., :2], maps[..., 2]
    torch.testing.assert_close(turn @ turn.mT, torch.eye(2).expand(200, 2, 2))
    assert set(torch.linalg.det(turn).round().tolist()) == {-1.0, 1.0}
    assert shift.abs().max() == 0


def test_every_angle_is_as_likely():
    turn = random_maps(4000, STILL, seeded())[..., :2]
    angle = torch.atan2(turn[:, 0, 1], turn[:, 1, 1])
    quarters = torch.histc(angle, bins=4, min=-torch.pi, max=torch.pi)
    assert quarters.min() > 850


def test_a_view_turns_the_galaxy_about_its_centre():
    linear = Views(**{**vars(STILL), "softening": (1e-2, 1e-2)})
    x = blurred(bar()).expand(16, -1, -1, -1)
    seen = random_view(x, linear, seeded())
    torch.testing.assert_close(seen.sum((1, 2, 3)), x.sum((1, 2, 3)), rtol=0.1, atol=0)
    torch.testing.assert_close(seen[..., 16, 16], x[..., 16, 16], rtol=0.1, atol=0)
    assert len({round(view[0, 16, 21].item(), 2) for view in seen}) > 4


def test_zoom_is_the_size_on_the_sky():
    disc = (torch.cartesian_prod(*2 * [torch.linspace(-1, 1, 65)]).norm(dim=1) < 0.3).float()
    disc = disc.view(1, 1, 65, 65)
    rule = Views(**{**vars(STILL), "zoom": (2.0, 2.0)})
    grown = random_view(disc, rule, seeded()).sum() / disc.sum()
    assert grown.item() == pytest.approx(4, rel=0.05)


def test_shift_stays_within_its_range():
    rule = Views(**{**vars(STILL), "shift": 0.1})
    shifts = random_maps(500, rule, seeded())[..., 2]
    assert 0.19 < shifts.abs().max() <= 0.2  # -1 to 1 is one side, so 0.1 of it is 0.2


def test_noise_has_the_size_asked_for():
    rule = Views(**{**vars(STILL), "noise": (0.1, 0.1), "softening": (1e-3, 1e-3)})
    seen = random_view(torch.zeros(8, 1, 32, 32), rule, seeded())
    assert seen.std().item() == pytest.approx(0.1, rel=0.03)


def test_blur_keeps_the_light_and_spreads_it():
    point = torch.zeros(1, 1, 21, 21)
    point[..., 10, 10] = 1
    spread = blurred(point)
    assert spread.sum().item() == pytest.approx(1, abs=1e-5)
    offsets = torch.arange(21.0) - 10
    assert (spread[0, 0].sum(0) * offsets**2).sum().item() == pytest.approx(1.2**2, rel=0.05)


def test_gain_and_softening_differ_between_galaxies():
    x = torch.full((6, 1, 8, 8), 0.5)
    gain = random_view(x, Views(**{**vars(STILL), "gain": 1.5}), seeded())[:, 0, 0, 0]
    soft = random_view(x, Views(**{**vars(STILL), "softening": (1.0, 9.0)}), seeded())[:, 0, 0, 0]
    assert len(set(gain.tolist())) == len(set(soft.tolist())) == 6


def test_one_seed_gives_one_view():
    x = torch.rand(4, 1, 16, 16, generator=seeded())
    first, same, other = (random_view(x, Views(), seeded(seed)) for seed in (5, 5, 6))
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


def test_the_stretch_keeps_sky_and_bright_level():
    ends = torch.tensor([0.0, 1.0])
    torch.testing.assert_close(stretched(ends, 5.0), ends)
    x = torch.linspace(-2, 30, 50)
    torch.testing.assert_close(
        stretched(x, 3.0), torch.asinh(3 * x) / torch.asinh(torch.tensor(3.0)), rtol=1e-5, atol=1e-6
    )
