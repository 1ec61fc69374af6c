"""Prints the runs of a shard as JSON: dump_shard.py SHARD.

Read with h5py, and compared with what xarray reads through h5netcdf and through netCDF4: fails where they differ or where
the file does not follow its conventions.
"""

import json
import sys

import h5py
import netCDF4
import numpy as np
import xarray

path = sys.argv[1]


def plain(value):
    if isinstance(value, (np.ndarray, list)):
        return [plain(entry) for entry in value]
    if isinstance(value, bytes):
        return value.decode()
    value = value.item() if isinstance(value, np.generic) else value
    return repr(value) if isinstance(value, float) else value


def is_dimension_alone(data):
    return data.attrs.get("NAME", b"").startswith(b"This is a netCDF dimension but not a netCDF variable.")


columns = {}
attributes = {}
along = {}
with h5py.File(path) as file:
    assert file.attrs["Conventions"] == "CF-1.11"
    top = {name: plain(value) for name, value in file.attrs.items()}
    for name, data in file.items():
        assert isinstance(file.get(name, getlink=True), h5py.HardLink), name
        if is_dimension_alone(data):
            assert data.id.get_storage_size() == 0, name
            continue
        assert data.attrs["long_name"], name
        is_text = h5py.check_string_dtype(data.dtype) is not None
        assert is_text or "units" in data.attrs or {"flag_values", "flag_masks"} & set(data.attrs), name
        for axis, dimension in enumerate(data.dims):
            assert data.is_scale or (len(dimension) == 1 and dimension[0].shape == (data.shape[axis],)), name
        filters = {data.id.get_create_plist().get_filter(i)[0] for i in range(data.id.get_create_plist().get_nfilters())}
        assert filters <= {1, 2, 3}, (name, filters)
        if data.chunks:
            assert np.prod(data.chunks) * data.dtype.itemsize <= 1 << 20, name
        along[name] = [] if data.is_scale else [dimension[0].name.strip("/") for dimension in data.dims]
        columns[name] = data.asstr()[...] if is_text else data[...]
        attributes[name] = {key: data.attrs[key] for key in data.attrs if key not in ("DIMENSION_LIST", "REFERENCE_LIST")}

for engine in ("h5netcdf", "netcdf4"):
    with xarray.open_dataset(path, engine=engine) as dataset:
        assert set(dataset.variables) == set(columns), (engine, set(dataset.variables) ^ set(columns))
        for name, values in columns.items():
            read = dataset[name].values
            fill = attributes[name].get("_FillValue")
            if values.dtype.kind in "iu" and fill is not None:
                values = np.where(values == fill[0], np.nan, values.astype(read.dtype))
            if values.dtype.kind == "O":
                assert list(read) == list(values), (engine, name)
            else:
                assert np.array_equal(read, values, equal_nan=values.dtype.kind == "f"), (engine, name)

with netCDF4.Dataset(path) as dataset:
    assert set(dataset.variables) == set(columns)
    assert dataset.data_model == "NETCDF4"



def word(name, value):
    """The meaning of a category; None for none."""
    meanings = attributes[name]["flag_meanings"].split()
    assert list(attributes[name]["flag_values"]) == list(range(len(meanings))), name
    return meanings[value] if value >= 0 else None


def cell(name, value):
    if "flag_masks" in attributes[name]:
        pairs = zip(attributes[name]["flag_masks"], attributes[name]["flag_meanings"].split())
        return [meaning for mask, meaning in pairs if value & mask]
    if "flag_values" in attributes[name]:
        return [word(name, code) for code in value] if np.ndim(value) else word(name, value)
    return plain(value)


runs = {}
for row, identity in enumerate(columns["run_id"]):
    run = {}
    for name, values in columns.items():
        if along[name][:1] == ["run"] and "probe" not in along[name]:
            run[name] = cell(name, values[row])
    run["probes"] = []
    for probe in range(run.get("probe_count", 0)):
        probed = {}
        for name, values in columns.items():
            if along[name][:2] == ["run", "probe"]:
                probed[name] = cell(name, values[row, probe].ravel() if values.ndim > 2 else values[row, probe])
            if name.startswith("vector_") and name.endswith("_probe"):
                vector = name.removesuffix("_probe")
                for index, pair in enumerate(zip(columns[vector + "_run"], values)):
                    if pair == (row, probe):
                        probed[vector] = plain(columns[vector][index])
        run["probes"].append(probed)
    for name in columns:
        if name.startswith("weights_") and not name.endswith("_run"):
            rows = list(columns[name + "_run"])
            if row in rows:
                run[name] = plain(columns[name][rows.index(row)])
    runs[identity] = run
print(json.dumps({"attributes": top, "parameters": {
    name: json.loads(attributes[name]["parameters"]) for name in columns if "parameters" in attributes[name]
}, "runs": runs}))
