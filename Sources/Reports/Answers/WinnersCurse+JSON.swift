extension WinnersCurse {
  /// - Parameter scale: That of the validation result's interval.
  func json(on scale: IntervalScale) -> JSON {
    .object([
      "validation": .object(validation.json(on: scale)), "candidates": .integer(candidates),
      "selection_bias": selectionBias.map(JSON.number) ?? .null,
      "corrected": corrected.map { .object($0.json) } ?? .null, "new_samples": newSamples?.json ?? .null,
      "test_new_samples": testNewSamples?.json ?? .null,
      "test_minus_validation": test.map { .object($0.json) } ?? .null,
    ])
  }
}

extension WinnersCurse.NewSamples {
  fileprivate var json: JSON {
    .object(estimate.json.merging(["seeds": .integer(seeds), "samples": .integer(samples)]) { $1 })
  }
}

extension MeanEstimate {
  fileprivate var json: [String: JSON] {
    [
      "mean": .number(mean), "standard_error": .number(standardError),
      "degrees_of_freedom": .number(degreesOfFreedom), "interval_scale": .string(scale.rawValue),
      "confidence_interval_95": confidenceInterval()?.json ?? .null,
    ]
  }
}
