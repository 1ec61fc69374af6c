"""Prints what is in an HDF5 file as any reader finds it: attributes, and each variable's dimensions, type and attributes."""
import json
import sys

import h5py


def plain(value):
    if isinstance(value, bytes):
        return value.decode()
    return value.tolist() if hasattr(value, "tolist") else value


def attributes(node):
    # References between variables and their dimensions are no text.
    return {name: "references" if name in ("REFERENCE_LIST", "DIMENSION_LIST") else json.dumps(plain(value))
            for name, value in node.attrs.items()}


def kind(variable):
    if h5py.check_string_dtype(variable.dtype):
        return "text"
    return "category" if "flag_values" in variable.attrs else str(variable.dtype)


def dimensions(variable):
    # A dimension scale lies along itself.
    return [scale[0].name[1:] if len(scale) else variable.name[1:] for scale in variable.dims]


with h5py.File(sys.argv[1]) as file:
    print(json.dumps({
        "attributes": attributes(file),
        "variables": {name: {"dimensions": dimensions(variable), "type": kind(variable), "attributes": attributes(variable)}
                      for name, variable in file.items()},
    }))
