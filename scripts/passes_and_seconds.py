"""Compares what runs cost in passes over the data with the time they took: scripts/python scripts/passes_and_seconds.py RESULTS

RESULTS is a sweep of several optimizers, trained with --workers 1, such as that of experiments/second-order.yaml. Prints a
line an optimizer, medians over its runs: gradients and products in passes, what a product took in gradients, and
milliseconds a pass, once by gradients alone and once by gradients and products. Where passes are what a run costs, the last
column is the same for all optimizers, up to what they compute beside the data. Needs h5py and NumPy."""
import sys

import numpy as np

from read_results import load


def last(trace):
    """The last number of each row; 0 where there is none."""
    rows = [row[np.isfinite(row)] for row in trace]
    return np.array([row[-1] if len(row) else 0 for row in rows])


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    runs = load(sys.argv[1])
    trained = np.isin(runs["outcome"], ["completed", "stopped_early", "converged", "stalled"])
    gradients, products, seconds = (last(runs[name]) for name in ["gradient_passes", "product_passes", "seconds_trace"])
    cost = last(runs["product_cost"]) if "product_cost" in runs else np.zeros(len(seconds))
    passes = gradients + cost * products
    batches = runs.get("batch_size", np.zeros(len(seconds)))
    rows = []
    for optimizer in sorted(set(runs["optimizer"])):
        for batch in sorted(set(batches[runs["optimizer"] == optimizer])):
            own = trained & (runs["optimizer"] == optimizer) & (batches == batch)
            if not own.any():
                continue
            columns = [gradients, products, cost, passes, seconds, 1e3 * seconds / gradients, 1e3 * seconds / passes]
            rows.append((optimizer, "all" if batch == 0 else f"{batch:.0f}", *(np.median(c[own]) for c in columns)))
    titles = ["optimizer", "batch", "gradients", "products", "a product", "passes", "s", "ms a gradient", "ms a pass"]
    print("| " + " | ".join(titles) + " |\n" + "|---" * len(titles) + "|")
    for optimizer, batch, *numbers in sorted(rows, key=lambda row: row[-1]):
        print(f"| {optimizer} | {batch} | " + " | ".join(f"{number:.3g}" for number in numbers) + " |")
    for title, column in [("a gradient", -2), ("a pass", -1)]:
        values = [row[column] for row in rows]
        print(f"\nms {title}: largest over smallest {max(values) / min(values):.3g}, over the median"
              f" {max(values) / np.median(values):.3g} and {min(values) / np.median(values):.3g}", end="")
    print()


if __name__ == "__main__":
    main()
