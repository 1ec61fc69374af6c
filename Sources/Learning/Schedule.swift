import Foundation

/// The factor on the learning rate at a step: η(t) = η·factor.
public struct Schedule: Hashable, Sendable {
  public var kind: Kind
  /// Steps of linear warm-up: at step s < n the factor is multiplied by (s + 1)/(n + 1). Counted in epochs.
  public var warmupEpochs: Double

  public enum Kind: Hashable, Sendable {
    case constant
    /// γ^⌊s/(every·n)⌋, s in steps and n of them in an epoch. A quotient that is whole but for rounding is whole: with
    /// `every` 0.2 and 5 steps an epoch every step counts, although 0.6/0.2 < 3.
    case step(every: Double, gamma: Double)
    /// γ^t.
    case exponential(gamma: Double)
    /// 1/(1 + decay·t). Robbins and Monro (1951).
    case inverseTime(decay: Double)
    /// f + (1 − f)·½(1 + cos(πt/T)), T all epochs. Loshchilov and Hutter (2017), eq. 5.
    case cosine(floor: Double)
  }

  public static let constant = Schedule(.constant)

  public init(_ kind: Kind, warmupEpochs: Double = 0) {
    self.kind = kind
    self.warmupEpochs = warmupEpochs
  }

  /// - Parameters:
  ///   - step: From 0.
  ///   - stepsPerEpoch: So that t = step/stepsPerEpoch.
  ///   - epochs: T.
  public func factor(step: Int, stepsPerEpoch: Int, epochs: Int) -> Double {
    let warmupSteps = (warmupEpochs * Double(stepsPerEpoch)).rounded()
    let warmup = Double(step) < warmupSteps ? Double(step + 1) / (warmupSteps + 1) : 1
    return warmup * decay(step: step, stepsPerEpoch: stepsPerEpoch, epochs: epochs)
  }

  private func decay(step: Int, stepsPerEpoch: Int, epochs: Int) -> Double {
    let time = Double(step) / Double(stepsPerEpoch)
    return switch kind {
    case .constant: 1
    case .step(let every, let gamma): pow(gamma, Self.periods(of: every * Double(stepsPerEpoch), in: Double(step)))
    case .exponential(let gamma): pow(gamma, time)
    case .inverseTime(let rate): 1 / (1 + rate * time)
    case .cosine(let floor): floor + (1 - floor) * 0.5 * (1 + cos(Double.pi * time / Double(epochs)))
    }
  }

  /// ⌊steps/length⌋, where a quotient within 1e-9 of a whole number is that number.
  private static func periods(of length: Double, in steps: Double) -> Double {
    let quotient = steps / length
    let nearest = quotient.rounded()
    return abs(quotient - nearest) <= 1e-9 * max(1, nearest) ? nearest : quotient.rounded(.down)
  }
}
