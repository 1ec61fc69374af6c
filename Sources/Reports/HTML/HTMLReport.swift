import Experiments

/// A sweep's report as one HTML file: no network, opens from disk.
///
/// What is text stands in the page itself; figures and the table of the ranking are drawn by the page's script from
/// columns of numbers in base64, which keeps 100,000 runs under 20 MB.
public struct HTMLReport: Sendable {
  /// Where the results come from, as the page tells it.
  public struct Source: Sendable {
    public var summary: String
    public var provenance: Provenance
    public var experimentText: String
    public var experimentHash: String
    /// ISO 8601.
    public var created: String
    public var arguments: [String]

    public init(
      summary: String, provenance: Provenance, experimentText: String, experimentHash: String, created: String,
      arguments: [String]
    ) {
      self.summary = summary
      self.provenance = provenance
      self.experimentText = experimentText
      self.experimentHash = experimentHash
      self.created = created
      self.arguments = arguments
    }
  }

  let report: SummaryReport
  let source: Source
  let library: PlotLibrary
  let data: ReportData

  /// - Parameter traces: Of the runs that ``tracedRuns(_:)`` names.
  /// - Parameter curvature: Probes of runs, where there are any; those that ``probedRuns(_:)`` names are enough.
  public init(
    _ report: SummaryReport, source: Source, library: PlotLibrary, traces: [TrialIdentity: Trace],
    curvature: [TrialIdentity: [CurvatureMeasurement]] = [:]
  ) {
    self.report = report
    self.source = source
    self.library = library
    data = ReportData(report, traces, curvature)
  }

  /// The runs whose traces the page carries: those of the first configurations of the ranking.
  public static func tracedRuns(_ ranking: Ranking) -> Set<TrialIdentity> {
    var runs: Set<TrialIdentity> = []
    for configuration in ranking.configurations.prefix(tracedConfigurations) where configuration.isRanked {
      let rows = ranking.rows(of: configuration)
      if runs.count + rows.count > tracedRunLimit, !runs.isEmpty { break }
      for row in rows { runs.insert(ranking.table.runs[row].identity) }
    }
    return runs
  }

  /// The runs whose curvature the page shows, where they were probed: the best seed of the same configurations.
  public static func probedRuns(_ ranking: Ranking) -> [TrialIdentity] {
    ranking.configurations.prefix(tracedConfigurations).compactMap(\.bestRow)
      .filter { ranking.table.runs[$0].hasLambdaMax }
      .map { ranking.table.runs[$0].identity }
  }

  private static let tracedConfigurations = 60
  private static let tracedRunLimit = 600

  /// Numbers of the figures that the page has, in their order.
  public var figures: [String] { data.figures.map(\.id) }

  /// The file's bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes += head.utf8
    bytes += body.utf8
    bytes += "<script type=\"application/json\" id=\"meta\">\(data.meta.scriptText)</script>\n".utf8
    bytes += "<script type=\"text/plain\" id=\"data\">".utf8
    bytes += data.arrays.base64
    bytes += "</script>\n<script>/* \(library.version), see the licence at the end of the page */\n".utf8
    bytes += library.scriptText.utf8
    bytes += "</script>\n<script>\n".utf8
    for script in [
      PackageResources.data_js, PackageResources.table_js, PackageResources.figures_js,
      PackageResources.curvature_js, PackageResources.main_js,
    ] {
      bytes += script
    }
    bytes += "</script>\n</body>\n</html>\n".utf8
    return bytes
  }
}
