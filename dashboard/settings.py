"""Settings: one table, read once from the environment and the command line."""

import argparse
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from models.errors import BadInput

PREFIX = "MORPHOSPACE_"
DATA_FOLDER = Path(__file__).parents[1] / "data"


def _setting(default: object, help: str) -> object:
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True)
class Settings:
    """What can be set. A field here is a flag of `app.py` and a variable of the environment."""

    host: str = _setting("127.0.0.1", "address to listen on; 0.0.0.0 for every interface")
    port: int = _setting(8050, "port to listen on")
    collection: str = _setting("demo", "name of the collection to show, or a path to its folder")
    collections: str = _setting(
        os.pathsep.join([str(DATA_FOLDER / "collections"), "/collections"]),
        f"folders that hold collections, separated by '{os.pathsep}'; the first with the name wins",
    )
    cache: str = _setting(
        "files", "where measured curves are kept: files (shared by workers), memory or none"
    )
    cache_folder: str = _setting(
        str(DATA_FOLDER.parent / "cache"), "folder of the cache, when it is kept in files"
    )
    kept: str = _setting(
        "", "folder of named selections and links; beside the collection where none is given"
    )
    open: bool = _setting(False, "open the page in a browser once the server listens")

    def __post_init__(self) -> None:
        if not 0 < self.port < 65536:
            raise BadInput(f"The port must be between 1 and 65535, not {self.port}.")
        if self.cache not in ("files", "memory", "none"):
            raise BadInput(f"The cache must be files, memory or none, not '{self.cache}'.")

    @property
    def folders(self) -> list[Path]:
        """Folders searched for collections, in order."""
        return [Path(folder) for folder in self.collections.split(os.pathsep) if folder]


def read_settings(
    arguments: Sequence[str] = (), environment: Mapping[str, str] = os.environ
) -> Settings:
    """Settings from flags, else from the environment, else the defaults.

    Raises BadInput where a value is not of the setting's type.
    """
    parser = argparse.ArgumentParser(
        prog="app.py",
        description="Explore what a network has learnt about galaxies.",
        epilog=f"Each setting is also read from the environment, as {PREFIX}PORT and so on.",
    )
    for setting in fields(Settings):
        flag = "--" + setting.name.replace("_", "-")
        shown = f"{setting.metadata['help']} (default: {setting.default})".replace("%", "%%")
        if setting.type is bool:
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, help=shown)
        else:
            parser.add_argument(flag, metavar=setting.type.__name__.upper(), help=shown)
    given = vars(parser.parse_args(list(arguments)))
    texts = {
        setting.name: given[setting.name]
        if given[setting.name] is not None
        else environment.get(PREFIX + setting.name.upper())
        for setting in fields(Settings)
    }
    return Settings(
        **{
            setting.name: _typed(setting.name, setting.type, texts[setting.name])
            for setting in fields(Settings)
            if texts[setting.name] is not None
        }
    )


def _typed(name: str, kind: type, text: object) -> object:
    """`text` as a value of the setting's type."""
    if isinstance(text, bool) or kind is str:
        return text
    if kind is bool and str(text).lower() in ("1", "true", "yes", "on"):
        return True
    if kind is bool and str(text).lower() in ("0", "false", "no", "off", ""):
        return False
    try:
        return {int: int}[kind](text)
    except (KeyError, ValueError):
        raise BadInput(
            f"The setting {name} must be of type {kind.__name__}, not '{text}'."
        ) from None
