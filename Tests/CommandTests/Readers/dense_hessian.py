"""Holds stored probes against dense Hessians in NumPy, at the weights and on the data that the results and
`sweep data` give.

The gradient of a tanh network with softmax cross-entropy and an L2 penalty is written out here; its complex-step
derivative is the Hessian to rounding (Squire and Trapp, SIAM Review 40, 1998).

usage: dense_hessian.py RESULTS DATA.h5 L2"""
import json
import pathlib
import sys

import h5py
import numpy as np

results, data, l2 = pathlib.Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
with h5py.File(data) as file:
    shares = {
        name: (file[f"{stored}/features"][...].astype(float), file[f"{stored}/targets"][...])
        for name, stored in [("training", "train"), ("validation", "validation")]
    }


def gradient(weights, slices, x, classes):
    """The gradient of the mean loss, of weights that may be complex."""
    layers, activations = [], [x.astype(weights.dtype)]
    for kernel, bias in zip(slices[::2], slices[1::2]):
        size = int(np.prod(kernel["shape"]))
        layers.append((
            weights[kernel["offset"] : kernel["offset"] + size].reshape(kernel["shape"]),
            weights[bias["offset"] : bias["offset"] + bias["shape"][0]],
        ))
    for index, (w, b) in enumerate(layers):
        z = activations[-1] @ w + b
        activations.append(np.tanh(z) if index < len(layers) - 1 else z)
    exponentials = np.exp(activations[-1] - activations[-1].real.max(axis=1, keepdims=True))
    delta = exponentials / exponentials.sum(axis=1, keepdims=True)
    delta[np.arange(len(x)), classes] -= 1
    delta /= len(x)
    parts = []
    for index in reversed(range(len(layers))):
        w = layers[index][0]
        parts = [(activations[index].T @ delta + l2 * w).ravel(), delta.sum(axis=0)] + parts
        delta = (delta @ w.T) * (1 - activations[index] ** 2)
    return np.concatenate(parts)


def hessian(weights, slices, x, classes):
    rows = []
    for index in range(len(weights)):
        shifted = weights.astype(complex)
        shifted[index] += 1e-30j
        rows.append(gradient(shifted, slices, x, classes).imag / 1e-30)
    return np.array(rows)


kept = {}
for shard in sorted(results.glob("shards/*.h5")):
    with h5py.File(shard) as file:
        runs = [identity.decode() for identity in file["run_id"][...]]
        for name in file:
            if name.startswith("weights_") and not name.endswith("_run"):
                kind = name.split("_")[1]
                slices = json.loads(file[name].attrs["parameters"])
                for row, run in enumerate(file[name + "_run"][...]):
                    kept[runs[run], kind] = (file[name][row].astype(float), slices)

checked = 0
for path in sorted(results.glob("probes/*.h5")):
    with h5py.File(path) as file:
        run = file["run_id"][0].decode()
        parts = file["probe_data"].attrs["flag_meanings"].split()
        verdicts = file["definiteness"].attrs["flag_meanings"].split()
        for probe in range(file["probe_count"][0]):
            moment = int(file["probe_moment"][0, probe])
            kind = "initial" if moment & 1 else "best" if moment & 4 else "final"
            weights, slices = kept[run, kind]
            matrix = hessian(weights, slices, *shares[parts[file["probe_data"][0, probe]]])
            scale = np.abs(matrix).max()
            assert np.abs(matrix - matrix.T).max() < 1e-12 * scale
            values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
            count = file["spectrum_count"][0, probe]
            largest = np.abs(values).max()
            assert count == len(values) and np.abs(file["spectrum"][0, probe, :count] - values).max() < 1e-9 * largest
            assert abs(file["lambda_max"][0, probe] - values[-1]) < 1e-9 * largest
            assert abs(file["lambda_min"][0, probe] - values[0]) < 1e-9 * largest
            assert abs(file["curvature_trace"][0, probe] - np.trace(matrix)) < 1e-8 * largest
            assert file["negative_eigenvalues"][0, probe] == (values < -file["zero_tolerance"][0, probe]).sum()
            assert verdicts[file["definiteness"][0, probe]] == ("saddle" if values[0] < -1e-9 else "positive_definite")
            rate = file["probe_learning_rate"][0, probe]
            assert abs(file["learning_rate_over_bound"][0, probe] - rate * values[-1] / 2) < 1e-9 * largest
            for layer in range(len(slices) // 2):
                start = slices[2 * layer]["offset"]
                end = slices[2 * layer + 1]["offset"] + slices[2 * layer + 1]["shape"][0]
                block = np.linalg.eigvalsh(matrix[start:end, start:end])
                assert abs(file["layer_lambda_max"][0, probe, layer] - block[-1]) < 1e-6 * largest
            name = next(n for n in file if n.startswith("vector_principal") and n[-1].isdigit())
            row = list(file[name + "_probe"][...]).index(probe)
            assert abs(abs(file[name][row] @ vectors[:, -1]) - 1) < 1e-6
            checked += 1
print(checked)
