import Ravine

/// `sweep` with an optimizer of our own: all of its subcommands, and `signum` as a name in experiment files.
@main struct MySweep {
  static func main() { Ravine.sweep(adding: [Signum.self]) }
}
