"""Build: all that the stages of one build share."""

from dataclasses import dataclass
from pathlib import Path

from data import format
from data.inputs import Galaxies, Inputs
from data.parameters import Parameters
from data.stages import Done, Stages


@dataclass(frozen=True)
class Build:
    """One build in progress: how, and where its files are so far."""

    stages: Stages
    parameters: Parameters

    @property
    def folder(self) -> Path:
        """Folder of the collection in the making."""
        return self.stages.folder


@dataclass(frozen=True)
class NewBuild(Build):
    """A build from the beginning: what from, too."""

    inputs: Inputs
    galaxies: Galaxies


@dataclass(frozen=True)
class Stored:
    """A checkpoint whose representations are stored.

    info : what is known of it, for checkpoint.json
    done : the stage that stored it
    """

    name: str
    info: dict
    done: Done

    def file(self, name: str) -> str:
        """Path of one of its files, inside the collection."""
        return f"{format.CHECKPOINTS}/{self.name}/{name}"
