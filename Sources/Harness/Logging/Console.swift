import Foundation
import Synchronization

/// The one writer of what a sweep says while it runs: lines that stay, and on a terminal a block below them that is
/// redrawn in place.
public final class Console: Sendable {
  /// Sends text on its way.
  public typealias Sink = @Sendable (String) -> Void

  private let state: Mutex<State>

  private struct State {
    var sink: Sink
    var block: [String] = []
  }

  public init(sink: @escaping Sink) { state = Mutex(State(sink: sink)) }

  public static func standardError() -> Console {
    Console { text in try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
  }

  /// Writes a line that stays, above the block.
  public func write(line: String) {
    state.withLock { $0.sink(Self.erasure(of: $0.block) + line + "\n" + Self.text(of: $0.block)) }
  }

  /// Replaces the block. Lines must fit the terminal's width. Empty: erases it.
  public func draw(block: [String]) {
    state.withLock {
      $0.sink(Self.erasure(of: $0.block) + Self.text(of: block))
      $0.block = block
    }
  }

  private static func text(of block: [String]) -> String { block.map { $0 + "\n" }.joined() }

  /// Moves to the block's first line and erases from there to the end of the screen.
  private static func erasure(of block: [String]) -> String { block.isEmpty ? "" : "\u{1b}[\(block.count)A\u{1b}[J" }
}
