import Experiments
import Settings

/// A network as an ONNX file: input `features` (samples × inputs), output `outputs` (samples × outputs, before any
/// softmax), opset 20.
///
/// Source: onnx.proto of ONNX 1.16; field numbers are quoted beside their names.
public struct ONNXModel: Sendable {
  private let network: ExportedNetwork

  public init(_ network: ExportedNetwork) {
    self.network = network
  }

  /// The file. `version` is ours.
  public func bytes(version: String) -> [UInt8] {
    var model = ProtobufMessage()
    model.add(1, 9)  // ir_version
    model.add(2, "ravine")  // producer_name
    model.add(3, version)  // producer_version
    model.add(7) { $0.addGraph(network) }  // graph
    model.add(8) { $0.add(2, 20) }  // opset_import: version; the domain is the default one
    for (key, value) in [
      ("run", network.run.description), ("weights", network.moment.rawValue), ("loss", network.loss),
    ] {
      model.add(14) {  // metadata_props
        $0.add(1, key)
        $0.add(2, value)
      }
    }
    return model.bytes
  }

  /// What to type in Python, given the file.
  public func usage(_ file: String) -> String {
    """
    import onnxruntime
    session = onnxruntime.InferenceSession("\(pythonEscaped(file))")
    outputs = session.run(None, {"features": features})[0]  # float32, samples × \(network.inputs)

    """
  }
}

extension ProtobufMessage {
  fileprivate mutating func addGraph(_ network: ExportedNetwork) {
    var values = ONNXGraph(graph: self)
    var last = "features"
    if let image = network.image { last = values.addImages(last, image) }
    for (index, layer) in network.layers.enumerated() {
      let isOutput = index == network.layers.count - 1
      if let convolution = layer.convolution {
        last = values.addConvolution(convolution, layer, of: last, index: index)
        if network.layers[index + 1].convolution == nil { last = values.addRows(last, convolution.output) }
        continue
      }
      values.addTensor("kernel_\(index)", [layer.inputs, layer.outputs], layer.kernel)
      if let bias = layer.bias { values.addTensor("bias_\(index)", [layer.outputs], bias) }
      let linear = isOutput ? "outputs" : "linear_\(index)"
      values.addNode("Gemm", [last, "kernel_\(index)"] + (layer.bias == nil ? [] : ["bias_\(index)"]), linear)
      last = linear
      if let activation = layer.activation { last = values.addActivation(activation, of: linear, index: index) }
    }
    self = values.graph
    add(2, "ravine")  // name
    addValue(11, "features", columns: network.inputs)  // input
    addValue(12, "outputs", columns: network.outputs)  // output
  }

  /// A ValueInfoProto: a matrix of floats with any number of rows.
  private mutating func addValue(_ field: Int, _ name: String, columns: Int) {
    add(field) { value in
      value.add(1, name)  // name
      value.add(2) { type in  // type
        type.add(1) { tensor in  // tensor_type
          tensor.add(1, 1)  // elem_type: FLOAT
          tensor.add(2) { shape in  // shape
            shape.add(1) { $0.add(2, "samples") }  // dim: dim_param
            shape.add(1) { $0.add(1, columns) }  // dim: dim_value
          }
        }
      }
    }
  }
}

/// The nodes and constants of a graph.
struct ONNXGraph {
  var graph: ProtobufMessage

  mutating func addNode(
    _ operation: String, _ inputs: [String], _ output: String, attributes: [(name: String, values: [Int])] = []
  ) {
    graph.add(1) { node in  // node
      for input in inputs { node.add(1, input) }  // input
      node.add(2, output)  // output
      node.add(3, "node_\(output)")  // name
      node.add(4, operation)  // op_type
      for (name, values) in attributes {
        node.add(5) { attribute in  // attribute
          attribute.add(1, name)  // name
          for value in values { attribute.add(8, value) }  // ints
          attribute.add(20, 7)  // type: INTS
        }
      }
    }
  }

  mutating func addTensor(_ name: String, _ shape: [Int], _ values: [Float]) {
    graph.add(5) { tensor in  // initializer
      for extent in shape { tensor.add(1, extent) }  // dims
      tensor.add(2, 1)  // data_type: FLOAT
      tensor.add(8, name)  // name
      tensor.add(9, values.littleEndianBytes)  // raw_data
    }
  }

  /// The name of φ(input).
  mutating func addActivation(_ activation: ActivationExports, of input: String, index: Int) -> String {
    var last = input
    for (position, node) in activation.onnx.enumerated() {
      let isLast = position == activation.onnx.count - 1
      let output = isLast ? "hidden_\(index)" : "activation_\(index)_\(position)"
      var inputs = [last]
      switch node.second {
      case .number(let number):
        let name = "number_\(index)_\(position)"
        addTensor(name, [], [number])
        inputs.append(name)
      case .argument: inputs.append(input)
      case nil: break
      }
      addNode(node.type, inputs, output)
      last = output
    }
    return last
  }
}
