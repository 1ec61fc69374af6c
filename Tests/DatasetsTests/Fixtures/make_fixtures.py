#!/usr/bin/env python3
"""Writes expected.json and small.h5 beside this script.

expected.json is what NumPy, scikit-learn and Python's own parsers make of the same data; small.h5 is for reading.
Needs numpy, scikit-learn, h5py and the files of Debian's dataset-fashion-mnist. Generated data and splits are made anew here,
from their documented formulas.
"""

import csv
import gzip
import json
import math
import pathlib
import statistics
import struct
import zlib

import h5py
import numpy as np
from sklearn.datasets import load_digits
from sklearn.preprocessing import StandardScaler

HERE = pathlib.Path(__file__).resolve().parent
FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")
MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
SPLIT, GENERATION = 4, 5


def mix(z):
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & MASK
    return z ^ (z >> 31)


def ziggurat():
    """Edges of the 128 blocks of Doornik's (2005) ziggurat."""
    def density(x):
        return math.exp(-0.5 * x * x)
    area = 9.91256303526217e-3
    edges = [area / density(TAIL), TAIL]
    while len(edges) < 128:
        edges.append(math.sqrt(-2 * math.log(area / edges[-1] + density(edges[-1]))))
    return edges + [0.0]


TAIL = 3.442619855899
ZIGGURAT = ziggurat()


class Stream:
    """SplitMix64 keyed by (seed, purpose, step, index), as Kernels/RandomStream.swift defines it."""

    def __init__(self, seed, purpose, step=0, index=0):
        mixed = mix((seed + GOLDEN) & MASK)
        mixed = mix(((mixed ^ (purpose << 56 ^ index)) + GOLDEN) & MASK)
        self.state = mix(((mixed ^ step) + GOLDEN) & MASK)
        self.whitening = mix((self.state + GOLDEN) & MASK)

    def word(self):
        self.state = (self.state + GOLDEN) & MASK
        return mix(self.state ^ self.whitening)

    def uniform(self):
        return (self.word() >> 11) * 2.0**-53

    def below(self, bound):
        while True:
            product = self.word() * bound
            if product & MASK >= (2**64 - bound) % bound:
                return product >> 64

    def normal(self):
        while True:
            word = self.word()
            block = word & 127
            signed = (word >> 11) - (1 << 53 if word >> 63 else 0)
            position = signed * 2.0**-52
            edge, above = ZIGGURAT[block], ZIGGURAT[block + 1]
            if abs(position) < above / edge:
                return position * edge
            if block == 0:
                while True:
                    x = math.log(1 - self.uniform()) / TAIL
                    y = math.log(1 - self.uniform())
                    if -2 * y >= x * x:
                        return x - TAIL if position < 0 else TAIL - x
            x = position * edge
            lower = math.exp(-0.5 * (edge * edge - x * x))
            upper = math.exp(-0.5 * (above * above - x * x))
            if upper + self.uniform() * (lower - upper) < 1:
                return x

    def normals(self, *shape):
        return np.array([self.normal() for _ in range(math.prod(shape))]).reshape(shape)

    def permutation(self, count):
        order = list(range(count))
        for last in range(count - 1, 0, -1):
            other = self.below(last + 1)
            order[last], order[other] = order[other], order[last]
        return order


def proportional(total, sizes):
    exact = [divmod(size * total, sum(sizes)) for size in sizes]
    counts = [whole for whole, _ in exact]
    for index in sorted(range(len(sizes)), key=lambda i: -exact[i][1])[: total - sum(counts)]:
        counts[index] += 1
    return counts


def stratified_split(labels, sizes, seed):
    """sizes: (train, validation, test)."""
    groups = [np.flatnonzero(labels == c) for c in range(labels.max() + 1)]
    test = proportional(sizes[2], [len(g) for g in groups])
    validation = proportional(sizes[1], [len(g) - t for g, t in zip(groups, test)])
    shares = [], [], []
    for c, group in enumerate(groups):
        order = group[Stream(seed, SPLIT, step=c + 1).permutation(len(group))]
        shares[2].extend(order[: test[c]])
        shares[1].extend(order[test[c] : test[c] + validation[c]])
        shares[0].extend(order[test[c] + validation[c] :])
    return [np.sort(np.array(share)) for share in shares]


