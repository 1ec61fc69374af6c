import Experiments

extension SolverProfile.Unit {
  /// A value as tables show it: counts whole, all else to three digits.
  func text(_ value: Double) -> String {
    switch self {
    case .epochs, .steps: NumberText.short(value)
    case .passes, .gradients, .products, .seconds: value == 0 ? "0" : NumberText.significant(value, 3)
    }
  }

  /// For the head of a table.
  var title: String {
    switch self {
    case .passes: "Passes over the data (gradients and products)"
    case .gradients, .products: "\(rawValue.capitalized), in passes over the data,"
    case .epochs, .steps, .seconds: rawValue.capitalized
    }
  }
}

extension TargetTimes {
  public func report(into output: inout some TextOutputStream) {
    output.write(
      TerminalText.wrapped(
        "Target: \(metric.rawValue) \(metric == .validationAccuracy ? "≥" : "≤") \(NumberText.significant(target)), \(origin)."
          + " Medians over seeds to the first evaluation that meets it; ∞ where half of the runs or more never do."
          + " Gradients and products are in passes over the data, passes are both together"
          + "\(productCosts.description.map { ": \($0)" } ?? "").",
        first: ""))
    for caution in ranking.cautions { output.write(TerminalText.wrapped(caution, first: "! ")) }
    output.write("\nEach optimizer at its best configuration by validation\n")
    write(tuned, to: &output)
    output.write("\nEach at the configuration that takes the fewest passes\n")
    write(fastest, to: &output)
    if !unranked.isEmpty {
      output.write(
        TerminalText.wrapped("No run can be ranked of \(unranked.joined(separator: ", ")).", first: "\n"))
    }
    if let caution = concurrency.caution { output.write(TerminalText.wrapped(caution, first: "\n")) }
  }

  private func write(_ entries: [Entry], to output: inout some TextOutputStream) {
    Table(
      columns: [.init("optimizer")]
        + (["met"] + SolverProfile.Unit.allCases.map(\.rawValue)).map { .init($0, .right) },
      rows: entries.map { entry in
        [entry.optimizer, "\(entry.met)/\(entry.runs)"]
          + SolverProfile.Unit.allCases.map { $0.text(entry.medians[keyPath: $0.path]) }
      }
    ).write(to: &output)
  }
}
