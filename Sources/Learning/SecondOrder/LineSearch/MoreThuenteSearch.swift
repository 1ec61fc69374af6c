/// A step that satisfies the strong Wolfe conditions.
///
/// Moré and Thuente (1994), "Line search algorithms with guaranteed sufficient decrease". An interval that holds such a
/// step shrinks about the best point; until a point has decreased enough with a slope that is not negative, the
/// interval is that of ψ(α) = φ(α) − φ(0) − c₁αφ′(0).
struct MoreThuenteSearch {
  private let line: LineFunction
  private let conditions: WolfeConditions
  private let maximumEvaluations = 100
  private let steps = 1e-100...1e100
  /// The interval's width over its upper end at which rounding has the word.
  private let tolerance = 1e-14

  init(_ line: LineFunction, _ conditions: WolfeConditions) {
    self.line = line
    self.conditions = conditions
  }

  /// - Returns: Nil where rounding, or the limit of evaluations, comes first.
  func run(first: Double) -> LinePoint? {
    let origin = line.origin
    let sufficient = conditions.sufficientDecrease * line.slope
    var interval = StepInterval(best: Sample(origin), other: Sample(origin))
    var bounds = 0...5 * first
    var widths = (last: steps.upperBound - steps.lowerBound, before: 2 * (steps.upperBound - steps.lowerBound))
    var isFirstStage = true
    var step = min(max(first, steps.lowerBound), steps.upperBound)
    for _ in 0..<maximumEvaluations {
      let point = line.point(at: step)
      guard point.isFinite else {
        guard interval.best.step < step else { return nil }
        step = interval.best.step + (step - interval.best.step) / 4
        continue
      }
      let hasDecreased = conditions.hasDecreased(point, from: line)
      if hasDecreased && conditions.isFlat(point, on: line) { return point }
      if isFirstStage && hasDecreased && point.slope >= 0 { isFirstStage = false }
      if interval.isBracketed && !isProgress(step, bounds) || step == steps.upperBound || step == steps.lowerBound {
        return nil
      }
      let sample = Sample(point)
      let trial: Double
      if isFirstStage && sample.value <= interval.best.value && !hasDecreased {
        var tilted = interval.tilted(by: sufficient)
        trial = tilted.update(with: sample.tilted(by: sufficient), bounds: bounds)
        interval = tilted.tilted(by: -sufficient)
      } else {
        trial = interval.update(with: sample, bounds: bounds)
      }
      guard trial.isFinite else { return nil }
      step = trial
      if interval.isBracketed {
        // Two thirds of the width of two steps ago at the most, or the middle.
        if interval.width >= 0.66 * widths.before { step = interval.middle }
        widths = (interval.width, widths.last)
        bounds = interval.range
      } else {
        let advance = max(0, step - interval.best.step)
        bounds = step + 1.1 * advance...step + 4 * advance
      }
      step = min(max(step, steps.lowerBound), steps.upperBound)
      if interval.isBracketed && !isProgress(step, bounds) { step = interval.best.step }
    }
    return nil
  }

  private func isProgress(_ step: Double, _ bounds: ClosedRange<Double>) -> Bool {
    step > bounds.lowerBound && step < bounds.upperBound
      && bounds.upperBound - bounds.lowerBound > tolerance * bounds.upperBound
  }
}

/// α, φ(α) and φ′(α).
private struct Sample {
  var step: Double
  var value: Double
  var slope: Double

  init(step: Double, value: Double, slope: Double) {
    self.step = step
    self.value = value
    self.slope = slope
  }

  init(_ point: LinePoint) { self.init(step: point.step, value: point.value, slope: point.slope) }

  /// Of φ(α) − sα.
  func tilted(by s: Double) -> Sample { Sample(step: step, value: value - s * step, slope: slope - s) }
}

/// The interval of uncertainty: the best point so far and another end.
private struct StepInterval {
  var best: Sample
  var other: Sample
  var isBracketed = false

  var width: Double { abs(other.step - best.step) }
  var middle: Double { best.step + 0.5 * (other.step - best.step) }
  var range: ClosedRange<Double> { min(best.step, other.step)...max(best.step, other.step) }

  func tilted(by s: Double) -> StepInterval {
    StepInterval(best: best.tilted(by: s), other: other.tilted(by: s), isBracketed: isBracketed)
  }

