import ArgumentParser
import Experiments

struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Print the JSON Schema of experiment files, for editors.",
    discussion: """
      Editors with a YAML language server complete and check a file by it where the file's first line names it:

        sweep schema > experiment.schema.json
        # yaml-language-server: $schema=experiment.schema.json

      `sweep init` does both. Parts that a program adds are in its schema. It knows keys, types and bounds; what does not go \
      together only `sweep plan` says.
      """)

  func run() {
    print(ExperimentSchema(.current).text, terminator: "")
  }
}
