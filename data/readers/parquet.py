"""Parquet files read batch by batch, each row as the JSON object that it would be."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from replydesk.data.errors import FormatError
from replydesk.data.readers.base import Skipped, Source

__all__ = ["objects"]

_BATCH = 2000


def objects(source: Source) -> Iterator[tuple[str, dict[str, Any]] | Skipped]:
    """Yield the place and the object of every row: times as ISO 8601, empty cells and NaN as None, maps as objects.

    Raises :class:`FormatError` when the file cannot be opened; what breaks behind its beginning is skipped.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(source.local())
    except (pa.ArrowException, OSError) as error:
        raise FormatError(
            f"The Parquet file cannot be opened ({_brief(error)}).",
            where=source.name,
            hint="Write or download it again.",
        ) from error
    number = 0
    with file:
        maps = {field.name for field in file.schema_arrow if pa.types.is_map(field.type)}
        try:
            for batch in file.iter_batches(batch_size=_BATCH):
                for row in _coarser(batch).to_pylist():
                    number += 1
                    yield f"{source.name}:{number}", {key: _json(value, key in maps) for key, value in row.items()}
        except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
            yield Skipped(f"{source.name}:{number + 1}", f"the file cannot be read from here on ({_brief(error)})")


def _coarser(batch: Any) -> Any:
    import pyarrow as pa

    # Python's times end at microseconds, and Arrow refuses to cut off the rest unasked.
    for position, field in enumerate(batch.schema):
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
            coarse = batch.column(position).cast(pa.timestamp("us", field.type.tz), safe=False)
            batch = batch.set_column(position, field.name, coarse)
    return batch


def _json(value: Any, is_map: bool = False) -> Any:
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, Mapping):
        return {str(key): _json(part) for key, part in value.items()}
    if is_map:
        return {str(key): _json(part) for key, part in value}
    if isinstance(value, (list, tuple)):
        return [_json(part) for part in value]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.total_seconds() if isinstance(value, timedelta) else str(value)


def _brief(error: Exception) -> str:
    return str(error).split("\n", 1)[0].rstrip(".")[:200]
