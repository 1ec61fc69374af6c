"""Prints the dimensions of every variable of a file of results that probes of the curvature wrote, as JSON.

Dimension scales are read by HDF5's own calls (h5py) and must be what xarray makes of them on both engines.

usage: probe_dimensions.py FILE.h5"""
import json
import sys

import h5py
import numpy as np
import xarray

path = sys.argv[1]
dimensions = {}
with h5py.File(path) as file:
    for name, data in file.items():
        if h5py.h5ds.is_scale(data.id):
            continue
        scales = []
        for axis in range(data.ndim):
            assert h5py.h5ds.get_num_scales(data.id, axis) == 1, (name, axis)
            scale = data.dims[axis][0]
            assert h5py.h5ds.is_scale(scale.id) and h5py.h5ds.is_attached(data.id, scale.id, axis), (name, axis)
            assert len(scale) == data.shape[axis], (name, axis)
            scales.append(scale.name.removeprefix("/"))
        dimensions[name] = scales
    raw = {name: file[name][...] for name in dimensions if file[name].dtype.kind == "f"}
for engine in ("h5netcdf", "netcdf4"):
    with xarray.open_dataset(path, engine=engine) as data:
        for name, scales in dimensions.items():
            # Text of one length has its characters along a dimension of its own.
            assert list(data[name].dims) == scales, (engine, name, data[name].dims, scales)
        for name, values in raw.items():
            np.testing.assert_array_equal(data[name].values, values, err_msg=name)
print(json.dumps(dimensions))
