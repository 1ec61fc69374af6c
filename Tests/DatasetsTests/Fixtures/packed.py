#!/usr/bin/env python3
"""Writes packed.h5, integers packed by the CF conventions, and packed.json, what xarray makes of them, beside this script.

Needs numpy, h5py, xarray and h5netcdf: scripts/python has them.
"""

import json
import pathlib

import h5py
import numpy as np
import xarray as xr

HERE = pathlib.Path(__file__).resolve().parent

with h5py.File(HERE / "packed.h5", "w") as file:
    sample = file.create_dataset("temperature", data=np.arange(18, dtype="i2").reshape(6, 3) * 100 - 700)
    sample.attrs["scale_factor"] = np.float64(0.01)
    sample.attrs["add_offset"] = np.array([273.15])
    sample.attrs["_FillValue"] = np.array([-9999], dtype="i2")
    holes = file.create_dataset("holes", data=np.arange(18, dtype="u1").reshape(6, 3))
    holes.attrs["_FillValue"] = np.uint8(7)
    gone = file.create_dataset("gone", data=np.arange(18, dtype="f4").reshape(6, 3))
    gone.attrs["missing_value"] = np.float32(11)
    odd = file.create_dataset("odd", data=np.arange(18, dtype="f4").reshape(6, 3))
    odd.attrs["scale_factor"] = np.array([1.0, 2.0])
    nothing = file.create_dataset("nothing", data=np.arange(18, dtype="f4").reshape(6, 3))
    nothing.attrs["scale_factor"] = 0.0
    alike = file.create_dataset("alike", data=np.arange(18, dtype="f4").reshape(6, 3))
    alike.attrs["scale_factor"] = 1e-60
    file["labels"] = np.array([0, 1, 0, 1, 0, 1])
    file["large"] = np.array([2**53, 2**53 + 1] * 3)
    file["large_numbers"] = np.array([2.0**53, 2.0**53 + 2] * 3)

with xr.open_dataset(HERE / "packed.h5", engine="h5netcdf", phony_dims="sort",
                     drop_variables=["odd", "nothing", "alike", "large", "large_numbers"]) as dataset:
    holes = np.argwhere(np.isnan(dataset["holes"].values)).tolist()
    gone = np.argwhere(np.isnan(dataset["gone"].values)).tolist()
    (HERE / "packed.json").write_text(json.dumps({
        "temperature": dataset["temperature"].values.astype(float).ravel().tolist(), "holes": holes, "gone": gone}) + "\n")
