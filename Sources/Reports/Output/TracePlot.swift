import Experiments
import RealModule

/// Values by epoch as lines of characters: one mark a series, the loss on a logarithmic axis where it spans a factor of 8.
struct TracePlot {
  struct Series {
    var name: String
    var mark: Character
    var values: [Double]
  }

  var series: [Series]
  var width = 60
  var height = 12

  func write(to output: inout some TextOutputStream) {
    let finite = series.flatMap(\.values).filter(\.isFinite)
    let epochs = series.map(\.values.count).max() ?? 0
    guard epochs > 1, let lowest = finite.min(), let highest = finite.max(), lowest < highest else { return }
    let isLogarithmic = lowest > 0 && highest / lowest > 8
    func scaled(_ value: Double) -> Double { isLogarithmic ? .log(value) : value }
    let (lower, upper) = (scaled(lowest), scaled(highest))
    var cells = [[Character]](repeating: [Character](repeating: " ", count: width), count: height)
    for line in series {
      for column in 0..<width {
        // The epoch nearest to the column.
        let epoch = Int((Double(column) / Double(width - 1) * Double(epochs - 1)).rounded())
        guard epoch < line.values.count, line.values[epoch].isFinite else { continue }
        let share = (scaled(line.values[epoch]) - lower) / (upper - lower)
        cells[height - 1 - Int((share * Double(height - 1)).rounded())][column] = line.mark
      }
    }
    let labels = [NumberText.significant(highest, 3), NumberText.significant(lowest, 3)]
    let labelWidth = labels.map(TerminalText.width).max() ?? 0
    for (row, line) in cells.enumerated() {
      let label = row == 0 ? labels[0] : row == height - 1 ? labels[1] : ""
      var text = "  \(TerminalText.padded(label, to: labelWidth, right: true)) │\(String(line))"
      while text.last == " " { text.removeLast() }
      output.write(text + "\n")
    }
    let last = "\(epochs - 1)"
    let axis = "0" + String(repeating: " ", count: max(1, width - 1 - last.count)) + last
    let blank = String(repeating: " ", count: labelWidth)
    output.write("  \(blank) └\(String(repeating: "─", count: width))\n  \(blank)  \(axis)\n")
    let legend = series.map { "\($0.mark) \($0.name)" } + [isLogarithmic ? "epochs, log scale" : "epochs"]
    output.write("  \(blank)  \(legend.joined(separator: "   "))\n")
  }
}

extension SummaryReport {
  /// Writes the loss of the best configuration by epoch, means over its seeds, for the runs that have a trace.
  func writeTraces(to output: inout some TextOutputStream) {
    guard let winner = ranking.winner else { return }
    let runs = ranking.rows(of: winner).compactMap { traces[ranking.table.runs[$0].identity] }
    guard !runs.isEmpty else { return }
    func mean(_ path: KeyPath<Trace, [Double]>) -> [Double] {
      // To the shortest run: beyond, the mean would be over fewer seeds.
      let length = runs.map { $0[keyPath: path].count }.min() ?? 0
      return (0..<length).map { epoch in
        runs.reduce(0) { $0 + $1[keyPath: path][epoch] } / Double(runs.count)
      }
    }
    let seeds = runs.count > 1 ? ", mean over \(runs.count) seeds" : ""
    var plot = ""
    TracePlot(
      series: [
        .init(name: "training", mark: "·", values: mean(\.trainLoss)),
        .init(name: "validation", mark: "●", values: mean(\.validationLoss)),
      ]
    ).write(to: &plot)
    if !plot.isEmpty { output.write("\nLoss of the best configuration by epoch\(seeds)\n\(plot)") }
  }
}
