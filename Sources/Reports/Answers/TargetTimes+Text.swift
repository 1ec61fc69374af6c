import Experiments

extension TargetTimes {
  public func report(into output: inout some TextOutputStream) {
    output.write(
      TerminalText.wrapped(
        "Target: \(metric.rawValue) \(metric == .validationAccuracy ? "≥" : "≤") \(NumberText.significant(target)), \(origin)."
          + " Medians over seeds to the first evaluation that meets it; ∞ where half of the runs or more never do.",
        first: ""))
    output.write("\nEach optimizer at its best configuration by validation\n")
    write(tuned, to: &output)
    output.write("\nEach at the configuration that takes the fewest gradients\n")
    write(fastest, to: &output)
    if let caution = concurrency.caution { output.write(TerminalText.wrapped(caution, first: "\n")) }
  }

  private func write(_ entries: [Entry], to output: inout some TextOutputStream) {
    Table(
      columns: [.init("optimizer")]
        + ["met", "epochs", "steps", "gradients", "seconds"].map { .init($0, .right) },
      rows: entries.map { entry in
        [entry.optimizer, "\(entry.met)/\(entry.runs)"]
          + [entry.medians.epochs, entry.medians.steps, entry.medians.gradients].map { NumberText.short($0) }
          + [NumberText.significant(entry.medians.seconds, 3)]
      }
    ).write(to: &output)
  }
}
