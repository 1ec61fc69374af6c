import Foundation
import Reports

/// Error rates of the statistics, by simulation: `simulations [NAME …]`, all of them where none is named. Each prints a
/// table of what the statistic claims, what is true in the simulated experiments, and what an earlier or a common rule gives
/// on the same ones.
@main
struct Simulations {
  /// Adding one is a file and a line.
  static let all: [any Simulation.Type] = [
    BestLevels.self,
    BudgetEstimate.self,
    BudgetProbability.self,
    DropoutVerdicts.self,
    EffectShares.self,
    NegativeEigenvalues.self,
    NewSamplesSimulation.self,
    RanksInsideNoise.self,
    SelectionBiasSimulation.self,
    SweepComparisons.self,
  ]

  static func main() {
    let names = CommandLine.arguments.dropFirst()
    let chosen = names.isEmpty ? all : all.filter { names.contains($0.name) }
    guard !chosen.isEmpty, names.allSatisfy({ name in all.contains { $0.name == name } }) else {
      print("simulations [\(all.map { $0.name }.joined(separator: " | "))]")
      exit(64)
    }
    for simulation in chosen {
      var text = "\(simulation.name): \(simulation.question)\n"
      simulation.table().write(to: &text)
      print(text)
    }
  }
}

/// One question of an error rate, answered by many simulated experiments.
protocol Simulation: SendableMetatype {
  static var name: String { get }
  /// What is simulated, over how many experiments, from which seed.
  static var question: String { get }
  /// Runs it. The numbers are a function of the seed in the code alone.
  static func table() -> Table
}
