import RealModule

/// Means with their standard errors on one horizontal axis, a line a point.
struct CurvePlot {
  struct Point {
    var label: String
    var mean: Double
    /// NaN where there is one value only.
    var standardError: Double
    /// A value that the mean is to be seen against; nil for none.
    var reference: Double?
  }

  var points: [Point]
  /// Columns of the axis.
  var width = 48

  /// Logarithmic where the values span more than a factor of 20 and all whiskers are positive.
  var isLogarithmic: Bool { lower > 0 && upper / lower > 20 }

  func write(title: String, to output: inout some TextOutputStream) {
    guard points.count > 1, lower < upper, upper.isFinite, lower.isFinite else { return }
    let labelWidth = max(TerminalText.width(title), points.map { TerminalText.width($0.label) }.max() ?? 0)
    let ends = [lower, upper].map { NumberText.significant($0, 3) }
    let scale = isLogarithmic ? "log scale" : ""
    let gap = max(2, width - TerminalText.width(ends[0] + ends[1] + scale))
    let axis =
      ends[0] + String(repeating: " ", count: gap / 2) + scale + String(repeating: " ", count: gap - gap / 2) + ends[1]
    output.write("  \(TerminalText.padded(title, to: labelWidth, right: true))  \(axis)\n")
    for point in points {
      let label = TerminalText.padded(point.label, to: labelWidth, right: true)
      let measurement = NumberText.measurement(point.mean, point.standardError)
      output.write("  \(label)  \(line(point))  \(measurement)\n")
    }
  }

  private func line(_ point: Point) -> String {
    var cells = [Character](repeating: "·", count: width)
    let reach = point.standardError.isNaN ? 0 : point.standardError
    let (left, right) = (position(point.mean - reach), position(point.mean + reach))
    if right > left {
      for index in left...right { cells[index] = "─" }
      cells[left] = "├"
      cells[right] = "┤"
    }
    if let reference = point.reference { cells[position(reference)] = "┃" }
    cells[position(point.mean)] = "●"
    return String(cells)
  }

  private func position(_ value: Double) -> Int {
    let share =
      isLogarithmic
      ? (Double.log(value) - .log(lower)) / (.log(upper) - .log(lower)) : (value - lower) / (upper - lower)
    return Int((max(0, min(1, share)) * Double(width - 1)).rounded())
  }

  private var lower: Double { ends.map(\.0).min() ?? 0 }
  private var upper: Double { ends.map(\.1).max() ?? 0 }

  private var ends: [(Double, Double)] {
    points.map { point in
      let reach = point.standardError.isNaN ? 0 : point.standardError
      let reference = point.reference ?? point.mean
      return (min(point.mean - reach, reference), max(point.mean + reach, reference))
    }
  }
}
