import Experiments

extension WinnersCurse {
  /// What the choice, new samples and the test set make of the validation result; nil where there is nothing to say.
  ///
  /// - Parameter split: What stands behind "over seeds": that there is one split of the data, or nothing.
  func description(_ metric: Criterion.Metric, split: String) -> String? {
    let sentences = [
      correction(metric, split), newSamples.map { "On new samples \(metric.rawValue) is \($0.description)." },
      testNewSamples.map { "By the test set it is \($0.description)." }, test.map(sentence),
    ].compactMap(\.self)
    return sentences.isEmpty ? nil : sentences.joined(separator: " ")
  }

  /// The name of the winner's value: corrected for the choice where that changes it.
  private func correction(_ metric: Criterion.Metric, _ split: String) -> String? {
    guard candidates > 1, validation.count >= 2 else { return nil }
    let over = "over \(validation.count) seeds\(split)"
    if seedsHaveNoEffect {
      return
        "Seeds have no effect, so that none of the \(candidates) configurations won by luck with them: the winner's"
        + " \(metric.rawValue) is \(NumberText.significant(validation.mean)) (\(over))."
    }
    let naive = NumberText.measurement(validation.mean, validation.standardError)
    guard let corrected else {
      guard validation.standardDeviation == 0 else { return nil }
      return
        "How much being the best of \(candidates) configurations flatters the winner's \(metric.rawValue) cannot be"
        + " told: its seeds all give \(NumberText.significant(validation.mean)), those of others do not (\(over))."
    }
    let text = NumberText.measurement(corrected.mean, corrected.standardError)
    guard text != naive else {
      return "Being the best of \(candidates) configurations flatters the winner's \(metric.rawValue) by less than its"
        + " last digit, as far as these seeds can tell: \(naive) (\(over))."
    }
    return "Corrected for being the best of \(candidates) configurations, the winner's \(metric.rawValue) is"
      + " \(text) instead of \(naive) (\(over))."
  }

  private func sentence(_ test: MeanComparison) -> String {
    let seeds = "\(test.counts[0]) seed\(test.counts[0] == 1 ? "" : "s")"
    let over =
      test.method == .pairedNewSamples
      ? "over \(seeds) and the samples of both sets"
      : "over \(seeds) on these two sets of samples: how much they differ by chance is not stored"
    let isCorrected = corrected != nil && candidates > 1 && !seedsHaveNoEffect
    let name = isCorrected ? "corrected validation" : "validation"
    guard let interval = test.confidenceInterval() else {
      return "Test minus \(name): \(NumberText.significant(test.difference)) (test minus validation is alike in all"
        + " \(seeds), so that there is no interval; on these two sets of samples)."
    }
    return "Test minus \(name): \(NumberText.measurement(test.difference, test.standardError)) (95 % interval"
      + " \(NumberText.interval(interval)), \(over))."
  }
}

extension WinnersCurse.NewSamples: CustomStringConvertible {
  /// For example "0.085 ± 0.014 (95 % interval 0.061 to 0.118, log scale; over 10 seeds and 360 samples)".
  public var description: String {
    let scale = estimate.scale.words.map { ", \($0)" } ?? ""
    let interval = estimate.confidenceInterval().map { "95 % interval \(NumberText.interval($0))\(scale); " } ?? ""
    return "\(NumberText.measurement(estimate.mean, estimate.standardError)) (\(interval)over"
      + " \(seeds) seed\(seeds == 1 ? "" : "s") and \(samples) samples)"
  }
}
