import Experiments

extension SweepProgress {
  /// What is going on, in short phrases: `2 running (epochs 120 and 87 of 300)`, `14 diverged`, `41.2 runs/s`, `4 s left`.
  func parts(at seconds: Double) -> [String] {
    var parts = ["\(running) running\(epochs(at: seconds))", "\(diverged) diverged"]
    if failed > 0 { parts.append("\(failed) failed") }
    if let rate = rate(at: seconds), rate >= 0.1 { parts.append("\(Quantity.significant(rate)) runs/s") }
    if let left = timeLeft(at: seconds) { parts.append("\(Quantity.duration(left)) left") }
    return parts
  }

  /// How far the runs are that take so long that one waits for them.
  private func epochs(at seconds: Double) -> String {
    let slow = runningRuns.filter { seconds - $0.began >= 2 }
    guard !slow.isEmpty, slow.count <= 4 else { return "" }
    return " (epoch \(slow.map { "\($0.state.epochs)/\($0.plannedEpochs)" }.joined(separator: ", ")))"
  }
}

extension SelectionRule {
  /// `best validation loss 0.0321: optimizer=adam, learning_rate=0.003`, and the epoch of a run that is not at its end.
  func text(of best: SweepProgress.Best, label: RunLabel) -> String {
    let run = label.text(best.hyperparameters)
    let name = metric == .validationLoss ? "validation loss" : "validation accuracy"
    let place = best.epoch.map { " so far, in training at epoch \($0)" } ?? ""
    return "best \(name) \(Quantity.significant(best.value))\(place)" + (run.isEmpty ? "" : ": " + run)
  }
}
