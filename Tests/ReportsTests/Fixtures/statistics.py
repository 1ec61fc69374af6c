"""Writes statistics.json for StatisticsTests.swift: what SciPy says, and mpmath where SciPy has fewer digits.

Run in this directory. SciPy 1.17's betaln(1e6, 0.5) is wrong by 1.5e-10, its t.sf(0.001, 1) by 1e-14.
"""

import json

import mpmath
import numpy as np
import scipy
from scipy import special, stats

mpmath.mp.dps = 40

generator = np.random.default_rng(20240607)

beta = [
    {"x": x, "a": a, "b": b, "value": float(special.betainc(a, b, x))}
    for a in (0.5, 1.0, 2.5, 9.75, 40.0, 1000.0)
    for b in (0.5, 1.0, 3.25, 12.0, 300.0)
    for x in (0.001, 0.1, 0.35, 0.5, 0.8, 0.99)
]
log_beta = [
    {"a": a, "b": b, "value": float(mpmath.log(mpmath.beta(a, b)))}
    for a in (0.5, 1.0, 3.0, 9.9, 10.0, 55.5, 1e4, 1e6)
    for b in (0.5, 2.0, 9.99, 10.0, 123.0)
]

degrees = (1.0, 1.37, 2.0, 2.5, 3.0, 4.0, 7.2, 10.0, 19.0, 20.0, 29.5, 99.0, 1000.0, 1e6)


def tail(t, df):
    x = mpmath.mpf(df) / (mpmath.mpf(df) + mpmath.mpf(t) ** 2)
    return float(mpmath.betainc(mpmath.mpf(df) / 2, 0.5, 0, x, regularized=True) / 2)


tails = [
    {"df": df, "t": t, "tail": tail(t, df), "density": float(stats.t.pdf(t, df))}
    for df in degrees
    for t in (0.0, 1e-3, 0.1, 0.5, 1.0, 2.0, 3.5, 8.0, 30.0)
]
quantiles = [
    {"df": df, "p": p, "t": float(stats.t.ppf(p, df))}
    for df in degrees
    for p in (0.001, 0.025, 0.2, 0.55, 0.75, 0.9, 0.95, 0.975, 0.995, 0.9999)
]

samples = []
for size in (2, 3, 5, 10, 31):
    values = generator.normal(0.1, 0.02, size)
    interval = stats.t.interval(0.95, size - 1, loc=values.mean(), scale=stats.sem(values))
    samples.append(
        {
            "values": values.tolist(),
            "mean": float(values.mean()),
            "standardDeviation": float(values.std(ddof=1)),
            "standardError": float(stats.sem(values)),
            "median": float(np.median(values)),
            "lower": float(interval[0]),
            "upper": float(interval[1]),
        }
    )

comparisons = []
for sizes in ((2, 2), (3, 3), (5, 5), (10, 10), (3, 7), (20, 4)):
    first = generator.normal(0.10, 0.02, sizes[0])
    second = generator.normal(0.12, 0.05, sizes[1])
    results = {"welch": stats.ttest_ind(first, second, equal_var=False)}
    if sizes[0] == sizes[1]:
        results["paired"] = stats.ttest_rel(first, second)
    for method, result in results.items():
        interval = result.confidence_interval(0.95)
        comparisons.append(
            {
                "method": method,
                "first": first.tolist(),
                "second": second.tolist(),
                "difference": float(first.mean() - second.mean()),
                "statistic": float(result.statistic),
                "df": float(result.df),
                "p": float(result.pvalue),
                "lower": float(interval.low),
                "upper": float(interval.high),
            }
        )

with open("statistics.json", "w") as file:
    json.dump(
        {
            "scipy": scipy.__version__,
            "beta": beta,
            "logBeta": log_beta,
            "tails": tails,
            "quantiles": quantiles,
            "samples": samples,
            "comparisons": comparisons,
        },
        file,
        indent=1,
    )
    file.write("\n")
