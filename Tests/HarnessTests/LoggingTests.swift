import Experiments
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Harness

/// Keeps what a console sends.
final class Capture: Sendable {
  private let buffer = Mutex("")
  var text: String { buffer.withLock { $0 } }
  var console: Console { Console { text in self.buffer.withLock { $0 += text } } }
}

struct ConsoleTests {
  @Test func linesStayAboveTheBlock() {
    let capture = Capture()
    let console = capture.console
    console.write(line: "one")
    console.draw(block: ["a", "b"])
    console.write(line: "two")
    console.draw(block: ["c"])
    console.draw(block: [])
    #expect(
      capture.text == "one\n" + "a\nb\n" + "\u{1b}[2A\u{1b}[Jtwo\na\nb\n" + "\u{1b}[2A\u{1b}[Jc\n" + "\u{1b}[1A\u{1b}[J"
    )
  }
}

struct ConsoleLogHandlerTests {
  private func logger(_ capture: Capture, _ format: ConsoleLogHandler.Format) -> Logger {
    let console = capture.console
    return Logger(label: "test") { _ in
      ConsoleLogHandler(console: console, format: format, now: { Date(timeIntervalSince1970: 1_700_000_000.25) })
    }
  }

  @Test func textIsTheMessageWithItsLevelWhereItMatters() {
    let capture = Capture()
    let logger = logger(capture, .text)
    logger.info("hello", metadata: ["run": "abc"])
    logger.warning("careful")
    logger.debug("hidden")
    #expect(capture.text == "hello\nwarning: careful\n")
  }

  @Test func jsonIsOneObjectALineWithTypedValues() {
    let capture = Capture()
    logger(capture, .json).error(
      "say \"no\"\n",
      metadata: [
        "count": .stringConvertible(3), "loss": .stringConvertible(0.5), "gone": .stringConvertible(Double.nan),
        "list": ["a", .stringConvertible(1)], "path": "a/b",
      ])
    #expect(
      capture.text
        == #"{"count":3,"gone":null,"level":"error","list":["a",1],"loss":0.5,"message":"say \"no\"\n","path":"a/b","#
        + #""time":"2023-11-14T22:13:20.250Z"}"# + "\n")
  }
}

struct LogViewTests {
  @Test func writesALineWhenTheLastOneIsOldEnough() {
    let capture = Capture()
    let console = capture.console
    let logger = Logger(label: "test") { _ in ConsoleLogHandler(console: console, format: .text) }
    var trials = fakeTrials(4)
    trials[0].batchSize = .samples(16)
    var progress = SweepProgress(name: "digits", total: 4, selection: .standard, plannedCost: 4)
    var view = LogView(logger: logger, label: label(trials), interval: 5)
    view.show(progress, at: 4.9)
    #expect(capture.text == "")
    for trial in trials[..<2] { progress.start(RunningRun(trial.identity, cost: 1, began: 0)) }
    progress.finish(RunSummary(fakeRecord(trials[0], validationLoss: [2, 0.5])), cost: 1, at: 5)
    view.show(progress, at: 5)
    view.show(progress, at: 9.9)
    #expect(
      capture.text
        == "1/4 runs, 25% of the work, 1 running (epoch 0/1), 0 diverged, 0.2 runs/s, 25 s left, best validation loss 0.5: "
        + "batch_size=16\n")
    view.show(progress, at: 10)
    #expect(capture.text.split(separator: "\n").count == 2)
  }
}
