"""Prints optimizer, loss and seed of each run as JSON, read twice: from each shard by itself with h5py, and from all shards at
once by the snippet of docs/other-tools.md, whose text is the second argument."""
import contextlib
import io
import json
import pathlib
import sys

import h5py

separate = {}
for shard in sorted(pathlib.Path(sys.argv[1]).glob("shards/*.h5")):
    with h5py.File(shard) as file:
        columns = (file["run_id"].asstr()[...], file["optimizer"].asstr()[...], file["seed"][...], file["val_loss_best"][...])
        for identity, optimizer, seed, loss in zip(*columns):
            separate[identity] = [optimizer, int(seed), float(loss)]
names = {}
with contextlib.redirect_stdout(io.StringIO()):
    exec(pathlib.Path(sys.argv[2]).read_text(), names)
runs = names["runs"]
columns = (runs.run_id.values, runs.optimizer.values, runs.seed.values, runs.val_loss_best.values)
joined = {identity: [optimizer, int(seed), float(loss)] for identity, optimizer, seed, loss in zip(*columns)}
print(json.dumps({"separate": separate, "joined": joined}))
