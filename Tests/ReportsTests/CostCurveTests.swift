import Experiments
import TestSupport
import Testing

@testable import Reports

/// Losses against what they cost: hand-made runs, every number by hand.
@Suite struct CostCurveTests {
  /// Adam converges slowly at one gradient an epoch; Newton costs 4 gradients and 10 products an epoch and is at rest
  /// after two.
  private func curves(_ axis: CostAxis, stored: Bool = true, productCost: [Double] = []) throws -> CostCurves {
    let runs = [
      SampleRun(optimizer: "adam", seed: 1, loss: 0.5), SampleRun(optimizer: "adam", seed: 2, loss: 0.7),
      SampleRun(optimizer: "adam", learningRate: 1, seed: 1, loss: 0.9),
      SampleRun(optimizer: "newton", seed: 1, loss: 0.1, outcome: .converged),
      SampleRun(optimizer: "newton", seed: 2, loss: 0.1, outcome: .stalled),
    ]
    var traces: [TrialIdentity: Trace] = [:]
    for run in runs {
      var trace = Trace()
      let isNewton = run.optimizer == "newton"
      trace.validationLoss = isNewton ? [2, 0.4, 0.1] : [2, 1, 0.8, 0.6, run.loss]
      trace.seconds = trace.validationLoss.indices.map { Double($0) * (isNewton ? 3 : 0.5) }
      if stored {
        trace.gradientPasses = trace.validationLoss.indices.map { Double($0) * (isNewton ? 4 : 1) }
        trace.productPasses = trace.validationLoss.indices.map { Double($0) * (isNewton ? 10 : 0) }
        if isNewton { trace.productCost = productCost }
      }
      traces[run.summary.identity] = trace
    }
    return try CostCurves(runs.ranking(), traces: traces, against: axis)
  }

  @Test func valuesAtEqualCost() throws {
    let curves = try curves(.gradients)
    #expect(curves.curves.map(\.optimizer) == ["newton", "adam"])
    #expect(curves.curves.map(\.rank) == [1, 2])
    let (newton, adam) = (curves.curves[0], curves.curves[1])
    #expect(newton.value(at: 3.9) == 2 && newton.value(at: 4) == 0.4 && newton.value(at: 8) == 0.1)
    #expect(newton.value(at: 1000) == 0.1)
    #expect(adam.value(at: 0.5) == 2 && adam.value(at: 3) == 0.6)
    #expect(abs(adam.value(at: 4)! - 0.6) < 1e-15)
    #expect(adam.value(at: 4.1) == nil)
    #expect(curves.checkpoints.first == 1 && curves.checkpoints.last == 8 && curves.checkpoints.count == 8)
  }

  @Test func otherAxes() throws {
    #expect(try curves(.products).curves[0].value(at: 10) == 0.4)
    #expect(try curves(.products).curves[1].value(at: 0) == 0.6)
    #expect(try curves(.seconds).curves[1].value(at: 1) == 0.8)
    #expect(try curves(.epochs).curves[0].value(at: 2) == 0.1)
  }

  /// A product counts as what it took at the end of the run, all along it.
  @Test func passesAreGradientsAndProducts() throws {
    let measured = try curves(.passes, productCost: [.nan, 2.5, 2])
    #expect(measured.curves[0].runs[0].costs == [0, 24, 48] && measured.curves[1].runs[0].costs == [0, 1, 2, 3, 4])
    var text = ""
    measured.report(into: &text)
    #expect(text.hasPrefix("validation_loss against passes, gradients and products in passes over the training set"))
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("a product as the 2.0 gradients that its run measured it to take)"))
    // Nothing is known of results of an earlier version.
    let assumed = try curves(.passes)
    #expect(assumed.curves[0].runs[0].costs == [0, 19, 38])
    text = ""
    assumed.report(into: &text)
    let other = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(other.contains("a product as 1.5 gradients where"))
    #expect(throws: ReportError.noTrace("gradient_passes")) { try curves(.passes, stored: false) }
  }

  @Test func whatWasNotStoredIsSaid() throws {
    #expect(throws: ReportError.noTrace("gradient_passes")) { try curves(.gradients, stored: false) }
    #expect(try curves(.seconds, stored: false).curves.count == 2)
  }

  @Test func text() throws {
    var output = ""
    try curves(.gradients).report(into: &output)
    let lines = output.split(separator: "\n").suffix(3).map { $0.split(separator: " ").map(String.init) }
    #expect(lines[0] == ["rank", "optimizer", "1.0", "1.3", "1.8", "2.4", "3.3", "4.4", "5.9", "8.0"])
    #expect(lines[1] == ["1", "newton", "2.00", "2.00", "2.00", "2.00", "2.00", "0.400", "0.400", "0.100"])
    #expect(lines[2] == ["2", "adam", "1.00", "1.00", "1.00", "0.800", "0.600"])
    var records = ""
    try curves(.products).writeCSV(to: &records)
    #expect(records.hasPrefix("rank,optimizer,run,epoch,products,validation_loss\r\n1,newton,"))
    #expect(records.split(separator: "\r\n").count == 1 + 2 * 3 + 2 * 5)
  }
}
