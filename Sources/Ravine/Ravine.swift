@_exported import Experiments
@_exported import Kernels
@_exported import Learning
@_exported import Settings
import SummaryCommand
import SweepCommand

// @_exported: one import gives a program all that a part of its own is made of.

extension Ravine {
  /// The program `sweep`, which may also name parts of your own. Ends the process.
  ///
  /// ```swift
  /// @main struct MySweep {
  ///   static func main() { Ravine.sweep(adding: [SignMomentum.self]) }
  /// }
  /// ```
  ///
  /// - Parameter parts: A declaration that does not hold, or a name that is taken, ends the process with status 70 and
  ///   both types' names.
  public static func sweep(adding parts: [any Part.Type] = []) {
    withParts(parts, SweepProgram.run)
  }

  /// The program `summary`, which may also know parts of your own. Ends the process.
  ///
  /// Results with parts that it does not know are ranked and reported like any others; what only the part itself could say,
  /// such as up to which learning rate its steps are stable, is left out.
  ///
  /// - Parameter parts: As in ``sweep(adding:)``.
  public static func summary(adding parts: [any Part.Type] = []) {
    withParts(parts, SummaryProgram.run)
  }

  private static func withParts(_ parts: [any Part.Type], _ program: () -> Void) {
    do {
      try Parts.$current.withValue(Parts.standard.adding(parts), operation: program)
    } catch {
      SweepProgram.refuse("\(error)")
    }
  }
}
