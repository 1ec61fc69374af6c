/// The answer to one question about results, for people and for machines.
public protocol Answer {
  /// Writes it as text: rounded, with words around it.
  func report(into output: inout some TextOutputStream)

  /// All of it, unrounded: what is NaN or infinite in the text is null here.
  var json: JSON { get }
}

extension Answer {
  /// Writes ``json`` as one object, with sorted keys.
  public func writeJSON(to output: inout some TextOutputStream) {
    json.write(to: &output)
    output.write("\n")
  }
}
