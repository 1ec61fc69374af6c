/// A step that satisfies the strong Wolfe conditions, by bracketing and zooming.
///
/// Nocedal and Wright (2006), algorithms 3.5 and 3.6, with cubic interpolation, and the safeguards of Schmidt's minFunc
/// (2005), which PyTorch has too. Where the conditions cannot be met, it gives the lowest point of the last bracket.
struct ZoomSearch {
  private let line: LineFunction
  private let conditions: WolfeConditions
  private let maximumIterations = 25
  /// A bracket whose largest change of a parameter is below this is no longer divided.
  private let tolerance = 1e-9

  init(_ line: LineFunction, _ conditions: WolfeConditions) {
    self.line = line
    self.conditions = conditions
  }

  /// - Returns: Nil where no point of the line was found that is lower than its start.
  func run(first: Double) -> LinePoint? {
    var last = line.origin
    var point = finitePoint(at: first)
    var iterations = 0
    while iterations < maximumIterations {
      if !conditions.hasDecreased(point, from: line) || iterations > 1 && point.value >= last.value {
        return lower(zoom(last, point, iterations))
      }
      if conditions.isFlat(point, on: line) { return point }
      if point.slope >= 0 { return lower(zoom(last, point, iterations)) }
      let bounds = point.step + 0.01 * (point.step - last.step)...10 * point.step
      let next = cubicMinimum(last, point, within: bounds)
      last = point
      point = line.point(at: next)
      iterations += 1
    }
    return lower(line.origin.value <= point.value ? line.origin : point)
  }

  /// The point at the step, shortened until loss and slope are finite there.
  private func finitePoint(at first: Double) -> LinePoint {
    var point = line.point(at: first)
    for _ in 0..<maximumIterations where !point.isFinite { point = line.point(at: point.step / 10) }
    return point
  }

  private func lower(_ point: LinePoint) -> LinePoint? {
    point.isFinite && point.step > 0 && point.value < line.start.value ? point : nil
  }

  /// Shrinks a bracket about its lower end until that satisfies the conditions.
  private func zoom(_ first: LinePoint, _ second: LinePoint, _ iterations: Int) -> LinePoint {
    var (low, high) = first.value <= second.value ? (first, second) : (second, first)
    let length = line.direction.reduce(0) { max($0, abs($1)) }
    var wasNearEnd = false
    for _ in iterations..<maximumIterations {
      if abs(high.step - low.step) * length < tolerance { break }
      let (least, greatest) = (min(low.step, high.step), max(low.step, high.step))
      var step = cubicMinimum(low, high, within: least...greatest)
      let margin = 0.1 * (greatest - least)
      if min(greatest - step, step - least) < margin {
        if wasNearEnd || step >= greatest || step <= least {
          step = abs(step - greatest) < abs(step - least) ? greatest - margin : least + margin
          wasNearEnd = false
        } else {
          wasNearEnd = true
        }
      } else {
        wasNearEnd = false
      }
      let point = line.point(at: step)
      if !conditions.hasDecreased(point, from: line) || point.value >= low.value {
        high = point
        if high.value < low.value { swap(&low, &high) }
        continue
      }
      if conditions.isFlat(point, on: line) { return point }
      if point.slope * (high.step - low.step) >= 0 { high = low }
      low = point
    }
    return low
  }

  /// The minimum of the cubic through two points and their slopes, kept within bounds; their middle where it has none.
  private func cubicMinimum(_ a: LinePoint, _ b: LinePoint, within bounds: ClosedRange<Double>) -> Double {
    let (left, right) = a.step <= b.step ? (a, b) : (b, a)
    let d1 = left.slope + right.slope - 3 * (left.value - right.value) / (left.step - right.step)
    let square = d1 * d1 - left.slope * right.slope
    guard square >= 0 else { return (bounds.lowerBound + bounds.upperBound) / 2 }
    let d2 = square.squareRoot()
    let share = (right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2)
    let minimum = right.step - (right.step - left.step) * share
    return min(max(minimum, bounds.lowerBound), bounds.upperBound)
  }
}
