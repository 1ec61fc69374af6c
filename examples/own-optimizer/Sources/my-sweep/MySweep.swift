import Ravine

/// `sweep` with parts of our own: all of its subcommands, and their names in experiment files.
@main struct MySweep {
  static func main() { Ravine.sweep(adding: [Signum.self, LogCosh.self, Softsign.self]) }
}
