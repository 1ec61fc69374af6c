"""Draws a sweep's results with matplotlib: python3 scripts/plot_results.py results/NAME FOLDER

Writes keep_probability.svg (the best of everything else for each keep probability), traces.svg (the best runs by epoch)
and heat_map.svg (learning rate × batch size), each where the sweep has data for it. Needs h5py, NumPy and matplotlib."""
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from read_results import load


def best_by_seed_mean(runs, rows, keys):
    """Mean and standard error over seeds of the best configuration among the rows, and its rows."""
    groups = {}
    for row in rows:
        groups.setdefault(tuple(str(runs[key][row]) for key in keys), []).append(row)
    complete = max(len(group) for group in groups.values())
    means = {key: runs["val_loss_best"][group].mean() for key, group in groups.items() if len(group) == complete}
    group = groups[min(means, key=means.get)]
    values = runs["val_loss_best"][group]
    error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return values.mean(), error, group


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    runs, folder = load(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    # The last hidden layer's; diverged runs have no place in a mean.
    keep = np.array([row[~np.isnan(row)][-1] for row in runs["keep_probability"]])
    ranked = np.flatnonzero(np.isfinite(runs["val_loss_best"]) & np.isin(runs["outcome"], ["completed", "stopped_early"]))
    if not len(ranked):
        raise SystemExit(f"{sys.argv[1]}: no run can be ranked")
    settings = [name for name in ("optimizer", "learning_rate", "batch_size", "keep_probability") if name in runs]

    if len(set(keep)) > 1:
        figure, axes = plt.subplots()
        for optimizer in sorted(set(runs["optimizer"])):
            levels = sorted({keep[row] for row in ranked if runs["optimizer"][row] == optimizer})
            points = [best_by_seed_mean(runs, [row for row in ranked if runs["optimizer"][row] == optimizer
                                              and keep[row] == level], settings)[:2] for level in levels]
            if points:
                axes.errorbar(levels, *zip(*points), marker="o", capsize=3, label=optimizer)
        axes.set(xlabel="keep_probability", ylabel="validation loss, mean ± standard error")
        axes.legend()
        figure.savefig(folder / "keep_probability.svg")

    figure, axes = plt.subplots()
    for row in best_by_seed_mean(runs, ranked, settings)[2]:
        axes.plot(runs["val_loss"][row], color="tab:blue", alpha=0.7)
        axes.plot(runs["train_loss"][row], color="tab:orange", alpha=0.7, linestyle=":")
    axes.set(xlabel="epoch", ylabel="loss of the best configuration: validation, and training (dotted)", yscale="log")
    figure.savefig(folder / "traces.svg")

    rates, batches = (sorted(set(runs[name])) for name in ("learning_rate", "batch_size"))
    if len(rates) > 1 and len(batches) > 1:
        grid = np.full((len(batches), len(rates)), np.nan)
        for row in ranked:
            cell = batches.index(runs["batch_size"][row]), rates.index(runs["learning_rate"][row])
            grid[cell] = np.nanmin([grid[cell], runs["val_loss_best"][row]])
        figure, axes = plt.subplots()
        image = axes.imshow(grid, origin="lower", aspect="auto", cmap="cividis", norm="log")
        axes.set(xlabel="learning_rate", ylabel="batch_size (0: all)", xticks=range(len(rates)), yticks=range(len(batches)),
                 xticklabels=[f"{rate:g}" for rate in rates], yticklabels=batches)
        figure.colorbar(image, label="lowest validation loss")
        figure.savefig(folder / "heat_map.svg")


if __name__ == "__main__":
    main()
