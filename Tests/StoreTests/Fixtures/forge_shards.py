"""Copies a shard and changes one thing in each copy: forge_shards.py SHARD FOLDER. Prints the names of the copies.

With a third argument, a prefix of their names, each gets a seal (docs/format.md, "Seal") that says that all is well.

What a program must say of each is in ForgedShardTests.swift."""

import pathlib
import re
import shutil
import struct
import sys
import zlib

import h5py
import numpy as np

shard, folder = sys.argv[1], pathlib.Path(sys.argv[2])
prefix = sys.argv[3] if len(sys.argv) > 3 else ""


def seal(path):
    content = path.read_bytes()
    trailer = struct.pack("<IQI", 0, len(content), zlib.crc32(content))
    path.write_bytes(content + trailer + struct.pack("<I", zlib.crc32(trailer)) + b"RVNSEAL1")


def replaced(name, values, **options):
    def forge(file):
        del file[name]
        file.create_dataset(name, data=values, **options)

    return forge


def linked(name, link):
    def forge(file):
        del file[name]
        file[name] = link

    return forge


def attribute(name, change):
    def forge(file):
        file.attrs[name] = change(file.attrs[name])

    return forge


def changed(name, row, value):
    def forge(file):
        file[name][row] = value

    return forge


def stored_elsewhere(file):
    del file["val_loss_final"]
    file.create_dataset("val_loss_final", file["run"].shape, "f8", external=[("/etc/passwd", 0, 1 << 10)])


strings = h5py.string_dtype()
runs = h5py.File(shard)["run"].shape[0]
forgeries = {
    "soft_link": linked("val_loss_final", h5py.SoftLink("/val_loss_best")),
    "external_link": linked("val_loss_final", h5py.ExternalLink("/etc/passwd", "/x")),
    "external_storage": stored_elsewhere,
    "missing": lambda file: file.__delitem__("val_loss_final"),
    "too_long": replaced("val_loss_final", np.zeros(runs + 1)),
    "matrix": replaced("val_loss_final", np.zeros((runs, 1))),
    "text_for_numbers": replaced("val_loss_final", np.array(["x"] * runs, dtype=object), dtype=strings),
    "numbers_for_text": replaced("run_id", np.zeros(runs)),
    "identity": replaced("run_id", np.array(["x" * 32] * runs, dtype=object), dtype=strings),
    "not_utf8": replaced("run_id", np.array([b"\xff" * 32] * runs, dtype=object), dtype=strings),
    "huge_run": replaced("run", None, shape=(1 << 40,), dtype="i4", chunks=(1 << 10,)),
    "layout": changed("hyperparameter_layout", 0, 1000),
    "negative_layout": changed("hyperparameter_layout", 0, -1),
    "category": attribute("hyperparameter_layouts", lambda text: re.sub(r":\d+", ":100", text, count=1)),
    "outcome": changed("outcome", 0, 9),
    "list_count": changed("keep_probability_count", 0, 1000),
    "negative_list_count": changed("keep_probability_count", 0, -1),
    "columns": attribute("hyperparameter_columns", lambda text: "\t\t\n" + text),
    "layouts": attribute("hyperparameter_layouts", lambda text: "0 1 2000\n" + text),
    "layout_of_nothing": attribute("hyperparameter_layouts", lambda text: ""),
    "format": attribute("format", lambda text: "ravine-shard-9"),
    "no_format": lambda file: file.attrs.__delitem__("format"),
    "numeric_format": attribute("format", lambda text: 7),
}
for name, forge in forgeries.items():
    copy = folder / f"{prefix}{name}.h5"
    shutil.copyfile(shard, copy)
    with h5py.File(copy, "r+") as file:
        forge(file)
    if prefix:
        seal(copy)
    print(prefix + name)
