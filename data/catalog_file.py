"""Reading the catalog of a collection, as far as memory goes for very many galaxies."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


def read_catalog(path: Path) -> pd.DataFrame:
    """The catalog as a table, what is read on the way let go."""
    # A column after the other: reading all at once leaves as much again behind in the pool of
    # memory as the table takes.
    names = pq.read_schema(path).names
    columns = {name: pd.read_parquet(path, columns=[name], use_threads=False) for name in names}
    catalog = pd.concat(columns.values(), axis=1)
    pa.default_memory_pool().release_unused()
    return catalog
