import Settings

/// Reads `initialization:`, the name of a distribution, or a mapping of it with its settings.
enum InitializationReader {
  static let keys = ["kind", "deviation", "bias"]
  static let accepted =
    InitializationKind.allCases.map(\.rawValue).joined(separator: ", ") + ", or {kind, deviation, bias}"
  private static let deviation = NumberInterval.positive

  static func read(_ field: DocumentField) -> InitializationSpecification? {
    guard case .mapping(let entries) = field.node.content else {
      guard case .scalar = field.node.content, !field.node.isNull else {
        field.reportMismatch("an initialization", accepted: accepted)
        return nil
      }
      guard let kind = field.choice(InitializationKind.self, "an initialization") else { return nil }
      if kind == .truncatedNormal {
        field.report("truncated_normal needs a deviation", accepted: "{kind: truncated_normal, deviation: 0.05}")
        return nil
      }
      return InitializationSpecification(kind)
    }
    let names = InitializationKind.allCases.map(\.rawValue).joined(separator: ", ")
    // What other keys there may be depends on the kind.
    let named = entries.first { $0.key == "kind" }.flatMap { entry -> InitializationKind? in
      if case .scalar(let text, _) = entry.value.content { InitializationKind(rawValue: text) } else { nil }
    }
    let isTruncated = named == .truncatedNormal
    guard let section = DocumentSection(field, keys: named == nil || isTruncated ? keys : ["kind", "bias"]),
      let kind = section.required("kind", accepted: names)?.choice(InitializationKind.self, "an initialization")
    else { return nil }
    var result = InitializationSpecification(kind, bias: section["bias"]?.number() ?? 0)
    if isTruncated {
      let given = section.required("deviation", accepted: deviation.description)?.number(in: deviation)
      guard let given else { return nil }
      result.deviation = given
    }
    return result
  }

  /// Reports biases of layers that have none.
  static func check(_ axis: GridAxis<InitializationSpecification>, fixed: DocumentField?, hasBiases: Bool) {
    guard !hasBiases, let index = axis.values.firstIndex(where: { $0.bias != 0 }) else { return }
    let field = axis.fields.indices.contains(index) ? axis.fields[index] : fixed
    field?.report("initial biases where layers have none", accepted: "no bias here, or network.bias: true")
  }
}
