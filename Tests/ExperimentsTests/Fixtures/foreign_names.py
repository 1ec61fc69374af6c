"""Writes foreign_names.json: what PyTorch, Keras and optax call their optimizers, activations, losses, initializers and
schedules, taken from the wheels' sources without importing them.

  pip download --no-deps torch==2.13.0 keras==3.15.1 optax==0.2.8 -d WHEELS
  python3 foreign_names.py WHEELS > foreign_names.json
"""

import ast
import glob
import json
import re
import sys
import zipfile


def wheel(name):
    path = sorted(glob.glob(f"{sys.argv[1]}/{name}-*.whl"))[0]
    return zipfile.ZipFile(path), re.match(r"[^-]+-([^-]+)", path.split("/")[-1])[1]


def constant(archive, path, name):
    """The strings, or the names, of a list or set that a module assigns."""
    for node in ast.parse(archive.read(path)).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name:
            return [getattr(item, "value", None) or item.id for item in node.value.elts]
    raise KeyError(name)


def functions(archive, path):
    body = ast.parse(archive.read(path)).body
    named = [node.name for node in body if isinstance(node, ast.FunctionDef)]
    return [name for name in named if not name.startswith("_")]


def imported(archive, path):
    body = ast.parse(archive.read(path)).body
    return [alias.name for node in body if isinstance(node, ast.ImportFrom) for alias in node.names]


def schedules(names):
    return [name for name in names if re.search(r"schedule$|decay$", name)]


torch, torch_version = wheel("torch")
keras, keras_version = wheel("keras")
optax, optax_version = wheel("optax")
keras_optimizers = constant(keras, "keras/src/optimizers/__init__.py", "ALL_OBJECTS")
names = {
    "optimizers": [name for name in constant(torch, "torch/optim/__init__.py", "__all__") if name[0].isupper()]
    + keras_optimizers
    + functions(optax, "optax/_src/alias.py"),
    "activations": constant(torch, "torch/nn/modules/activation.py", "__all__")
    + constant(keras, "keras/src/activations/__init__.py", "ALL_OBJECTS"),
    "losses": constant(torch, "torch/nn/modules/loss.py", "__all__")
    + constant(keras, "keras/src/losses/__init__.py", "ALL_OBJECTS")
    + imported(optax, "optax/losses/__init__.py"),
    "initializations": [name for name in functions(torch, "torch/nn/init.py") if name.endswith("_")]
    + constant(keras, "keras/src/initializers/__init__.py", "ALL_OBJECTS"),
    "schedules": [name for name in constant(torch, "torch/optim/lr_scheduler.py", "__all__")]
    + imported(keras, "keras/src/optimizers/schedules/__init__.py")
    + schedules(imported(optax, "optax/schedules/__init__.py")),
}
# Base classes and combinations are no choices; a multi-head attention is a layer.
leave_out = {"Optimizer", "Loss", "LossFunctionWrapper", "Initializer", "LRScheduler", "MultiheadAttention"}
result = {"source": f"torch {torch_version}, keras {keras_version}, optax {optax_version}"}
result.update({part: sorted(set(found) - leave_out) for part, found in names.items()})
json.dump(result, sys.stdout, indent=1)
print()
