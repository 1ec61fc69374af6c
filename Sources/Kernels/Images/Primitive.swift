import CDNNL

/// A compiled oneDNN operation with the memory it works in; one thread at a time may run it.
final class Primitive {
  typealias Layout = dnnl_memory_desc_t

  private let description: dnnl_primitive_desc_t
  private let primitive: dnnl_primitive_t
  private let stream: dnnl_stream_t
  // oneDNN's own scratchpad belongs to the thread that made the primitive; workers may change threads between trials.
  private let scratchpad: AlignedBuffer<Float>
  /// Its operands, then the scratchpad.
  private let arguments: [dnnl_exec_arg_t]

  // oneDNN's engines may be shared between threads.
  nonisolated(unsafe) private static let engine: dnnl_engine_t = made { dnnl_engine_create(&$0, dnnl_cpu, 0) }

  /// The pass of a convolution that `operation` describes.
  ///
  /// - Parameters:
  ///   - forward: The same convolution's forward pass, which the other two are made after.
  ///   - operands: What each operand of ``run(_:)`` is, as oneDNN's argument and as its query for the layout.
  /// - Returns: Nil where oneDNN has nothing for this processor but its reference code.
  convenience init?(
    _ operation: dnnl_convolution_desc_t, after forward: Primitive? = nil, operands: [(Int32, dnnl_query_t)]
  ) {
    let attributes = Self.attributes()
    defer { dnnl_primitive_attr_destroy(attributes) }
    var description: dnnl_primitive_desc_t?
    let status = withUnsafePointer(to: operation) {
      dnnl_primitive_desc_create(&description, $0, attributes, Self.engine, forward?.description)
    }
    guard status == dnnl_success, let description else { return nil }
    guard !Self.implementation(of: description).hasPrefix("ref") else {
      dnnl_primitive_desc_destroy(description)
      return nil
    }
    self.init(description, operands: operands)
  }

  /// Copies from one layout into another.
  convenience init(reordering source: Layout, to target: Layout) {
    let attributes = Self.attributes()
    defer { dnnl_primitive_attr_destroy(attributes) }
    let description: dnnl_primitive_desc_t = withUnsafePointer(to: source) { source in
      withUnsafePointer(to: target) { target in
        made { dnnl_reorder_primitive_desc_create(&$0, source, Self.engine, target, Self.engine, attributes) }
      }
    }
    self.init(
      description, operands: [(DNNL_ARG_SRC_0, dnnl_query_src_md), (DNNL_ARG_DST_0, dnnl_query_dst_md)])
  }

  /// Takes `description` over.
  private init(_ description: dnnl_primitive_desc_t, operands: [(Int32, dnnl_query_t)]) {
    self.description = description
    primitive = made { dnnl_primitive_create(&$0, description) }
    stream = made { dnnl_stream_create(&$0, Self.engine, dnnl_stream_default_flags.rawValue) }
    let scratch = dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0)
    scratchpad = AlignedBuffer(count: (dnnl_memory_desc_get_size(scratch) + 3) / 4)
    let places = operands.map { ($0, dnnl_primitive_desc_query_md(description, $1, 0)) }
    arguments = (places + [(DNNL_ARG_SCRATCHPAD, scratch)]).map { argument, layout in
      dnnl_exec_arg_t(arg: argument, memory: made { dnnl_memory_create(&$0, layout, Self.engine, nil) })
    }
    dnnl_memory_set_data_handle(arguments[operands.count].memory, scratchpad.pointer)
  }

  deinit {
    for argument in arguments { dnnl_memory_destroy(argument.memory) }
    dnnl_stream_destroy(stream)
    dnnl_primitive_destroy(primitive)
    dnnl_primitive_desc_destroy(description)
  }

  /// The layout that the operation wants of an operand.
  func layout(_ query: dnnl_query_t) -> Layout {
    dnnl_primitive_desc_query_md(description, query, 0).pointee
  }

  /// Runs on the calling thread alone; what is only read is not written.
  func run(_ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>, _ third: UnsafePointer<Float>? = nil) {
    place(first, 0)
    place(second, 1)
    if let third { place(third, 2) }
    let status = dnnl_primitive_execute(primitive, stream, Int32(arguments.count), arguments)
    precondition(status == dnnl_success, "oneDNN could not run a convolution: \(status)")
  }

  private func place(_ operand: UnsafePointer<Float>, _ index: Int) {
    dnnl_memory_set_data_handle(arguments[index].memory, UnsafeMutablePointer(mutating: operand))
  }

  /// The scratchpad is ours. To be destroyed by the caller.
  private static func attributes() -> dnnl_primitive_attr_t {
    let attributes: dnnl_primitive_attr_t = made { dnnl_primitive_attr_create(&$0) }
    dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user)
    return attributes
  }

  private static func implementation(of description: dnnl_primitive_desc_t) -> String {
    var name: UnsafePointer<CChar>?
    dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, &name)
    return name.map { String(cString: $0) } ?? "ref"
  }
}

/// What a oneDNN function makes; that fails only where memory is out.
private func made(_ make: (inout OpaquePointer?) -> dnnl_status_t) -> OpaquePointer {
  var handle: OpaquePointer?
  let status = make(&handle)
  guard status == dnnl_success, let handle else { preconditionFailure("oneDNN: status \(status.rawValue)") }
  return handle
}
