"""Opens every shard of a results folder with h5py and with xarray on both engines, and prints what they read as JSON.

Fails where they differ or a file does not follow the conventions it declares."""
import json
import pathlib
import sys

import h5py
import numpy as np
import xarray

rows = {}
for shard in sorted(pathlib.Path(sys.argv[1]).glob("shards/*.h5")):
    with h5py.File(shard, "r") as file:
        conventions = file.attrs["Conventions"]
        assert (conventions.decode() if isinstance(conventions, bytes) else conventions) == "CF-1.11", conventions
        for name, data in file.items():
            assert "long_name" in data.attrs and "units" in data.attrs, name
            if not data.is_scale:
                assert all(len(dimension) == 1 for dimension in data.dims), f"{name} lacks a dimension scale"
        raw = {name: data[...] for name, data in file.items() if data.dtype.kind in "fiu"}
        identities = [identity.decode() for identity in file["run_id"][...]]
    for engine in ("h5netcdf", "netcdf4"):
        with xarray.open_dataset(shard, engine=engine) as data:
            assert list(data["run_id"].values) == identities, engine
            for name, values in raw.items():
                read = data[name].values
                same = np.array_equal(np.asarray(values, float), np.asarray(read, float), equal_nan=True)
                assert same or "_FillValue" in data[name].encoding, (engine, name)
            for row, identity in enumerate(identities):
                rows[identity] = {
                    "val_loss": [float(value) for value in data["val_loss"].values[row] if value == value],
                    "keep_probability": [float(value) for value in data["keep_probability"].values[row]],
                    "dropout_rate": [float(value) for value in data["dropout_rate"].values[row]],
                    "seed": int(data["seed"].values[row]),
                }
            for name in data.variables:
                if name.startswith("weights_best_") and not name.endswith("_run"):
                    layout = json.loads(next(v for v in data[name].attrs.values() if str(v).startswith(("[", "{"))))
                    assert layout, name
                    for index, row in enumerate(data[name + "_run"].values):
                        rows[identities[row]]["weights"] = [float(value) for value in data[name].values[index]]
print(json.dumps(rows))