def digits():
    data = load_digits()
    pixels = data.data
    train, validation, test = stratified_split(data.target, (1078, 360, 359), seed=7)
    scaler = StandardScaler().fit(pixels[train])
    scaled = scaler.transform(pixels[validation])
    return {
        "class_counts": np.bincount(data.target).tolist(),
        "pixel_sum": int(pixels.sum()),
        "pixel_crc32": zlib.crc32(pixels.astype(np.uint8).tobytes()),
        "label_crc32": zlib.crc32(data.target.astype(np.uint8).tobytes()),
        "train": train.tolist(),
        "validation": validation.tolist(),
        "test": test.tolist(),
        "mean": [statistics.mean(column) for column in pixels[train].T.tolist()],
        "deviation": [statistics.pstdev(column) for column in pixels[train].T.tolist()],
        "scaled_validation_rows": scaled[[0, 100, 359]].tolist(),
    }


def fashion():
    def read(name, header):
        return np.frombuffer(gzip.open(FASHION / name).read(), np.uint8, offset=header)

    result = {}
    for share, prefix in (("train", "train"), ("test", "t10k")):
        pixels = read(f"{prefix}-images-idx3-ubyte.gz", 16).reshape(-1, 784)
        labels = read(f"{prefix}-labels-idx1-ubyte.gz", 8)
        picked = [0, 1, 1234, len(pixels) - 1]
        result[share] = {
            "class_counts": np.bincount(labels).tolist(),
            "pixel_sum": int(pixels.sum(dtype=np.int64)),
            "pixel_crc32": zlib.crc32(pixels.tobytes()),
            "label_crc32": zlib.crc32(labels.tobytes()),
            "images": picked,
            "image_sums": pixels[picked].sum(axis=1, dtype=np.int64).tolist(),
        }
    return result


