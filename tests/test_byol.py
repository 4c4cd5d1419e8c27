import math

import pytest
import torch

from models.encoders.byol import (
    BYOL,
    decorrelation,
    regression_loss,
    symmetric_loss,
    target_momentum,
)
from models.encoders.encoder import Design

TINY = Design(width=4, size=16, projection=6, hidden=8)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def views(n=8, seed=0):
    return torch.randn(2, n, 1, 16, 16, generator=seeded(seed))


def test_the_loss_is_the_papers_equation_2():
    # || q / |q| - z / |z| ||^2, written out number by number
    q, z = torch.randn(2, 5, 7, generator=seeded())
    for i, loss in enumerate(regression_loss(q, z).tolist()):
        q_norm = math.sqrt(sum(a * a for a in q[i].tolist()))
        z_norm = math.sqrt(sum(a * a for a in z[i].tolist()))
        pairs = zip(q[i].tolist(), z[i].tolist(), strict=True)
        assert loss == pytest.approx(
            sum((a / q_norm - b / z_norm) ** 2 for a, b in pairs), abs=1e-5
        )


def test_each_view_predicts_the_other():
    first, second, target_first, target_second = torch.randn(4, 5, 7, generator=seeded())
    both = symmetric_loss(torch.cat([first, second]), torch.cat([target_first, target_second]))
    one = regression_loss(first, target_second).mean()
    other = regression_loss(second, target_first).mean()
    assert both.item() == pytest.approx((one + other).item(), abs=1e-6)


def test_the_loss_runs_from_0_to_8():
    z = torch.randn(6, 7, generator=seeded())
    same = torch.cat([z[:3], z[:3]])
    assert symmetric_loss(3 * same, same).item() == pytest.approx(0, abs=1e-5)
    assert symmetric_loss(-same, same).item() == pytest.approx(8, abs=1e-5)


def test_the_target_gets_no_gradient():
    byol = BYOL(TINY)
    loss, _ = byol(*views())
    loss.backward()
    assert all(weight.grad is None for weight in byol.target.parameters())
    trained = [*byol.online.parameters(), *byol.predictor.parameters()]
    assert all(weight.grad is not None for weight in trained)


def test_the_target_starts_as_the_online_network_and_lags_behind():
    byol = BYOL(TINY)
    for slow, fast in zip(byol.target.parameters(), byol.online.parameters(), strict=True):
        assert torch.equal(slow, fast)
        fast.data += 1
    before = [weight.clone() for weight in byol.target.parameters()]
    byol.update_target(0.9)
    for old, new in zip(before, byol.target.parameters(), strict=True):
        torch.testing.assert_close(new, old + 0.1)


def test_momentum_rises_from_its_base_to_one():
    assert target_momentum(0, 100, 0.99) == pytest.approx(0.99)
    assert target_momentum(50, 100, 0.99) == pytest.approx(0.995)
    assert target_momentum(100, 100, 0.99) == pytest.approx(1)
    steps = [target_momentum(step, 100, 0.99) for step in range(101)]
    assert steps == sorted(steps)


def test_decorrelation_is_the_sum_of_squared_correlations():
    z = torch.randn(50, 4, generator=seeded()) @ torch.randn(4, 4, generator=seeded(1))
    correlations = torch.corrcoef(z.T)
    expected = sum(correlations[i, j] ** 2 for i in range(4) for j in range(4) if i != j) / 4
    assert decorrelation(z).item() == pytest.approx(expected.item(), rel=1e-3)
    assert decorrelation(100 * z + 3).item() == pytest.approx(expected.item(), rel=1e-3)
