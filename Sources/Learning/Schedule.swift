import Foundation

/// The factor on the learning rate at a step: η(t) = η·factor.
public struct Schedule: Hashable, Sendable {
  public var kind: Kind
  /// Steps of linear warm-up: at step s < n the factor is multiplied by (s + 1)/(n + 1). Counted in epochs.
  public var warmupEpochs: Double

  public enum Kind: Hashable, Sendable {
    case constant
    /// γ^⌊t/every⌋, t in epochs.
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
    let time = Double(step) / Double(stepsPerEpoch)
    let warmupSteps = (warmupEpochs * Double(stepsPerEpoch)).rounded()
    let warmup = Double(step) < warmupSteps ? Double(step + 1) / (warmupSteps + 1) : 1
    return warmup * decay(at: time, epochs: epochs)
  }

  private func decay(at time: Double, epochs: Int) -> Double {
    switch kind {
    case .constant: 1
    case .step(let every, let gamma): pow(gamma, (time / every).rounded(.down))
    case .exponential(let gamma): pow(gamma, time)
    case .inverseTime(let rate): 1 / (1 + rate * time)
    case .cosine(let floor): floor + (1 - floor) * 0.5 * (1 + cos(Double.pi * time / Double(epochs)))
    }
  }
}