def scaling():
    """Random numbers with a constant column, a large offset and mixed scales; row-major. `statistics` sums exactly."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(37, 5)) * [1, 1e-6, 1e6, 1, 1] + [0, 3, -4, 1e6, 0]
    x[:, 4] = 0.1
    scaler = StandardScaler().fit(x)
    return {
        "rows": 37,
        "columns": 5,
        "values": x.ravel().tolist(),
        "mean": [statistics.mean(column) for column in x.T.tolist()],
        "deviation": [statistics.pstdev(column) for column in x.T.tolist()],
        "scaled": scaler.transform(x).ravel().tolist(),
    }


def quoted_csv():
    with open(HERE / "quoted.csv", newline="", encoding="utf-8-sig") as file:
        header, *rows = [row for row in csv.reader(file) if row]
    return {
        "records": [[field.strip(" \t") for field in row] for row in [header, *rows]],
        "features": [float(row[i]) for row in rows for i in (0, 1, 3)],
        "labels": [row[2] for row in rows],
    }


def hdf5():
    """Twelve 2x3 samples in several types, and data sets that are wrong in one way each."""
    rng = np.random.default_rng(3)
    images = rng.normal(size=(12, 2, 3)).astype(np.float32)
    labels = np.array([4, 7, 4, 9, 7, 4, 9, 7, 4, 9, 7, 9])
    broken = images.astype(np.float64)
    broken[3, 1, 2] = np.nan
    with h5py.File(HERE / "small.h5", "w") as file:
        file.create_dataset("images", data=images, chunks=(5, 2, 3), compression="gzip", shuffle=True)
        file.create_dataset("group/bytes", data=(np.arange(72).reshape(12, 6) * 3).astype(np.uint8))
        file["labels"] = labels.astype(np.int16)
        file["column"] = labels.reshape(12, 1).astype(">f4")
        file["outputs"] = images[:, 0, :2].astype(np.float64)
        file["eleven"] = labels[:11]
        file["halves"] = labels + 0.5
        file["broken"] = broken
        file["text"] = [str(label) for label in labels]
        file["scalar"] = 1.0
        file["external"] = h5py.ExternalLink("/etc/hostname", "x")
    return {"images": images.astype(np.float64).ravel().tolist(), "labels": labels.tolist()}


def numbers():
    texts = """0 -0 1 +1 -1.5 .5 5. 1e5 1E-5 1e+5 0.1 0.3 123456789 9007199254740993 9007199254740992e22
    1e22 1e23 -1e-22 1e-23 4.9e-324 2.5e-324 1e-400 1.7976931348623157e308 2.2250738585072014e-308
    2.2250738585072011e-308 0.000000000000000000000000000001 123456789012345678901234567890
    1.00000000000000011102230246251565404 3.14159265358979323846264338327950288 00012.500 7e0000000000000000005
    8.41 6.02214076e23 1e0 0e999999999 -2.3e-7""".split()
    rng = np.random.default_rng(2)
    texts += [repr(float(value)) for value in rng.normal(size=50) * 10.0 ** rng.integers(-30, 30, size=50)]
    return [{"text": text, "bits": struct.pack(">d", float(text)).hex()} for text in texts]


def two_gaussians(samples, mean, deviation, seed):
    x = []
    for i in range(samples):
        stream = Stream(seed, GENERATION, step=i)
        x.append([(-1) ** (i % 2 + 1) * m + deviation * stream.normal() for m in mean])
    return np.array(x)


def spirals(samples, classes, turns, noise, seed):
    x = []
    for i in range(samples):
        stream = Stream(seed, GENERATION, step=i)
        r = stream.uniform()
        angle = 2 * math.pi * (turns * r + (i % classes) / classes)
        x.append([r * math.cos(angle) + noise * stream.normal(), r * math.sin(angle) + noise * stream.normal()])
    return np.array(x)


def teacher(samples, features, hidden, outputs, noise, seed):
    sizes = [features, *hidden, outputs]
    stream = Stream(seed, GENERATION, index=1)
    weights = [stream.normals(n, m) / math.sqrt(n) for n, m in zip(sizes, sizes[1:])]
    x, y = [], []
    for i in range(samples):
        stream = Stream(seed, GENERATION, step=i)
        h = stream.normals(features)
        x.append(h)
        for layer in weights[:-1]:
            h = np.tanh(h @ layer)
        y.append(h @ weights[-1] + noise * stream.normals(outputs))
    return np.array(x), np.array(y)


def linear_regression(samples, features, condition_number, noise, seed):
    """Householder QR with the signs of Gram-Schmidt (a positive diagonal of R) gives the same bases."""

    def orthonormal(columns):
        q, r = np.linalg.qr(columns)
        return q * np.sign(np.diag(r))

    gaussian = Stream(seed, GENERATION, index=1).normals(features, samples).T
    u = orthonormal(np.column_stack([np.ones(samples), gaussian]))[:, 1:]
    v = orthonormal(Stream(seed, GENERATION, index=2).normals(features, features).T)
    eigenvalues = condition_number ** (-np.arange(features) / (features - 1))
    x = math.sqrt(samples) * u * np.sqrt(eigenvalues) @ v.T
    found = np.linalg.eigvalsh(x.T @ x / samples)[::-1]
    assert np.allclose(found, eigenvalues, rtol=1e-10), (found, eigenvalues)
    y = x @ Stream(seed, GENERATION, index=3).normals(features)
    y += noise * Stream(seed, GENERATION, index=4).normals(samples)
    return x, y


def generated():
    teacher_x, teacher_y = teacher(6, 3, [5, 4], 2, 0.1, seed=11)
    linear_x, linear_y = linear_regression(25, 6, 1e4, 0.05, seed=5)
    return {
        "two_gaussians": two_gaussians(7, [0.4, 0.8], 0.5, seed=3).ravel().tolist(),
        "spirals": spirals(8, 3, 1.5, 0.02, seed=9).ravel().tolist(),
        "teacher_features": teacher_x.ravel().tolist(),
        "teacher_targets": teacher_y.ravel().tolist(),
        "linear_features": linear_x.ravel().tolist(),
        "linear_targets": linear_y.tolist(),
    }


def main():
    expected = {
        "digits": digits(),
        "fashion": fashion(),
        "scaling": scaling(),
        "quoted": quoted_csv(),
        "hdf5": hdf5(),
        "numbers": numbers(),
        "generated": generated(),
    }
    parts = ",\n".join(f"{json.dumps(name)}: {json.dumps(part)}" for name, part in expected.items())
    (HERE / "expected.json").write_text("{\n" + parts + "\n}\n")


if __name__ == "__main__":
    main()
