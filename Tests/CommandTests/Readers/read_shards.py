"""Opens every shard of a results folder with h5py and with xarray on both engines, and prints what they read as JSON.

Fails where they differ or a file does not follow the conventions it declares."""
import json
import pathlib
import sys

import h5py
import numpy as np
import xarray



def text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


rows = {}
for shard in sorted(pathlib.Path(sys.argv[1]).glob("shards/*.h5")):
    with h5py.File(shard, "r") as file:
        assert text(file.attrs["Conventions"]) == "CF-1.11"
        for name, data in file.items():
            if text(data.attrs.get("NAME", "")).startswith("This is a netCDF dimension but not a netCDF variable"):
                continue
            assert "long_name" in data.attrs, name
            # Text and categories have no units.
            said = {"units", "flag_values", "flag_masks"} & set(data.attrs)
            assert data.dtype.kind not in "fiu" or said, name
            if not data.is_scale:
                assert all(len(dimension) == 1 for dimension in data.dims), f"{name} lacks a dimension scale"
        raw = {
            name: data[...]
            for name, data in file.items()
            if data.dtype.kind in "fiu" and not name.startswith("parameter_")
        }
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
                    "losses": [float(value) for value in data["val_loss"].values[row] if value == value],
                    "kept": [float(value) for value in data["keep_probability"].values[row]],
                    "dropped": [float(value) for value in data["dropout_rate"].values[row]],
                    "seed": int(data["seed"].values[row]),
                }
            for name in data.variables:
                if name.startswith("weights_best_") and not name.endswith("_run"):
                    layout = json.loads(next(v for v in data[name].attrs.values() if str(v).startswith(("[", "{"))))
                    assert layout, name
                    for index, row in enumerate(data[name + "_run"].values):
                        rows[identities[row]]["weights"] = [float(value) for value in data[name].values[index]]
print(json.dumps(rows))
