import CHDF5

/// A call of the HDF5 library failed, or a file holds what is not accepted.
public struct HDF5Error: Error, Hashable, Sendable {
  public var file: String
  /// The C function, or what was being read.
  public var operation: String
  /// Why this module refused; nil where the library failed.
  public var reason: String?
  /// The library's error stack, innermost first.
  public var frames: [Frame]

  public struct Frame: Hashable, Sendable {
    public var function: String
    public var message: String
    /// Whether memory, or another resource, was refused.
    var isOutOfResources = false
  }

  /// Whether the library failed for want of memory, which says nothing about the file.
  var isOutOfMemory: Bool { frames.contains(where: \.isOutOfResources) }

  /// A refusal of ours.
  init(file: String, operation: String, reason: String) {
    self.file = file
    self.operation = operation
    self.reason = reason
    frames = []
  }

  /// Takes the calling thread's error stack.
  init(file: String, operation: String) {
    self.file = file
    self.operation = operation
    frames = Self.walkStack()
  }
}

extension HDF5Error: CustomStringConvertible {
  public var description: String {
    let place = file.isEmpty ? "" : "\(printable(file)): "
    if let reason { return "\(place)\(printable(operation)): \(printable(reason))" }
    let stack = frames.map { "\($0.function): \(printable($0.message))" }.joined(separator: "; ")
    return "\(place)\(printable(operation)) failed" + (stack.isEmpty ? "" : ": \(stack)")
  }
}

extension HDF5Error {
  /// The errno that the library's own words name, as in "errno = 28"; nil where they name none.
  var systemCode: Int32? {
    frames.lazy.compactMap { frame in
      frame.message.firstMatch(of: #/errno = (\d+)/#).flatMap { Int32($0.output.1) }
    }.first
  }

  private static func walkStack() -> [Frame] {
    var frames: [Frame] = []
    withUnsafeMutablePointer(to: &frames) { pointer in
      _ = H5Ewalk2(
        ch5_error_stack(), H5E_WALK_UPWARD,
        { _, description, data in
          guard let error = description?.pointee, let data else { return 0 }
          data.assumingMemoryBound(to: [Frame].self).pointee.append(Frame(error))
          return 0
        }, pointer)
    }
    // The stack is cleared by the next call of the library; a later error must not show this one again.
    _ = H5Eclear2(ch5_error_stack())
    return frames
  }
}

extension HDF5Error.Frame {
  fileprivate init(_ error: H5E_error2_t) {
    function = error.func_name.map { String(cString: $0) } ?? ""
    message = error.desc.map { String(cString: $0) } ?? ""
    isOutOfResources = error.maj_num == ch5_out_of_resources()
  }
}
