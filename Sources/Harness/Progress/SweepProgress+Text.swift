import Experiments

extension SweepProgress {
  /// What is going on, in short phrases: `2 running`, `14 diverged`, `41.2 runs/s`, `4 s left`.
  func parts(at seconds: Double) -> [String] {
    var parts = ["\(running) running", "\(diverged) diverged"]
    if failed > 0 { parts.append("\(failed) failed") }
    if let rate = rate(at: seconds) { parts.append("\(Quantity.significant(rate)) runs/s") }
    if let left = timeLeft(at: seconds) { parts.append("\(Quantity.duration(left)) left") }
    return parts
  }
}

extension SelectionRule {
  /// `best validation loss 0.0321: adam, lr 0.003`.
  func text(of best: SweepProgress.Best, label: RunLabel) -> String {
    let run = label.text(best.hyperparameters)
    let name = metric == .validationLoss ? "validation loss" : "validation accuracy"
    return "best \(name) \(Quantity.significant(best.value))" + (run.isEmpty ? "" : ": " + run)
  }
}
