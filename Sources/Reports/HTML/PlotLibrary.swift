import Foundation

/// The plotting library that a report carries: plotly.js, as its maintainers ship it.
public struct PlotLibrary: Sendable {
  /// JavaScript.
  public let text: String
  public let licence: String

  public init(text: String, licence: String) {
    self.text = text
    self.licence = licence
  }

  /// For example "plotly.js v4.1.1", from the comment at its beginning.
  public var version: String {
    let opening = text.prefix(400)
    guard let start = opening.range(of: "plotly.js v") else { return "plotly.js" }
    return String(opening[start.lowerBound...].prefix { !$0.isNewline && $0 != "*" })
  }

  /// The library's text as it may stand inside a `script` element.
  var scriptText: String {
    text.components(separatedBy: "</script").joined(separator: "<\\/script")
  }
}
