import RealModule

/// How many there are in each of some bins, a line a bin.
struct BarPlot {
  /// Lower ends of the bins, and the upper end of the last.
  var edges: [Double]
  var counts: [Double]
  var width = 48

  private static let bins = 24

  /// Values in bins of equal width; the last one holds its upper end.
  init(histogram values: [Double]) {
    let (lower, upper) = (values.min() ?? 0, values.max() ?? 0)
    self.init(from: lower, to: upper)
    for value in values where upper > lower {
      let bin = Int((value - lower) / (upper - lower) * Double(Self.bins))
      counts[min(bin, Self.bins - 1)] += 1
    }
  }

  /// A density on an even grid that integrates to one, as expected numbers of `total`.
  init(density: [Double], at points: [Double], total: Double) {
    self.init(from: points[0], to: points[points.count - 1])
    let step = points[1] - points[0]
    for (point, value) in zip(points, density) {
      let bin = Int((point - points[0]) / (points[points.count - 1] - points[0]) * Double(Self.bins))
      counts[min(bin, Self.bins - 1)] += value * step * total
    }
  }

  private init(from lower: Double, to upper: Double) {
    edges = (0...Self.bins).map { lower + (upper - lower) * Double($0) / Double(Self.bins) }
    counts = [Double](repeating: 0, count: Self.bins)
  }

  /// The bar of a logarithm: one that is twice as long has the square of the number.
  func write(to output: inout some TextOutputStream) {
    guard let most = counts.max(), most > 0, edges.allSatisfy(\.isFinite) else { return }
    let labels = edges.dropLast().map { NumberText.significant($0, 3) }
    let labelWidth = labels.map(TerminalText.width).max() ?? 0
    for (label, count) in zip(labels, counts).reversed() {
      let bar = Self.bar(.log(onePlus: count) / .log(onePlus: most), width: width)
      var line = "  \(TerminalText.padded(label, to: labelWidth, right: true)) │\(bar)"
      if count >= 0.05 { line += " \(NumberText.short((10 * count).rounded() / 10))" }
      output.write(line + "\n")
    }
  }

  /// A bar of a share of `width` columns, to an eighth of a column.
  static func bar(_ share: Double, width: Int) -> String {
    guard share.isFinite, share > 0 else { return "" }
    let eighths = Int((min(share, 1) * Double(8 * width)).rounded())
    let rest = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
    return String(repeating: "█", count: eighths / 8) + rest
  }
}
