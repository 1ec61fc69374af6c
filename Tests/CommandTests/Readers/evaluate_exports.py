"""Validation losses of exported runs, by the tools they were exported for.

    evaluate_exports.py SUMMARY RESULTS DATA TOOL[,TOOL...]

SUMMARY is the program, DATA what `sweep data` wrote, tools are keras, safetensors, torch and onnx. Exports every run of
RESULTS, loads it by executing what `summary export` prints, and prints the losses as JSON: run, tool, loss. Keras runs
on its NumPy backend unless KERAS_BACKEND says otherwise."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import h5py
import numpy as np

os.environ.setdefault("KERAS_BACKEND", "numpy")
SUFFIXES = {"keras": ".weights.h5", "safetensors": ".safetensors", "torch": ".safetensors", "onnx": ".onnx"}


def loss(outputs, targets, kind):
    """Mean over samples, in double precision."""
    z = np.asarray(outputs, dtype=np.float64)
    if kind == "softmax_cross_entropy":
        z = z - z.max(axis=1, keepdims=True)
        return float(np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), targets]))
    return float(np.mean(0.5 * ((z - targets) ** 2).sum(axis=1)))


def keras_outputs(file, usage, features):
    scope = {}
    exec(usage, scope)
    return scope["model"].predict(features, verbose=0)


def torch_outputs(file, usage, features):
    scope = {}
    exec(usage, scope)
    torch = scope["torch"]
    with torch.no_grad():
        return scope["model"](torch.from_numpy(features)).numpy()


def onnx_outputs(file, usage, features):
    scope = {"features": features}
    exec(usage, scope)
    return scope["outputs"]


def safetensors_outputs(file, usage, features):
    """The file's names and shapes against the text of the model, with NumPy for the arithmetic."""
    from math import erf

    from safetensors import safe_open

    activations = {
        "ReLU": lambda z: np.maximum(z, 0), "Tanh": np.tanh, "LeCunTanh": lambda z: 1.7159 * np.tanh(z * 2 / 3),
        "Sigmoid": lambda z: 1 / (1 + np.exp(-z)), "Softplus": lambda z: np.logaddexp(z, 0), "Identity": lambda z: z,
        "GELU": lambda z: z * 0.5 * (1 + np.vectorize(erf)(z / np.sqrt(2))),
    }
    with safe_open(file, framework="numpy") as tensors:
        text = tensors.metadata()["model"].removeprefix("torch.nn.Sequential(").removesuffix(")")
        used = set()
        values = features
        for position, (name, arguments) in enumerate(re.findall(r"(\w+)\(([^)]*)\)", text)):
            if name == "Linear":
                weight = tensors.get_tensor(f"{position}.weight")
                used.add(f"{position}.weight")
                values = values @ weight.T
                if "bias=False" not in arguments:
                    values = values + tensors.get_tensor(f"{position}.bias")
                    used.add(f"{position}.bias")
            else:
                values = activations[name](values)
        assert used == set(tensors.keys()), (used, tensors.keys())
    return values


def main():
    summary, results, data, tools = sys.argv[1:5]
    with h5py.File(data) as file:
        features, targets = file["validation/features"][...], file["validation/targets"][...]
    runs = {}
    for shard in sorted(pathlib.Path(results).glob("shards/*.h5")):
        with h5py.File(shard) as file:
            runs |= dict(zip(file["run_id"].asstr()[...], file["loss"].asstr()[...]))
    found = {run: {} for run in runs}
    with tempfile.TemporaryDirectory() as folder:
        for run, kind in runs.items():
            for tool in tools.split(","):
                file = os.path.join(folder, run + SUFFIXES[tool])
                option = "--torch" if tool == "safetensors" else f"--{tool}"
                command = [summary, "export", option, f"{results}/{run}", file]
                usage = subprocess.run(command, check=True, capture_output=True, text=True).stdout
                outputs = globals()[f"{tool}_outputs"](file, usage, features)
                found[run][tool] = loss(outputs, targets, kind)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
