"""Turns the JSON lines of scripts/bench into a table with ratios."""
import json
import sys

rows = [json.loads(line) for line in sys.stdin if line.startswith("{")]
for network in dict.fromkeys(row["network"] for row in rows):
    group = [row for row in rows if row["network"] == network]
    ours = min(row["step_us"] for row in group if row["peer"] == "ravine")
    print(f"\n{network}  {'':10}{'µs/step':>10}{'median':>10}{'GFLOP/s':>9}{'ratio':>7}{'set-up s':>10}{'peak MB':>9}")
    for row in sorted(group, key=lambda row: row["step_us"]):
        print(
            f"   {row['peer']:10}{row['step_us']:10.1f}{row['median_us']:10.1f}{row['gflops']:9.0f}"
            f"{row['step_us'] / ours:7.1f}{row.get('setup_s', 0) + row.get('first_s', 0):10.2f}{row['peak_mb']:9.0f}"
        )
    for row in group:
        if row["peer"] == "ravine":
            print(
                f"   limit: products alone at {row['product_gflops']:.0f} GFLOP/s, a copy of the optimizer's bytes at "
                f"{row['copy_gb_s']:.0f} GB/s; reached {row['share_of_limit']:.0%} of it"
            )
