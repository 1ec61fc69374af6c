import Experiments
import Foundation

/// How a terminal is drawn on.
public struct TerminalStyle: Hashable, Sendable {
  /// Columns of the terminal.
  public var width: Int
  public var color: Bool
  /// Whether the terminal shows more than ASCII.
  public var unicode: Bool

  public init(width: Int, color: Bool, unicode: Bool) {
    self.width = width
    self.color = color
    self.unicode = unicode
  }

  /// The style of standard error; nil where it is no terminal, or one that cannot move its cursor.
  public static func detect(environment: [String: String] = ProcessInfo.processInfo.environment) -> TerminalStyle? {
    guard isatty(STDERR_FILENO) == 1, let terminal = environment["TERM"], terminal != "dumb" else { return nil }
    var size = winsize()
    let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    let locale = [environment["LC_ALL"], environment["LC_CTYPE"], environment["LANG"]].compactMap(\.self)
      .first { !$0.isEmpty }
    let encoding = locale?.lowercased() ?? ""
    return TerminalStyle(
      width: known ? Int(size.ws_col) : 80, color: (environment["NO_COLOR"] ?? "").isEmpty,
      unicode: encoding.contains("utf-8") || encoding.contains("utf8"))
  }
}

/// The progress block of a terminal: a bar, the counts, and the best run so far.
public struct TerminalView: Sendable {
  public var style: TerminalStyle
  private let label: RunLabel

  public init(style: TerminalStyle, label: RunLabel) {
    self.style = style
    self.label = label
  }

  /// The block's lines, none wider than the terminal.
  public func lines(_ progress: SweepProgress, at seconds: Double) -> [String] {
    var lines = [
      bar(progress), fit(progress.parts(at: seconds).joined(separator: style.unicode ? " · " : ", ")),
    ]
    if let best = progress.best { lines.append(fit(progress.selection.text(of: best, label: label))) }
    return lines
  }

  private func bar(_ progress: SweepProgress) -> String {
    let share = progress.share
    let count =
      " \(Quantity.grouped(progress.done))/\(Quantity.grouped(progress.total)) \(Int(share * 100))%"
    let room = style.width - count.count - progress.name.count - 2
    guard room >= 10 else { return fit(progress.name + count) }
    let length = min(room, 40)
    let filled = Int(share * Double(length))
    let full = String(repeating: style.unicode ? "━" : "#", count: filled)
    let rest = String(repeating: style.unicode ? "─" : "-", count: length - filled)
    return "\(progress.name) \(paint(full, "32"))\(paint(rest, "2"))\(count)"
  }

  private func fit(_ text: String) -> String {
    guard text.count > style.width else { return text }
    return text.prefix(max(0, style.width - 1)) + (style.unicode ? "…" : "~")
  }

  private func paint(_ text: String, _ code: String) -> String {
    style.color && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