  /// Takes a trial in and gives the next one: section 4 of the paper.
  mutating func update(with trial: Sample, bounds: ClosedRange<Double>) -> Double {
    let isOpposite = trial.slope * (best.slope / abs(best.slope)) < 0
    let next: Double
    if trial.value > best.value {
      next = afterIncrease(trial)
      isBracketed = true
    } else if isOpposite {
      next = afterTurn(trial)
      isBracketed = true
    } else if abs(trial.slope) < abs(best.slope) {
      next = afterFlattening(trial, bounds)
    } else {
      next = afterSteepening(trial, bounds)
    }
    if trial.value > best.value {
      other = trial
    } else {
      if isOpposite { other = best }
      best = trial
    }
    return next
  }

  /// Case 1, a higher value: the cubic's minimum where it is nearer to the best point than the quadratic's, otherwise
  /// their mean.
  private func afterIncrease(_ trial: Sample) -> Double {
    let span = trial.step - best.step
    let (theta, root) = cubic(best, trial)
    let gamma = span < 0 ? -root : root
    let share = ((gamma - best.slope) + theta) / (((gamma - best.slope) + gamma) + trial.slope)
    let cubicStep = best.step + share * span
    let secant = (best.value - trial.value) / span + best.slope
    let quadraticStep = best.step + best.slope / secant / 2 * span
    return abs(cubicStep - best.step) < abs(quadraticStep - best.step)
      ? cubicStep : cubicStep + (quadraticStep - cubicStep) / 2
  }

  /// Case 2, slopes of opposite sign: of the cubic's and the secant's minimum the one farther from the trial.
  private func afterTurn(_ trial: Sample) -> Double {
    let span = best.step - trial.step
    let (theta, root) = cubic(best, trial)
    let gamma = span < 0 ? -root : root
    let share = ((gamma - trial.slope) + theta) / (((gamma - trial.slope) + gamma) + best.slope)
    let cubicStep = trial.step + share * span
    let secantStep = trial.step + trial.slope / (trial.slope - best.slope) * span
    return abs(cubicStep - trial.step) > abs(secantStep - trial.step) ? cubicStep : secantStep
  }

  /// Case 3, the slope has the same sign and a smaller magnitude: the cubic may have no minimum beyond the trial.
  private func afterFlattening(_ trial: Sample, _ bounds: ClosedRange<Double>) -> Double {
    let span = best.step - trial.step
    let (theta, root) = cubic(best, trial)
    let gamma = span < 0 ? -root : root
    let share = ((gamma - trial.slope) + theta) / ((gamma + (best.slope - trial.slope)) + gamma)
    let outward = span < 0 ? bounds.upperBound : bounds.lowerBound
    let cubicStep = share < 0 && gamma != 0 ? trial.step + share * span : outward
    let secantStep = trial.step + trial.slope / (trial.slope - best.slope) * span
    let cubicIsNearer = abs(cubicStep - trial.step) < abs(secantStep - trial.step)
    guard isBracketed else {
      let farther = cubicIsNearer ? secantStep : cubicStep
      return min(max(farther, bounds.lowerBound), bounds.upperBound)
    }
    let nearer = cubicIsNearer ? cubicStep : secantStep
    let limit = trial.step + 0.66 * (other.step - trial.step)
    return span < 0 ? min(limit, nearer) : max(limit, nearer)
  }

  /// Case 4, the slope is no flatter: on to the other end's cubic, or as far as allowed.
  private func afterSteepening(_ trial: Sample, _ bounds: ClosedRange<Double>) -> Double {
    guard isBracketed else { return trial.step > best.step ? bounds.upperBound : bounds.lowerBound }
    let span = other.step - trial.step
    let (theta, root) = cubic(other, trial)
    let gamma = span < 0 ? -root : root
    let share = ((gamma - trial.slope) + theta) / (((gamma - trial.slope) + gamma) + other.slope)
    return trial.step + share * span
  }

  /// θ = 3(φₐ − φᵦ)/(β − α) + φ′ₐ + φ′ᵦ and √(θ² − φ′ₐφ′ᵦ), not under zero.
  private func cubic(_ a: Sample, _ b: Sample) -> (theta: Double, root: Double) {
    let theta = 3 * (a.value - b.value) / (b.step - a.step) + a.slope + b.slope
    let size = max(abs(theta), abs(a.slope), abs(b.slope))
    let square = (theta / size) * (theta / size) - (a.slope / size) * (b.slope / size)
    return (theta, size * max(0, square).squareRoot())
  }
}
