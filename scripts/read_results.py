"""Reads the results of a sweep with h5py and NumPy alone: python3 scripts/read_results.py results/NAME [rows]

Prints the runs with the lowest validation loss at their best epoch. `load` is meant to be copied."""
import pathlib
import sys

import h5py
import numpy as np


def load(results):
    """Columns of all shards by name: one entry a run. Categories are given as text, traces as runs × epochs."""
    shards = sorted(pathlib.Path(results).glob("shards/*.h5"))
    if not shards:
        raise SystemExit(f"{results}: no shards; is this the folder of a sweep?")
    tables = [columns(shard) for shard in shards]
    names = sorted(set.intersection(*(set(table) for table in tables)))
    return {name: stacked([table[name] for table in tables]) for name in names}


def columns(shard):
    table = {}
    with h5py.File(shard, "r") as file:
        for name, data in file.items():
            # Along `run`: not by length, which epochs or layers may share.
            if data.ndim == 0 or len(data.dims[0]) == 0 or data.dims[0][0].name != "/run":
                continue
            values = data.asstr()[...] if h5py.check_string_dtype(data.dtype) else data[...]
            # Sets of flags (`flag_masks`) stay numbers.
            if "flag_values" in data.attrs:
                meanings = dict(zip(np.ravel(data.attrs["flag_values"]), text(data.attrs["flag_meanings"]).split()))
                texts = [meanings.get(value, "") for value in np.ravel(values)]
                values = np.array(texts, dtype=object).reshape(values.shape)
            table[name] = values
    return table


def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def stacked(parts):
    """Joined along runs; shorter traces are padded with NaN, lists of probes as well."""
    shape = [max(lengths) for lengths in zip(*(part.shape[1:] for part in parts))]
    # Without need nothing is padded: what is no float could not take a NaN.
    if any(list(part.shape[1:]) != shape for part in parts):
        widths = [[(0, 0)] + [(0, full - length) for full, length in zip(shape, part.shape[1:])] for part in parts]
        parts = [np.pad(part.astype(object if part.dtype == object else float), width, constant_values=np.nan)
                 for part, width in zip(parts, widths)]
    return np.concatenate(parts)


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    runs = load(sys.argv[1])
    best = runs["val_loss_best"]
    order = np.argsort(np.where(np.isnan(best), np.inf, best), kind="stable")
    print(f"{len(best)} runs")
    print(f"{'run':12} {'val_loss_best':>13} {'optimizer':>16} {'learning_rate':>13} {'keep_probability':>18}")
    for row in order[: int(sys.argv[2]) if len(sys.argv) > 2 else 5]:
        keep = " ".join(f"{value:g}" for value in runs["keep_probability"][row] if value == value)
        print(
            f"{runs['run_id'][row][:10]:12} {best[row]:13.6f} {runs['optimizer'][row]:>16} "
            f"{runs['learning_rate'][row]:13g} {keep:>18}"
        )


if __name__ == "__main__":
    main()
