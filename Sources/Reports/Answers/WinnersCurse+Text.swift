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
    guard let corrected, candidates > 1 else { return nil }
    let over = "over \(validation.count) seeds\(split)"
    let text = NumberText.measurement(corrected.mean, corrected.standardError)
    let naive = NumberText.measurement(validation.mean, validation.standardError)
    guard text != naive else {
      return "Being the best of \(candidates) configurations flatters the winner's \(metric.rawValue) by less than its"
        + " last digit: \(naive) (\(over))."
    }
    return "Corrected for being the best of \(candidates) configurations, the winner's \(metric.rawValue) is"
      + " \(text) instead of \(naive) (\(over))."
  }

  private func sentence(_ test: MeanComparison) -> String {
    let interval = test.confidenceInterval()
    let seeds = "\(test.counts[0]) seed\(test.counts[0] == 1 ? "" : "s")"
    let over =
      test.method == .pairedNewSamples
      ? "over \(seeds) and the samples of both sets"
      : "over \(seeds) on these two sets of samples: how much they differ by chance is not stored"
    let name = corrected == nil || candidates < 2 ? "validation" : "corrected validation"
    return "Test minus \(name): \(NumberText.measurement(test.difference, test.standardError)) (95 % interval"
      + " \(NumberText.interval(interval)), \(over))."
  }
}

extension WinnersCurse.NewSamples: CustomStringConvertible {
  /// For example "0.085 ± 0.014 (95 % interval 0.061 to 0.118, log scale; over 10 seeds and 360 samples)".
  public var description: String {
    let interval = estimate.confidenceInterval()
    let scale = estimate.scale.words.map { ", \($0)" } ?? ""
    return "\(NumberText.measurement(estimate.mean, estimate.standardError)) (95 % interval"
      + " \(NumberText.interval(interval))\(scale); over"
      + " \(seeds) seed\(seeds == 1 ? "" : "s") and \(samples) samples)"
  }
}
