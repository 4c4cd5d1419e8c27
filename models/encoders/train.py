"""Train an encoder with BYOL: `python -m models.encoders.train --images FILE --run DIR`."""

import math
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from models import errors
from models.checkpoints import save_checkpoint
from models.encoders.augmentations import Views, random_view
from models.encoders.byol import BYOL, decorrelation, target_momentum
from models.encoders.encoder import Design, as_seen, choose_device, design_as_info, encode_grey
from models.encoders.galaxies import Galaxies, load_galaxies
from models.encoders.monitor import pixel_components, warning, watch
from models.encoders.normalisation import normalised
from models.encoders.run import append_log, load_state, open_run, save_state, trim_log
from models.encoders.settings import Settings, read_arguments, settings_from

WARM_UP = 0.05  # share of the steps over which the learning rate rises
WEIGHT_DECAY = 1e-4  # on matrices and kernels only
PIXEL_COMPONENTS = 64
PIXEL_GALAXIES = 4000
SETTLING_BATCHES = 40


def train(images: Path, run: Path, settings: Settings, labels_from: Path | None = None) -> None:
    """Train from scratch, or go on from where the run in folder `run` was left."""
    choose_device(settings.device)  # refused before anything is written
    design = Design(width=settings.width, size=settings.size)
    galaxies = load_galaxies(images, design, settings.seed, labels_from)
    training = Training(settings, design, galaxies, run)
    open_run(run, training.decisions, galaxies.provenance)
    training.start_or_resume()
    n_steps = settings.epochs * training.steps_per_epoch
    done = training.epoch * training.steps_per_epoch
    # A log file wants few lines, a terminal a moving bar.
    pace = 0.2 if sys.stderr.isatty() else 30.0
    with tqdm(total=n_steps, initial=done, unit="step", mininterval=pace) as bar:
        while training.epoch < settings.epochs:
            training.run_epoch(bar)


