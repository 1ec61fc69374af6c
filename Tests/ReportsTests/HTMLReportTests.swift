import Experiments
import Foundation
import TestSupport
import Testing

@testable import Reports

/// The page as text. What it does in a browser is in CommandTests.
@Suite struct HTMLReportTests {
  /// Markup and script in every name that a file can bring.
  static let hostile: SweepResults = {
    let evil = "</script><img src=x onerror=alert(1)>'\"&<!--"
    var runs: [RunSummary] = []
    for optimizer in [evil, "adam"] {
      for seed in 1...2 {
        for keep in [0.5, 1] {
          runs.append(
            SampleRun(
              optimizer: optimizer, keepProbability: [1, keep], seed: seed, loss: keep + Double(seed) / 10,
              extra: [.init("data", .text(evil)), .init(evil, .number(keep))]
            ).summary)
        }
      }
    }
    return SweepResults(name: evil, selection: .standard, runs: runs)
  }()

  private func page(_ results: SweepResults, library: String = "/* plotly.js v0 */") throws -> (HTMLReport, String) {
    let report = try SummaryReport(results)
    var traces: [TrialIdentity: Trace] = [:]
    for identity in HTMLReport.tracedRuns(report.ranking) {
      var trace = Trace()
      trace.validationLoss = [3, 2, 1]
      trace.trainLoss = [3, 1]
      traces[identity] = trace
    }
    let source = HTMLReport.Source(
      summary: results.name, provenance: Provenance(version: results.name, cpu: results.name),
      experimentText: results.name, experimentHash: "", created: "2024-01-01T00:00:00Z", arguments: [results.name])
    let page = HTMLReport(
      report, source: source, library: .init(text: library, licence: results.name), traces: traces)
    return (page, String(decoding: page.bytes, as: UTF8.self))
  }

  @Test func markupInNamesIsText() throws {
    let (_, text) = try page(Self.hostile, library: "var a = '</script>'")
    // Four scripts: the metadata, the data, the library and ours, as many opened as closed.
    #expect(text.components(separatedBy: "<script").count == 5)
    #expect(text.components(separatedBy: "</script").count == 5)
    #expect(!text.contains("<img") && !text.contains("<!--"))
    #expect(text.contains("&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&#39;&quot;&amp;&lt;!--"))
    #expect(text.contains("var a = '<\\/script>'"))
  }

  @Test func nothingIsFetched() throws {
    let (_, text) = try page(ReportTests.sweep)
    #expect(text.contains("default-src 'none'"))
    for attribute in text.matches(of: #/\s(?:src|href)="([^"]*)"/#) {
      #expect(attribute.output.1.hasPrefix("#") || attribute.output.1 == "data:,", "\(attribute.output.1)")
    }
  }

  @Test func metadataIsJSONAndArraysFit() throws {
    let (page, text) = try page(ReportTests.sweep)
    let meta = try #require(text.firstMatch(of: #/id="meta">([^<]*)</#)).output.1
    let object = try #require(try JSONSerialization.jsonObject(with: Data(meta.utf8)) as? [String: Any])
    let base64 = try #require(text.firstMatch(of: #/id="data">([^<]*)</#)).output.1
    let data = try #require(Data(base64Encoded: String(base64)))
    let arrays = try #require(object["arrays"] as? [String: [String: Any]])
    func floats(_ name: String) throws -> [Float] {
      let part = try #require(arrays[name])
      let (offset, length) = (part["offset"] as! Int, part["length"] as! Int)
      return data[offset..<offset + 4 * length].withUnsafeBytes { bytes in
        (0..<length).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
      }
    }
    let ranking = try SummaryReport(ReportTests.sweep).ranking
    let means = ranking.configurations.map { Float($0.statistics.mean) }
    #expect(try zip(floats("mean"), means).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
    // Three seeds of each configuration that can be ranked, the training loss padded to the validation loss.
    #expect(try floats("trace_val").count == floats("trace_train").count)
    #expect(try Array(floats("trace_train").prefix(3).prefix(2)) == [3, 1])
    #expect(page.figures == ["keep", "rate", "traces", "parallel", "effects", "budget"])
    #expect((object["columns"] as? [[String: Any]])?.first?["name"] as? String == "optimizer")
  }

  @Test func figuresAreThoseTheSweepHasDataFor() throws {
    let runs = [1, 2].map { SampleRun(keepProbability: [1, 0.5], seed: $0, loss: Double($0)) }
    let (page, text) = try page(SweepResults(name: "one", selection: .standard, runs: runs.summaries))
    #expect(page.figures == ["traces", "budget"])
    #expect(!text.contains("figure-heat"))
  }

  /// A configuration a run, without the library's five megabytes: 100,000 of them stay far below twenty.
  @Test func aRunTakesFewBytes() throws {
    var runs: [RunSummary] = []
    runs.reserveCapacity(20_000)
    var run = SampleRun().summary
    for index in 0..<20_000 {
      run.identity = TrialIdentity(high: UInt64(index) &* 0x9e37_79b9_7f4a_7c15, low: 0)
      run.hyperparameters = [
        .init("optimizer", .text("adam")), .init("learning_rate", .number(Double(index / 100))),
        .init("batch_size", .integer(index % 100)), .init("seed", .integer(0)),
      ]
      run.best.validationLoss = Double(index % 977)
      runs.append(run)
    }
    let report = try SummaryReport(SweepResults(name: "large", selection: .standard, runs: runs))
    let source = HTMLReport.Source(
      summary: "", provenance: Provenance(version: "1"), experimentText: "", experimentHash: "", created: "",
      arguments: [])
    let page = HTMLReport(report, source: source, library: .init(text: "", licence: ""), traces: [:])
    #expect(page.bytes.count < 100 * 20_000)
  }
}
