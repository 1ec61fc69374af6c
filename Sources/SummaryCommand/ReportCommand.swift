import ArgumentParser
import Experiments
import Foundation
import Reports
import Store

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Write the results as one HTML file with interactive figures.",
    discussion: """
      The file needs no network and no other file. It goes to report.html in the directory of the results unless \
      --output says otherwise. The figures are drawn by plotly.js, which scripts/setup --report fetches.

      --svg and --png write each figure as an image, too; they need Chromium.

      Examples:
        summary report results/digits
        summary report results/digits --where optimizer=adam --output adam.html
        summary report results/digits --svg figures
      """)

  @OptionGroup var question: ResultsQuestion

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Write each figure as SVG into this directory.", valueName: "directory"))
  var svg: String?

  @Option(help: ArgumentHelp("Write each figure as PNG into this directory.", valueName: "directory"))
  var png: String?

  func validate() throws {
    for (name, path) in [("output", output), ("svg", svg), ("png", png)] where path == "" {
      throw ValidationError("--\(name) is empty; accepted: a path")
    }
  }

  func run() throws {
    let library = try PlotLibrary.installed()
    let reader = try openResults(question.results)
    var report = try question.report(try question.options(), reader)
    let runs = HTMLReport.tracedRuns(report.ranking)
    let traces = try reading(reader.path) { try reader.traces(of: ["val_loss", "train_loss"], runs: runs) }
    let probed = HTMLReport.probedRuns(report.ranking)
    let curvature = try reading(reader.path) { try probed.map { ($0, try reader.record($0).curvature) } }
    report.unread = OpenedResults.unreadResults
    let page = HTMLReport(
      report, source: .init(reader.manifest), library: library, traces: traces,
      curvature: Dictionary(curvature, uniquingKeysWith: { first, _ in first }))
    let file = output ?? defaultOutput
    try writing(file) { try OutputFile.write(page.bytes, to: file) }
    for (format, directory) in [("svg", svg), ("png", png)] {
      guard let directory else { continue }
      try FigureImages(report: file, format: format).write(to: directory)
    }
    try StandardOutput.write { $0.write("\(TerminalText.escaped(file))\n") }
  }

  private var defaultOutput: String {
    let attributes = try? FileManager.default.attributesOfItem(atPath: question.results)
    let isFile = attributes?[.type] as? FileAttributeType == .typeRegular
    return question.results + (isFile ? ".html" : "/report.html")
  }
}

extension HTMLReport.Source {
  fileprivate init(_ manifest: SweepManifest) {
    self.init(
      summary: manifest.summary, provenance: manifest.provenance, experimentText: manifest.experimentWithOverrides,
      experimentHash: manifest.experimentHash, created: manifest.created, arguments: manifest.arguments)
  }
}

extension PlotLibrary {
  /// The library that scripts/setup put beside the build, or that an installation has in share/ravine.
  fileprivate static func installed() throws -> PlotLibrary {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    var folder = program.deletingLastPathComponent()
    for _ in 0..<4 {
      let share = folder.appendingPathComponent("share/ravine")
      if let text = try? String(contentsOf: share.appendingPathComponent("plotly.min.js"), encoding: .utf8) {
        let licence = try? String(contentsOf: share.appendingPathComponent("plotly-LICENSE.txt"), encoding: .utf8)
        return PlotLibrary(text: text, licence: licence ?? "MIT, see https://github.com/plotly/plotly.js")
      }
      folder.deleteLastPathComponent()
    }
    throw complain(
      "plotly.js is not installed, which draws the figures: run scripts/setup --report, which fetches it from PyPI's"
        + " package plotly; or put plotly.min.js into share/ravine beside the program's directory",
      status: EX_UNAVAILABLE)
  }
}
