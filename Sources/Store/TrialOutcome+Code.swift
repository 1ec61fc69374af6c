import Experiments

/// Outcomes as columns: a code, a step and a message.
extension TrialOutcome {
  /// Index into ``names``.
  var code: Int {
    switch self {
    case .completed: 0
    case .stoppedEarly: 1
    case .diverged: 2
    case .failed: 3
    case .converged: 4
    case .stalled: 5
    }
  }

  var divergedStep: Int? {
    if case .diverged(let step) = self { step } else { nil }
  }

  var failureMessage: String? {
    if case .failed(let message) = self { message } else { nil }
  }

  var isFailure: Bool { failureMessage != nil }

  init?(code: Int, divergedStep: Int, failureMessage: @autoclosure () throws -> String) rethrows {
    switch code {
    case 0: self = .completed
    case 1: self = .stoppedEarly
    case 2: self = .diverged(step: divergedStep)
    case 3: self = .failed(message: try failureMessage())
    case 4: self = .converged
    case 5: self = .stalled
    default: return nil
    }
  }
}