class Training:
    """One run in progress: networks, optimizer, galaxies, and the folder it is kept in."""

    def __init__(self, settings: Settings, design: Design, galaxies: Galaxies, run: Path) -> None:
        self.settings, self.galaxies, self.run = settings, galaxies, run
        self.device = choose_device(settings.device)
        torch.manual_seed(settings.seed)
        self.byol = BYOL(design).to(self.device, memory_format=torch.channels_last)
        self.optimizer = make_optimizer(self.byol)
        self.views = Views(noise=(0.0, settings.noise))
        self.batch_size = min(settings.batch_size, len(galaxies.train))
        self.steps_per_epoch = len(galaxies.train) // self.batch_size
        self.epoch = 0
        # With the same decisions and images, the weights are the same.
        self.decisions = {**asdict(settings), "design": asdict(design), "views": asdict(self.views)}

    def start_or_resume(self) -> None:
        """Load the last state; in a new run, record baseline and untrained network instead."""
        epoch = load_state(self.run, self.byol, self.optimizer)
        trim_log(self.run, epoch)
        if epoch is not None:
            self.epoch = epoch
            return
        self._settle_norms()
        append_log(self.run, {"training_epoch": 0, "baseline": "PCA of pixels", **self._baseline()})
        self._finish_epoch(loss=math.nan, seconds=math.nan)

    def run_epoch(self, bar: tqdm) -> None:
        """Every training galaxy once, in an order of this epoch's own; then keep and judge."""
        self.epoch += 1
        start, losses = time.monotonic(), []
        self.byol.train()
        order = torch.randperm(len(self.galaxies.train), generator=self._rng("cpu", 0))
        for step in range(self.steps_per_epoch):
            rows = order[step * self.batch_size : (step + 1) * self.batch_size]
            losses.append(self._step(self.galaxies.train[rows], step))
            seen = self.batch_size * len(losses) / (time.monotonic() - start)
            bar.set_postfix_str(f"loss {losses[-1]:.3f}, {seen:.0f} images/s", refresh=False)
            bar.update()
        self._finish_epoch(float(np.mean(losses)), time.monotonic() - start)

    @torch.no_grad()
    def _settle_norms(self) -> None:
        """Let the batch norms of the untrained network see galaxies; no weight changes.

        Untrained means random weights, not averages of nothing: a fair rival has both.
        """
        self.byol.train()
        rows = torch.randperm(len(self.galaxies.train), generator=self._rng("cpu", 0))
        for step, batch in enumerate(rows.split(self.batch_size)[:SETTLING_BATCHES]):
            view, _ = self._two_views(self.galaxies.train[batch], self._rng(self.device, step + 1))
            self.byol.online(view)

    def _two_views(
        self, grey: torch.Tensor, rng: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        x = normalised(grey.to(self.device), self.byol.online.design.normalisation)
        return random_view(x, self.views, rng), random_view(x, self.views, rng)

    def _step(self, grey: torch.Tensor, step: int) -> float:
        """One batch: two views, loss, gradient, and the target's small step after."""
        done = (self.epoch - 1) * self.steps_per_epoch + step
        n_steps = self.settings.epochs * self.steps_per_epoch
        for group in self.optimizer.param_groups:
            group["lr"] = self.settings.learning_rate * rate_at(done, n_steps)
        views = self._two_views(grey, self._rng(self.device, step + 1))
        # bfloat16 doubles the speed of convolutions on a GPU and on recent CPUs alike.
        with torch.autocast(self.device.type, torch.bfloat16):
            loss, representations = self.byol(*views)
        penalty = self.settings.decorrelation * decorrelation(representations)
        self.optimizer.zero_grad()
        (loss + penalty).backward()
        self.optimizer.step()
        self.byol.update_target(target_momentum(done, n_steps, self.settings.momentum))
        return loss.item()

    def _finish_epoch(self, loss: float, seconds: float) -> None:
        """Judge, then write checkpoint, log and state, in this order: the state comes last."""
        line = {"training_epoch": self.epoch, "step": self.epoch * self.steps_per_epoch}
        line |= {"loss": loss, "seconds": seconds, **self._watch(self._representations())}
        if sentence := warning(line):
            line["warning"] = sentence
            tqdm.write(f"warning: epoch {self.epoch}: {sentence}", file=sys.stderr)
        if self.epoch in self.settings.checkpoints:
            weights = {name: t.cpu().numpy() for name, t in self.byol.online.state_dict().items()}
            save_checkpoint(self.run / "checkpoints", weights, self._info(line))
        append_log(self.run, line)
        save_state(self.run, self.byol, self.optimizer, self.epoch)

    def _representations(self) -> np.ndarray:
        """Representations of the held-out galaxies by the online encoder."""
        encoder, batches = self.byol.online, self.galaxies.held_out.split(256)
        return encode_grey(encoder, batches, device=self.device)

    def _baseline(self) -> dict:
        """The monitor on principal components of pixels, normalised as for the encoder."""
        design = self.byol.online.design
        train, held_out = (
            as_seen(grey, design).flatten(1).numpy()
            for grey in (self.galaxies.train[:PIXEL_GALAXIES], self.galaxies.held_out)
        )
        return self._watch(pixel_components(train, held_out, PIXEL_COMPONENTS))

    def _watch(self, representations: np.ndarray) -> dict:
        n_threads = torch.get_num_threads()
        measured = watch(representations, self.galaxies.labels, self.settings.seed)
        # Counting pairs sets the thread number of the OpenMP that torch shares.
        torch.set_num_threads(n_threads)
        return measured

    def _info(self, line: dict) -> dict:
        """What is written beside a checkpoint's weights."""
        metrics = {k: v for k, v in line.items() if k not in ("training_epoch", "step", "loss")}
        return {
            "training_epoch": self.epoch,
            "step": line["step"],
            "loss": line["loss"],
            **design_as_info(self.byol.online.design),
            "method": "BYOL",
            "seed": self.settings.seed,
            "images": self.galaxies.provenance,
            "decisions": self.decisions,
            "metrics": metrics,
        }

    def _rng(self, device: torch.device | str, step: int) -> torch.Generator:
        """Generator of this step's own: a continued run draws what an unbroken one would."""
        words = np.random.SeedSequence([self.settings.seed, self.epoch, step]).generate_state(2)
        return torch.Generator(device).manual_seed(int(words[0]) << 31 ^ int(words[1]))


def make_optimizer(byol: BYOL) -> torch.optim.Optimizer:
    """AdamW, whose decay spares biases and batch norms, as the paper's does (section 3.2)."""
    parameters = [p for p in byol.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": WEIGHT_DECAY},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups)


def rate_at(step: int, n_steps: int) -> float:
    """Share of the learning rate: a linear warm-up, then a cosine to 0 (section 3.2)."""
    n_warm = max(1, round(WARM_UP * n_steps))
    if step < n_warm:
        return (step + 1) / n_warm
    return (1 + math.cos(math.pi * (step - n_warm) / max(1, n_steps - n_warm))) / 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    with errors.reported():
        given = read_arguments(arguments)
        train(given.images, given.run, settings_from(given), given.labels_from)


if __name__ == "__main__":
    main()
