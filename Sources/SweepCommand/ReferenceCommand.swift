import ArgumentParser
import Experiments

struct ReferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference",
    abstract: "Print every key of an experiment file: what it accepts, its default, its meaning.",
    discussion: """
      The text is Markdown: docs/experiment-file.md, and with `optimizers` the tables of docs/optimizers.md, in which those \
      that a program adds stand like the library's own.
      """)

  enum Page: String, CaseIterable, ExpressibleByArgument {
    case file
    case optimizers
  }

  @Argument(help: "What to print: the experiment file's keys, or the optimizers with their settings.")
  var page = Page.file

  func run() {
    switch page {
    case .file: print(ExperimentReference.markdown(.current), terminator: "")
    case .optimizers: print(OptimizerReference.markdown(.current), terminator: "")
    }
  }
}
