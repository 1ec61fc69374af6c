import Experiments

extension LearningRateSensitivity {
  /// Writes a curve over the learning rates for each optimizer, and where runs diverge.
  public func report(into output: inout some TextOutputStream) {
    output.write("For each learning rate the best of everything else, mean ± standard error over seeds\n")
    for caution in ranking.cautions { output.write(TerminalText.wrapped(caution, first: "! ")) }
    if let hint = ranking.otherEpoch?.hint { output.write(TerminalText.wrapped("\(hint) counts them.", first: "! ")) }
    for optimizer in optimizers {
      let rate = LevelText("learning_rate", optimizer.rates.map { .number($0.learningRate) })
      output.write("\n\(TerminalText.escaped(optimizer.name))\n")
      CurvePlot(
        points: optimizer.rates.compactMap { entry in
          entry.best.map {
            .init(
              label: rate(.number(entry.learningRate)), mean: $0.statistics.mean,
              standardError: $0.statistics.standardError)
          }
        }
      ).write(title: "learning_rate", to: &output)
      Table(
        columns: [
          .init(""), .init("learning_rate", .right), .init("best", .right), .init("diverged", .right),
        ],
        rows: optimizer.rates.enumerated().map { index, entry in
          [
            index == optimizer.best ? "*" : optimizer.tolerated?.contains(index) == true ? "~" : "",
            rate(.number(entry.learningRate)),
            entry.best.map { NumberText.measurement($0.statistics.mean, $0.statistics.standardError) }
              ?? NumberText.missing,
            "\(entry.outcomes.diverged)/\(entry.outcomes.total)",
          ]
        }
      ).write(to: &output)
      output.write(TerminalText.wrapped(optimizer.sentence(tolerance, rate), first: "  "))
    }
  }
}

extension LearningRateSensitivity.Optimizer {
  fileprivate func sentence(_ tolerance: Double, _ rate: LevelText) -> String {
    guard rates.count > 1 else { return "One learning rate alone was tried." }
    var parts: [String] = []
    if let tolerated, let decades = toleratedDecades {
      let ends = [tolerated.lowerBound, tolerated.upperBound].map { rate(.number(rates[$0].learningRate)) }
      parts.append(
        tolerated.count == 1
          ? "No other rate is within \(NumberText.percent(tolerance)) of the best, \(ends[0])."
          : "Within \(NumberText.percent(tolerance)) of the best (~): \(ends[0]) to \(ends[1]),"
            + " \(NumberText.significant(decades, 2)) decades.")
    }
    switch (largestStable, smallestDivergent) {
    case (let stable?, let divergent?):
      parts.append(
        "Most runs diverge from \(rate(.number(divergent))) on; \(rate(.number(stable))) is stable.")
    case (nil, _?): parts.append("Most runs diverge at every learning rate.")
    case (_, nil): parts.append("The grid does not reach the rates at which most runs diverge.")
    }
    if let sentence = stability.sentence(name) { parts.append(sentence) }
    return parts.joined(separator: " ")
  }
}
