"""Prints the two tables that docs/other-tools.md makes: each run's best loss and keep probability, and its losses."""
import json

import pyarrow.parquet

runs = pyarrow.parquet.read_table("runs.parquet").to_pylist()
losses = {}
for row in pyarrow.parquet.read_table("val_loss.parquet").to_pylist():
    losses.setdefault(row["run"], []).append((row["epoch"], row["val_loss"]))
print(json.dumps({
    row["run"]: {"best": row["validation_loss"], "optimizer": row["optimizer"],
                 "losses": [loss for _, loss in sorted(losses.get(row["run"], []))]} for row in runs}))
