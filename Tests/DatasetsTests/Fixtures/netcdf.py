#!/usr/bin/env python3
"""Writes a netCDF-4 file with every attribute that says what is no value, and prints what netCDF4 reads of it as JSON.

    netcdf.py FILE

Needs numpy and netCDF4: scripts/python has them. Each variable has 6 samples of 3 numbers. Of each, `values` are those
that netCDF4 (Unidata's own reader, which masks and scales) finds, null where there is none.
"""

import json
import sys

import netCDF4
import numpy as np

RAMP = np.arange(18).reshape(6, 3)
VARIABLES = {
    "plain": ("f8", RAMP * 0.5, {}),
    "unsigned_bytes": ("i1", RAMP * 14 - 120, {"_Unsigned": "true"}),
    "unsigned_shorts": ("i2", RAMP * 3000 - 30000, {"_Unsigned": "true", "scale_factor": 0.5, "add_offset": 1.0}),
    "unsigned_fill": ("i1", RAMP - 9, {"_Unsigned": "true", "missing_value": np.int8(-1)}),
    "range": ("i2", RAMP, {"valid_range": np.array([2, 40], "i2")}),
    "below": ("f4", RAMP, {"valid_min": np.float32(0.5)}),
    "above": ("f4", RAMP, {"valid_max": np.float32(16.5)}),
    "packed_range": ("i2", RAMP, {"valid_range": np.array([0, 16], "i2"), "scale_factor": 0.1, "add_offset": 2.0}),
    "unsigned_range": ("i1", RAMP * 14 - 120, {"_Unsigned": "true", "valid_range": np.array([0, -30], "i1")}),
    "within": ("i2", RAMP, {"valid_range": np.array([0, 17], "i2"), "scale_factor": 0.1}),
    "several_missing": ("i4", RAMP, {"missing_value": np.array([100, 13], "i4")}),
    "unwritten": ("f4", None, {}),
    "unwritten_integers": ("i4", None, {}),
}

with netCDF4.Dataset(sys.argv[1], "w") as file:
    file.createDimension("sample", 6)
    file.createDimension("feature", 3)
    for name, (kind, values, attributes) in VARIABLES.items():
        # netCDF4 cannot mask bytes that are meant unsigned with its own fill value, which is negative.
        fill = 127 if kind == "i1" else None
        variable = file.createVariable(name, kind, ("sample", "feature"), contiguous=True, fill_value=fill)
        variable.setncatts(attributes)
        variable.set_auto_maskandscale(False)
        if values is not None:
            variable[:] = values
        else:
            # What is not written has netCDF's fill value.
            variable[:4] = RAMP[:4]
    file.createVariable("labels", "i8", ("sample",))[:] = np.array([0, 1, 0, 1, 0, 1])
    labels = file.createVariable("bad_labels", "i4", ("sample",))
    labels.valid_range = np.array([0, 1], "i4")
    labels.set_auto_maskandscale(False)
    labels[:] = np.array([0, 1, 0, 1, -9, 1])
    large = file.createVariable("large_labels", "u8", ("sample",))
    large[:] = np.array([2**63, 2**63 + 1] * 3, "u8")
    # As OPeNDAP sends signed bytes, and xarray reads them; netCDF4 leaves them unsigned.
    signed = file.createVariable("signed_bytes", "u1", ("sample", "feature"))
    signed.setncatts({"_Unsigned": "false"})
    signed.set_auto_maskandscale(False)
    signed[:] = RAMP * 14
    # A double beside floats: netCDF4 warns, and leaves it aside.
    rounded = file.createVariable("rounded_missing", "f4", ("sample", "feature"))
    rounded.setncatts({"missing_value": 5.1})
    rounded.set_auto_maskandscale(False)
    rounded[:] = RAMP + 0.1
    # The type of unpacked numbers, wider than what is stored: of unpacked numbers, by the users' guide. netCDF4 has not that rule.
    unpacked = file.createVariable("unpacked_range", "i2", ("sample", "feature"))
    unpacked.setncatts({"scale_factor": 0.1, "add_offset": 2.0, "valid_range": np.array([2.0, 3.45])})
    unpacked.set_auto_maskandscale(False)
    unpacked[:] = RAMP

with netCDF4.Dataset(sys.argv[1]) as file:
    found = {}
    for name in VARIABLES:
        values = np.ma.array(file[name][:]).astype("f8")
        found[name] = [None if hidden else float(value) for value, hidden in
                       zip(values.data.ravel(), np.ma.getmaskarray(values).ravel())]
    print(json.dumps(found))
