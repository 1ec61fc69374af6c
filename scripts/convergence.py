#!/usr/bin/env python3
"""What a verdict on dropout is worth before training has converged: the default experiment with few epochs and with enough.

    scripts/convergence.py FOLDER [EPOCHS]

trains experiments/default.yaml as it is and for EPOCHS (30, with a patience of 8) into FOLDER, seeds 0 to 9, and compares each
keep probability with none, everything else tuned for each: the difference, and the verdict by its p-value alone and as
`summary` gives it, which withholds one where a side has not converged. After scripts/build; what is trained already stays."""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
PROGRAMS = Path(os.environ.get("RAVINE_PROGRAMS", HERE / ".build" / "release"))


def run(program, *arguments):
    result = subprocess.run([PROGRAMS / program, *arguments], check=True, stdout=subprocess.PIPE, text=True)
    return result.stdout


def contrasts(results, keeps):
    for keep in keeps:
        report = json.loads(run("summary", "rank", results, "--json", "--where", f"keep_probability={keep},1"))
        yield report["keep_probability"]["overall"]["against_no_dropout"]


def main():
    folder, epochs = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "30"
    experiment = HERE / "experiments" / "default.yaml"
    sweeps = {
        ("few", f"{epochs} epochs"): [
            "--set", "name=few", "--set", f"epochs={epochs}", "--set", "training.early_stopping.patience=8"],
        ("digits-dropout", "as it is"): [],
    }
    print("keep_probability  training         minus none          p-value  by p-value        summary")
    for (name, training), options in sweeps.items():
        run("sweep", "run", experiment, "--output", folder, *options)
        keeps = ["0.5", "0.6", "0.7", "0.8", "0.9"]
        for keep, contrast in zip(keeps, contrasts(f"{folder}/{name}", keeps)):
            difference, p = contrast["difference"], contrast["p_value"]
            verdict = "inside_noise" if p >= 0.05 else "dropout_helps" if difference < 0 else "dropout_hurts"
            measured = f"{difference:.4f} ± {contrast['standard_error']:.4f}"
            print(f"{keep:>16}  {training:15}  {measured:18}  {p:7.2g}  {verdict:16}  {contrast['verdict']}")


if __name__ == "__main__":
    main()
