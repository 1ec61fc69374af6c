#!/usr/bin/env python3
"""Writes Sources/Datasets/Digits+Data.swift: the 1,797 8x8 digits of scikit-learn's load_digits as Swift source.

Needs scikit-learn (its package contains the data; nothing is downloaded). The output is a function of the data alone.
"""

import pathlib

from sklearn.datasets import load_digits

SYMBOLS = "0123456789ABCDEFG"  # one character a pixel, 0...16

HEADER = '''\
// Made by scripts/embed_digits.py; do not edit.
//
// The 1,797 digits of the test set (optdigits.tes) of "Optical Recognition of Handwritten Digits", as distributed with
// scikit-learn (sklearn.datasets.load_digits), in its order.
//
// Source: UCI Machine Learning Repository, https://archive.ics.uci.edu/dataset/80
// Citation: E. Alpaydin and C. Kaynak (1998). Optical Recognition of Handwritten Digits [Dataset]. UCI Machine Learning
// Repository. https://doi.org/10.24432/C50P49
// Licence: Creative Commons Attribution 4.0 International (CC BY 4.0), https://creativecommons.org/licenses/by/4.0/
// Changes: re-encoded as text; no value was changed.

// swift-format-ignore-file

extension Digits {
  /// A line a digit: its class, then its 64 pixels row by row, 0...9 and A...G for 10...16.
  static let encoded: StaticString = """
'''


def main():
    digits = load_digits()
    pixels = digits.data.astype(int)
    assert pixels.shape == (1797, 64) and (pixels == digits.data).all()
    assert pixels.min() == 0 and pixels.max() == 16
    lines = [
        str(label) + "".join(SYMBOLS[value] for value in row)
        for label, row in zip(digits.target, pixels)
    ]
    text = HEADER + "".join(f"{line}\n" for line in lines) + '"""\n}\n'
    output = pathlib.Path(__file__).resolve().parent.parent / "Sources/Datasets/Digits+Data.swift"
    output.write_text(text)
    print(f"{output.name}: {len(lines)} digits, {len(text)} bytes")


if __name__ == "__main__":
    main()
