import ArgumentParser

@main
struct Summary: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summary", abstract: "Rank the runs of a sweep by validation loss.")
}
