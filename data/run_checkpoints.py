"""The checkpoints of training runs that are to encode the images, each under a name of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data import format
from models.checkpoints import Checkpoint, list_checkpoints
from models.errors import BadInput


@dataclass(frozen=True)
class RunCheckpoint:
    """A checkpoint of a run, and what it is called in a collection.

    name : in the collection: that of its file; `<run>_<file>` where there are several runs
    run : name of the run's folder
    weights_folder : of the collection, that its weights are put in
    checkpoint : weights, and what is known of them
    """

    name: str
    run: str
    weights_folder: str
    checkpoint: Checkpoint

    @property
    def seed(self) -> int | None:
        """Seed of the run, None where it is not known."""
        return self.checkpoint.info.get("seed")

    def is_called(self, name: str) -> bool:
        """Whether a name means this checkpoint: in the collection, or in its own run."""
        return name in (self.name, self.checkpoint.name)


def run_checkpoints(
    runs: Sequence[Path], wanted: Sequence[str] | None = None
) -> list[RunCheckpoint]:
    """Checkpoints of some runs, run by run, each in training order.

    wanted : names, of a checkpoint of every run (`epoch_010`) or of one (`first_epoch_010`); None
        takes all. Raises BadInput for one that no run has, and for runs of the same name.
    """
    found = [each for run in runs for each in _checkpoints_of(Path(run), len(runs) > 1)]
    _check_names(runs, found)
    for name in wanted or ():
        if not any(each.is_called(name) for each in found):
            who = f"The run {runs[0]} has" if len(runs) == 1 else "The runs have"
            raise BadInput(
                f"{who} no checkpoint '{name}'; {'it has' if len(runs) == 1 else 'there are'} "
                f"{', '.join(each.name for each in found)}."
            )
    return [each for each in found if wanted is None or any(map(each.is_called, wanted))]


def _checkpoints_of(run: Path, is_one_of_many: bool) -> list[RunCheckpoint]:
    name = run.resolve().name
    folder = f"{format.WEIGHTS}/{name}" if is_one_of_many else format.WEIGHTS
    return [
        RunCheckpoint(
            f"{name}_{checkpoint.name}" if is_one_of_many else checkpoint.name,
            name,
            folder,
            checkpoint,
        )
        for checkpoint in list_checkpoints(run)
    ]


def _check_names(runs: Sequence[Path], found: Sequence[RunCheckpoint]) -> None:
    names = [Path(run).resolve().name for run in runs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadInput(
            f"Two of the runs are named '{twice}', after their folders; give one of the folders "
            "another name."
        )
    unfit = next((each for each in found if not format.is_name(each.name)), None)
    if unfit is not None:
        raise BadInput(
            f"'{unfit.name}' cannot name a checkpoint: {format.NAME_RULE}; give the folder of the "
            "run another name."
        )
