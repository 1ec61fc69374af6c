import Experiments

extension CostCurves: Answer {
  public func report(into output: inout some TextOutputStream) {
    output.write(
      TerminalText.wrapped(
        "\(metric.rawValue) against \(axis.rawValue)\(note): each optimizer at its best configuration, with its rank;"
          + " means over seeds. Blank where a run had ended; one that had converged or stalled stays where it was.",
        first: ""))
    output.write("\n")
    let points = checkpoints
    Table(
      columns: [.init("rank", .right), .init("optimizer")]
        + points.map { .init(NumberText.significant($0, 2), .right) },
      rows: curves.map { curve in
        ["\(curve.rank)", curve.optimizer]
          + points.map { curve.value(at: $0).map { NumberText.significant($0, 3) } ?? "" }
      }
    ).write(to: &output)
    for caution in cautions { output.write(TerminalText.wrapped(caution, first: "! ")) }
    if axis == .seconds, let caution = concurrency.caution {
      output.write(TerminalText.wrapped(caution, first: "\n"))
    }
  }

  private var note: String {
    switch axis {
    case .passes:
      ", gradients and products in passes over the training set (a loss alone: a third of a gradient"
        + "\(productCosts.description.map { "; \($0)" } ?? ""))"
    case .gradients: ", in passes over the training set (a loss alone: a third)"
    case .products: ", in passes over the training set (a dense matrix: those with as many operations)"
    case .epochs, .seconds: ""
    }
  }

  /// One record an epoch of a run.
  public func writeCSV(to output: inout some TextOutputStream) {
    let titles = ["rank", "optimizer", "run", "epoch", axis.rawValue, metric.rawValue]
    CSV.write((titles).map(CSV.Cell.text), to: &output)
    for curve in curves {
      for run in curve.runs {
        for epoch in run.costs.indices {
          CSV.write(
            [
              .integer(curve.rank), .text(curve.optimizer), .text(run.identity.description), .integer(epoch),
              .number(run.costs[epoch]), .number(run.values[epoch]),
            ], to: &output)
        }
      }
    }
  }

  public var json: JSON {
    .object([
      "x": .string(axis.rawValue), "metric": .string(metric.rawValue), "product_cost": productCosts.json,
      "curves": .array(
        curves.map { curve in
          .object([
            "rank": .integer(curve.rank), "optimizer": .string(curve.optimizer),
            "runs": .array(
              curve.runs.map { run in
                .object([
                  "run": .string(run.identity.description), "x": .array(run.costs.map(JSON.number)),
                  "values": .array(run.values.map(JSON.number)),
                ])
              }),
          ])
        }),
    ])
  }
}
