import ArgumentParser
import Experiments

struct ReferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference",
    abstract: "Print every key of an experiment file: what it accepts, its default, its meaning.",
    discussion: "The text is Markdown: docs/experiment-file.md.")

  func run() {
    print(ExperimentReference.markdown(.current), terminator: "")
  }
}
