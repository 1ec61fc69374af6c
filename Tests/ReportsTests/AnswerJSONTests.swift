import Experiments
import TestSupport
import Testing

@testable import Reports

/// What another program reads of an answer.
func parsed(_ answer: some Answer) throws -> ParsedJSON {
  var text = ""
  answer.writeJSON(to: &text)
  return try ParsedJSON(text)
}

/// The answers for machines, on runs made up so that each number is known beforehand.
@Suite struct AnswerJSONTests {
  @Test func effects() throws {
    let answer = try parsed(HyperparameterEffects([SampleRun].additive.ranking()))
    #expect(answer["criterion"]["metric"].text == "validation_loss")
    #expect(answer["criterion"]["higher_is_better"] == .truth(false))
    #expect(answer["scopes"].elements.count == 1)
    let scope = answer["scopes"][0]
    #expect(scope["optimizer"] == .null && scope["status"].text == "complete")
    #expect(scope["runs"].number == 8 && scope["replaced"].number == 0)
    #expect(scope["mean"].number == 4 && scope["variance"].number == 5.5)
    let names = [
      "learning_rate", "keep_probability", "learning_rate × keep_probability", "three and more together", "seed",
    ]
    #expect(scope["effects"].elements.compactMap { $0["effect"].text } == names)
    // Variances of two levels are a quarter of the square of their distance.
    #expect(
      scope["effects"].elements.compactMap { $0["variance"].number }.map { ($0 * 1e9).rounded() / 1e9 } == [
        1, 4, 0, 0, 0.5,
      ])
    #expect(
      zip(scope["effects"].elements, [1, 4, 0, 0, 0.5]).allSatisfy { abs($0["share"].number! - $1 / 5.5) < 1e-12 })
    #expect(scope["seeds"].number == 2 && scope["effects"][4]["p_value"] == .null)
    #expect(scope["effects"][2]["hyperparameters"].texts == ["learning_rate", "keep_probability"])
    let rates = scope["marginal_means"].first("hyperparameter", "learning_rate")["levels"]
    #expect(rates.elements.compactMap { $0["value"].number } == [0.01, 0.1])
    #expect(rates.elements.compactMap { $0["mean"].number } == [3, 5])
    #expect(scope["marginal_means"][1]["levels"][0]["value"].numbers == [1, 0.5])
  }

  @Test func effectsThatCannotBeTold() throws {
    let part = try parsed(HyperparameterEffects(Array([SampleRun].additive.dropLast(2)).ranking()))["scopes"][0]
    #expect(part["status"].text == "incomplete" && part["present"].number == 3 && part["combinations"].number == 4)
    let two = [SampleRun].additive.prefix(1) + [SampleRun(optimizer: "momentum", outcome: .diverged(step: 1))]
    let scopes = try parsed(HyperparameterEffects(Array(two).ranking()))["scopes"]
    #expect(scopes.first("optimizer", "adam")["status"].text == "nothing_varies")
    #expect(scopes.first("optimizer", "momentum")["status"].text == "nothing_ranked")
  }

  @Test func budget() throws {
    let runs =
      [0.1, 0.9, 0.9].enumerated().map { SampleRun(optimizer: "adam", seed: $0, loss: $1) }
      + [0.25, 0.5, 0.75].enumerated().map { SampleRun(optimizer: "momentum", seed: $0, loss: $1) }
    let answer = try parsed(try #require(TuningBudget(runs.ranking())))
    #expect(answer["budgets"].numbers == [1, 2])
    let momentum = answer["optimizers"].first("optimizer", "momentum")
    #expect(momentum["runs"].number == 3 && momentum["lost"].number == 0)
    let expected = momentum["expected_best"]
    #expect(expected.elements.compactMap { $0["k"].number } == [1, 2])
    // Of the three pairs two have 0.25, and one has 0.5.
    #expect(zip(expected.elements, [0.5, 1.0 / 3]).allSatisfy { abs(($0["mean"].number ?? 0) - $1) < 1e-15 })
    // Without one each the bests of the pairs left are 0.5, 0.25 and 0.25.
    #expect(abs((expected[1]["standard_error"].number ?? 0) - 1.0 / 6) < 1e-15)
    #expect(expected.elements.allSatisfy { $0["probability_of_best"].number != nil })
    #expect(momentum["tunability"].keys == ["early", "late", "uniform"])
    #expect(abs((momentum["tunability"]["uniform"].number ?? 0) - (0.5 + 1.0 / 3) / 2) < 1e-15)
    let single = try parsed(try #require(TuningBudget(Array(runs.prefix(1)).ranking())))
    #expect(single["optimizers"][0]["expected_best"][0]["standard_error"] == .null)
    #expect(single["optimizers"][0]["expected_best"][0]["probability_of_best"] == .null)
  }

  @Test func sensitivity() throws {
    let runs = [(0.001, 2.0), (0.01, 1.05), (0.1, 1), (10, 1)].flatMap { rate, loss in
      [1, 2].map { seed in
        SampleRun(
          learningRate: rate, seed: seed, loss: loss, outcome: rate == 10 ? .diverged(step: 1) : .completed)
      }
    }
    let answer = try parsed(try #require(LearningRateSensitivity(runs.ranking(), tolerance: 0.1)))
    #expect(answer["tolerance"].number == 0.1)
    let adam = answer["optimizers"].first("optimizer", "adam")
    #expect(adam["best_learning_rate"].number == 0.1 && adam["tolerated"].numbers == [0.01, 0.1])
    #expect(adam["tolerated_decades"].number == 1)
    #expect(adam["largest_stable"].number == 0.1 && adam["smallest_divergent"].number == 10)
    #expect(adam["stability_limit"] == .null && adam["stability"].text == "not_measured")
    #expect(adam["rates"].elements.compactMap { $0["diverged"].number } == [0, 0, 0, 2])
    #expect(adam["rates"].elements.compactMap { $0["tolerated"].truth } == [false, true, true, false])
    #expect(adam["rates"][1]["best_configuration"]["mean"].number == 1.05)
    #expect(adam["rates"][3]["best_configuration"] == .null)
  }

  @Test func pairs() throws {
    let runs = [("adam", 0.0), ("momentum", 0.5), ("rmsprop", 2.0)].flatMap { optimizer, level in
      [1.0, 2.0].enumerated().map { SampleRun(optimizer: optimizer, seed: $0, loss: level * $1) }
    }
    let answer = try parsed(try PairedComparisons(runs.ranking(), of: "optimizer"))
    #expect(answer["hyperparameter"].text == "optimizer")
    #expect(answer["levels"].elements.compactMap { $0["value"].text } == ["adam", "momentum", "rmsprop"])
    #expect(answer["levels"][1]["best_configuration"]["hyperparameters"]["optimizer"].text == "momentum")
    let pair = answer["pairs"][0]
    #expect(pair["first"].text == "adam" && pair["second"].text == "momentum" && pair["method"].text == "paired")
    // Differences −0.5 and −1: mean −0.75, standard error 0.25.
    #expect(pair["difference"].number == -0.75 && pair["standard_error"].number == 0.25)
    let single = try parsed(try PairedComparisons(runs.filter { $0.seed == 0 }.ranking(), of: "optimizer"))
    #expect(single["pairs"][0]["adjusted_p_value"] == .null)
    #expect(single["pairs"][0]["verdict"].text == "cannot be told from one seed")
  }

  /// Values of a hyperparameter are those of the runs to the last digit, whatever a table shows of them.
  @Test func pairsOfNumbersAreExact() throws {
    let rates = [0.1 + 0.2, 1.0 / 3]
    let runs = rates.enumerated().flatMap { index, rate in
      [0, 1].map { SampleRun(learningRate: rate, seed: $0, loss: Double(index + $0)) }
    }
    let answer = try parsed(try PairedComparisons(runs.ranking(), of: "learning_rate"))
    #expect(answer["levels"].elements.map { $0["value"].number } == rates)
    #expect(answer["pairs"][0]["first"].number == rates[0] && answer["pairs"][0]["second"].number == rates[1])
  }

  @Test func compare() throws {
    func ranking(_ losses: [Double], workers: Int) -> Ranking {
      let runs = losses.enumerated().map { seed, loss in
        SampleRun(seed: seed, loss: loss, seconds: loss, workers: workers)
      }
      return runs.ranking()
    }
    let comparison = SweepComparison(("a", ranking([1, 2, 4], workers: 1)), ("b", ranking([1, 1, 2], workers: 1)))
    let answer = try parsed(comparison)
    #expect(answer["sweeps"].elements.compactMap { $0["name"].text } == ["a", "b"])
    let workers = answer["sweeps"][1]["workers"][0]
    #expect(workers["workers"].number == 1 && workers["runs"].number == 3)
    #expect(answer["sweeps"][0]["best"]["values"].numbers == [1, 2, 4])
    #expect(answer["shared"]["runs"].number == 3 && answer["shared"]["equal"].number == 1)
    #expect(answer["shared"]["time_ratio"].number == 2 && answer["shared"]["comparison"]["difference"].number == 1)
    #expect(answer["winners"]["seeds"].numbers == [3, 3] && answer["differences"] == .array([]))
    let other = [SampleRun(learningRate: 0.5, extra: [.init("batch_size", .integer(0))])].ranking()
    let differences = try parsed(SweepComparison(("a", ranking([1], workers: 1)), ("b", other)))["differences"]
    #expect(differences.first("hyperparameter", "learning_rate")["second"].numbers == [0.5])
    #expect(differences.first("hyperparameter", "batch_size")["first"] == .null)
  }

  @Test func spectrum() throws {
    var probe = CurvatureMeasurement(moments: [.epoch, .final], epoch: 7)
    (probe.matrix, probe.parameters, probe.lambdaMax, probe.learningRate) = (.hessian, 3, 0.1 + 0.2, 0.5)
    (probe.lambdaMaxConverged, probe.negatives, probe.negativesKind, probe.definiteness) = (true, 1, .exact, .saddle)
    (probe.spectrum, probe.spectrumConverged) = ([-1, 0.25, 0.3], [1, 0, 1])
    probe.taylorSteps = [1, 0.5]
    probe.taylorFirstErrors = [1, 2, 3, 4, 5, 6]
    var record = TrialRecord(
      identity: TrialIdentity(high: 0x0123_4567_89ab_cdef, low: 0),
      hyperparameters: [.init("optimizer", .text("adam")), .init("keep_probability", .list([1, 0.5]))],
      outcome: .completed)
    record.curvature = [probe]
    let answer = try parsed(try SpectrumReport(record))
    #expect(answer["run"].text == record.identity.description && answer["outcome"].text == "completed")
    #expect(answer["hyperparameters"]["keep_probability"].numbers == [1, 0.5])
    let found = answer["probes"][0]
    #expect(found["probe_epoch"].number == 7 && found["probe_moment"].texts == ["epoch", "final"])
    #expect(found["lambda_max"].number == 0.1 + 0.2 && found["lambda_min"] == .null)
    #expect(found["two_over_eta"].number == 4 && found["probe_matrix"].text == "hessian")
    #expect(found["lambda_max_converged"] == .truth(true) && found["lambda_min_converged"] == .null)
    #expect(found["spectrum"].numbers == [-1, 0.25, 0.3])
    #expect(found["spectrum_converged"].elements == [.truth(true), .truth(false), .truth(true)])
    #expect(found["taylor_first_error"].elements.map(\.numbers) == [[1, 2], [3, 4], [5, 6]])
    #expect(found["taylor_second_error"] == .array([]))
  }
}
