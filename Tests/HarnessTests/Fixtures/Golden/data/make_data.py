"""Writes the data files of data.yaml, small ones of every format: python make_data.py (needs h5py)."""

import gzip
import random
import struct

import h5py

random.seed(1)
points = []
for index in range(60):
    label = index % 3
    x = [random.gauss(label - 1, 0.5), random.gauss(0.5 * label, 1), random.uniform(-1, 1)]
    points.append(([round(v, 4) for v in x], label, round(x[0] - 2 * x[2] + random.gauss(0, 0.1), 4)))

names = ["one", "two", "three"]
with open("points.csv", "w") as file:
    file.write("a,b,c,class,y\n")
    for x, label, y in points:
        file.write(",".join(map(str, x)) + f",{names[label]},{y}\n")
with open("bare.csv", "w") as file:
    for x, label, _ in points:
        file.write(f"{x[0]},{x[1]},{label}\n")

with h5py.File("points.h5", "w", libver="latest") as file:
    file.create_dataset("x", data=[x for x, _, _ in points], dtype="<f4")
    file.create_dataset("class", data=[label for _, label, _ in points], dtype="i1")
    file.create_dataset("y", data=[[y, -y / 2] for _, _, y in points], dtype="<f8")

images = bytes(min(255, max(0, int(128 + 60 * x[i % 3] + 9 * i))) for x, _, _ in points for i in range(12))
labels = bytes(label for _, label, _ in points)
for name, content in [
    ("images.idx", struct.pack(">HBBIII", 0, 8, 3, 60, 4, 3) + images),
    ("labels.idx", struct.pack(">HBBI", 0, 8, 1, 60) + labels),
]:
    with open(name, "wb") as file:
        file.write(content)
    with gzip.GzipFile(name + ".gz", "wb", mtime=0) as file:
        file.write(content)
