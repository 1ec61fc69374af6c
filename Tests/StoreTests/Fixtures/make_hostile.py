"""Writes hostile.h5 beside this script: data sets and links that a careful reader of others' files refuses.

Needs h5py and NumPy. What a name must be refused for is in HostileFileTests.swift.
"""

import pathlib
import zlib

import h5py
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent

with h5py.File(HERE / "hostile.h5", "w", libver=("earliest", "v110")) as file:
    file["good"] = np.arange(6, dtype=np.float32).reshape(2, 3)
    file["group/inside"] = np.arange(4, dtype=np.int64)
    file["group/\x1b[31mred\n"] = np.arange(2)

    # Links to other places.
    file["soft"] = h5py.SoftLink("/good")
    file["soft_group"] = h5py.SoftLink("/group")
    file["dangling"] = h5py.SoftLink("/nowhere")
    file["external"] = h5py.ExternalLink("hostile.h5", "/good")
    file["elsewhere"] = h5py.ExternalLink("/etc/passwd", "/")

    # Data in other files.
    file.create_dataset("storage", (4,), "u1", external=[("/etc/passwd", 0, 4)])
    layout = h5py.VirtualLayout((2, 3), "f4")
    layout[...] = h5py.VirtualSource("hostile.h5", "good", (2, 3))
    file.create_virtual_dataset("virtual", layout)
    layout = h5py.VirtualLayout((2, 3), "f4", maxshape=(None, 3))
    source = h5py.VirtualSource("hostile.h5", "good", (2, 3), maxshape=(None, 3))
    layout[: h5py.h5s.UNLIMITED, :] = source[: h5py.h5s.UNLIMITED, :]
    file.create_virtual_dataset("virtual_unlimited", layout)

    # Extents far over the bytes stored.
    file.create_dataset("huge_contiguous", (1 << 40,), "f8")
    file.create_dataset("huge_chunked", (1 << 40,), "f8", chunks=(1 << 10,))
    file.create_dataset("huge_product", (1 << 31, 1 << 31, 1 << 31), "f8", chunks=(8, 8, 8))
    sparse = file.create_dataset("huge_sparse", (1 << 40,), "f8", chunks=(1 << 10,), compression="gzip")
    sparse[:10] = 1
    chunk = file.create_dataset("huge_chunk", (16,), "u1", chunks=(1 << 28,), maxshape=(None,), compression="gzip")
    chunk.id.write_direct_chunk((0,), zlib.compress(bytes(16)))

    # Types that are no numbers.
    file["compound"] = np.zeros(3, dtype=[("a", "f4"), ("b", "i4")])
    file["fixed_text"] = np.array([b"one", b"two"])
    file["text"] = np.array(["one", "two"], dtype=h5py.string_dtype())
    ragged = file.create_dataset("ragged", (2,), h5py.vlen_dtype(np.int32))
    ragged[0] = [1, 2]
    file["truth"] = np.array([True, False])
    file["reference"] = np.array([file["good"].ref], dtype=h5py.ref_dtype)
    file.create_dataset("empty", data=h5py.Empty("f4"))
    file["large_integer"] = np.array([1, 2**64 - 1], dtype=np.uint64)

    # A filter that is not one of HDF5's own.
    file.create_dataset("filtered", data=np.zeros(100), chunks=(100,), compression="lzf")

    # Groups without end.
    deep = file.create_group("deep")
    deep["self"] = deep
    for _ in range(40):
        deep = deep.create_group("deeper")
    deep["bottom"] = np.arange(3)
