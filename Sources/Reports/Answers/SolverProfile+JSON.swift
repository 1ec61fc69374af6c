extension SolverProfile: Answer {
  public var json: JSON {
    .object([
      "unit": .string(unit.rawValue),
      "problems": .array(
        targets.indices.map { index in
          .object(targets[index].targetJSON.merging(["problem": .string(problems[index])]) { $1 })
        }),
      "optimizers": .array(solvers.indices.map(json)),
    ])
  }

  private func json(_ solver: Int) -> JSON {
    let results = problems.indices.map { problem in
      JSON.object([
        "problem": .string(problems[problem]), "has_runs": .boolean(hasRuns[solver][problem]),
        "time": .number(times[solver][problem]), "ratio": .number(profile.ratios[solver][problem]),
      ])
    }
    // ρ is a step function: its values at all ratios that occur are the whole of it.
    let ratios = Set(profile.ratios.joined().filter(\.isFinite)).union([1]).sorted()
    return .object([
      "optimizer": .string(solvers[solver]), "score": .number(profile.score(solver)), "problems": .array(results),
      "profile": .array(
        ratios.map { .object(["ratio": .number($0), "share": .number(profile.share(solver, within: $0))]) }),
    ])
  }
}
