import Experiments
import TestSupport
import Testing

/// `initialization` with settings.
@Suite struct InitializationFileTests {
  private func file(_ initialization: String, more: String = "") -> String {
    SampleFile.text(("network", "network: {hidden: [2], initialization: \(initialization)\(more)}"))
  }

  @Test(arguments: [
    ("lecun", InitializationSpecification(.lecun)), ("{kind: lecun}", InitializationSpecification(.lecun)),
    ("{kind: zeros, bias: -1}", InitializationSpecification(.named("zeros", of: .initialization), bias: -1)),
    (
      "{kind: truncated_normal, deviation: 0.05, bias: 0.05}",
      InitializationSpecification(.truncatedNormal(deviation: 0.05), bias: 0.05)
    ),
  ])
  func isRead(text: String, expected: InitializationSpecification) throws {
    let trial = try #require(try parse(file(text)).trials.first)
    #expect(trial.network.initialization == expected)
  }

  @Test(arguments: [
    ("truncated_normal", "truncated_normal needs settings; accepted: {kind: truncated_normal, deviation: …}"),
    ("{kind: truncated_normal}", "network.initialization.deviation: missing; accepted: a finite number above 0"),
    ("{kind: truncated_normal, deviation: 0}", "0 is out of range; accepted: a finite number above 0"),
    ("{kind: truncated_normal, deviation: 1, bias: x}", "bias: \"x\" is not a number; accepted: a finite number"),
    ("{kind: he, deviation: 0.1}", "unknown key"), ("{bias: 1}", "network.initialization.kind: missing"),
    ("{kind: truncated}", "\"truncated\" is not an initialization; did you mean truncated_normal?"),
    ("[he]", "a list is not an initialization"),
  ])
  func isRefused(text: String, message: String) {
    let error = #expect(throws: ExperimentFileError.self) { try parse(file(text)) }
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
  }

  @Test func biasesOfLayersThatHaveNone() {
    let error = #expect(throws: ExperimentFileError.self) {
      try parse(file("{kind: he, bias: 0.1}", more: ", bias: false"))
    }
    #expect(error?.description.contains("initial biases where layers have none") == true)
  }
}
