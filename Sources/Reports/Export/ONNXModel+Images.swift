import Experiments

/// ONNX has channels outermost: images are turned once below the convolutions and back above them.
extension ONNXGraph {
  /// Images from rows of features; the name of the result.
  mutating func addImages(_ input: String, _ image: ImageSize) -> String {
    addIntegers("image", [-1, image.height, image.width, image.channels])
    addNode("Reshape", [input, "image"], "pixels")
    addNode("Transpose", ["pixels"], "images", attributes: [("perm", [0, 3, 1, 2])])
    return "images"
  }

  /// Rows from images.
  mutating func addRows(_ input: String, _ image: ImageSize) -> String {
    addNode("Transpose", [input], "last_pixels", attributes: [("perm", [0, 2, 3, 1])])
    addIntegers("row", [-1, image.count])
    addNode("Reshape", ["last_pixels", "row"], "rows")
    return "rows"
  }

  /// Convolution, activation and pooling.
  mutating func addConvolution(
    _ convolution: ExportedNetwork.Convolution, _ layer: ExportedNetwork.Layer, of input: String, index: Int
  ) -> String {
    let shape = convolution.kernelShape
    let order = [3, 2, 0, 1]
    addTensor(
      "kernel_\(index)", order.map { shape[$0] }, transposed(layer.kernel, shape, order: order))
    if let bias = layer.bias { addTensor("bias_\(index)", [layer.outputs], bias) }
    addNode(
      "Conv", [input, "kernel_\(index)"] + (layer.bias == nil ? [] : ["bias_\(index)"]), "linear_\(index)",
      attributes: attributes(convolution.specification.window, on: convolution.image))
    let linear = "linear_\(index)"
    let activations = layer.activation.map { addActivation($0, of: linear, index: index) } ?? linear
    guard let pooling = convolution.specification.pooling else { return activations }
    // Padding counts neither in a maximum nor, as count_include_pad is 0 by default, in an average.
    addNode(
      pooling.kind == .max ? "MaxPool" : "AveragePool", [activations], "pooled_\(index)",
      attributes: attributes(pooling.window, on: convolution.activations))
    return "pooled_\(index)"
  }

  private func attributes(_ window: WindowSpecification, on image: ImageSize) -> [(name: String, values: [Int])] {
    let padding = ImagePadding(window, on: image)
    return [
      ("kernel_shape", [window.height, window.width]), ("strides", [window.stride, window.stride]),
      ("pads", [padding.top, padding.left, padding.bottom, padding.right]),
    ]
  }

  private mutating func addIntegers(_ name: String, _ values: [Int]) {
    graph.add(5) { tensor in  // initializer
      tensor.add(1, values.count)  // dims
      tensor.add(2, 7)  // data_type: INT64
      for value in values { tensor.add(7, value) }  // int64_data
      tensor.add(8, name)  // name
    }
  }
}
