import Settings

/// `grid.dropout`: forms, keep probabilities of the data, keep probabilities of the hidden layers.
struct DropoutAxes {
  static let keys = ["form", "input", "hidden", "keep_probability", "dropout_rate", "channels"]
  private static let measures = ["keep_probability", "dropout_rate"]
  private static let accepted = "none, or a mapping of " + keys.joined(separator: ", ")

  var forms = GridAxis(DropoutSpecification.Form.inverted)
  var input = GridAxis(1.0)
  /// Empty: no dropout on hidden layers. One number: all layers. Otherwise one a layer.
  var hidden = GridAxis([Double]())
  /// Whether channels of images are dropped whole, and where that was said.
  var perChannel = false
  private var channels: DocumentField?

  /// No dropout at all.
  init() {}

  init(_ field: DocumentField) {
    if field.isWord("none") { return }
    guard case .mapping = field.node.content else {
      field.reportMismatch("a mapping", accepted: Self.accepted)
      return
    }
    guard let section = DocumentSection(field, keys: Self.keys) else { return }
    if let form = section["form"] {
      let names = DropoutSpecification.Form.allCases.map(\.rawValue).joined(separator: ", ")
      forms = GridAxis(form, accepted: names) { item in
        item.choice(DropoutSpecification.Form.self, "a form of dropout").map { [$0] } ?? []
      }
    }
    channels = section["channels"]
    perChannel = channels?.truth() ?? false
    if let field = section["input"], let measure = Self.measure(field) {
      input = GridAxis(measure, accepted: Self.accepted(measure)) { Self.probabilities($0, of: measure) }
    }
    let given = section.one(of: ["hidden"] + Self.measures)
    if let measure = section["hidden"] == nil ? given : given.flatMap({ Self.measure($0) }) {
      hidden = GridAxis(measure, accepted: Self.accepted(measure)) { item in
        guard let layers = item.listItems else { return Self.probabilities(item, of: measure).map { [$0] } }
        if layers.isEmpty { item.report("an empty list", accepted: Self.accepted(measure)) }
        let values = layers.map { Self.probability($0, of: measure) }
        return values.contains(nil) || layers.isEmpty ? [] : [values.compactMap { $0 }]
      }
    }
  }

  /// Reports lists of keep probabilities, one a layer, that do not fit the networks of the grid.
  ///
  /// - Parameter areImages: Whether the networks have convolutions.
  func check(hiddenLayers: [Int], areImages: Bool) {
    if perChannel, !areImages {
      channels?.report("channels without convolutions", accepted: "network.convolutions, or no channels")
    }
    for (value, field) in zip(hidden.values, hidden.fields) where field.listItems != nil {
      guard let layers = hiddenLayers.first(where: { $0 != value.count }) else { continue }
      field.report(
        "\(value.count) values for \(layers) hidden layer\(layers == 1 ? "" : "s")",
        accepted: "one value for all layers, or a list with one value a hidden layer")
    }
  }

  /// At most this many come from ``specifications``.
  var count: Int { saturatingProduct([forms.values.count, input.values.count, hidden.values.count]) }

  /// Every combination: form outermost, then the data, then the hidden layers.
  ///
  /// Without dropout the form is without meaning, so that combination comes once, under the first form.
  var specifications: [DropoutSpecification] {
    var hasNone = false
    return forms.values.flatMap { form in
      input.values.flatMap { input in
        hidden.values.compactMap { hidden in
          guard input == 1, hidden.allSatisfy({ $0 == 1 }) else {
            return DropoutSpecification(form: form, input: input, hidden: hidden, perChannel: perChannel)
          }
          if form != forms.values[0], hasNone { return nil }
          hasNone = true
          return DropoutSpecification(form: .inverted, input: 1, hidden: hidden, perChannel: perChannel)
        }
      }
    }
  }

  // MARK: Keep probabilities and dropout rates

  /// The field that says `keep_probability` or `dropout_rate` inside `input:` or `hidden:`.
  private static func measure(_ field: DocumentField) -> DocumentField? {
    guard case .mapping(let entries) = field.node.content else {
      let shown = field.node.shown
      field.report(
        "\(shown) does not say which probability it is",
        accepted: "{keep_probability: …}, or {dropout_rate: …} = 1 − keep probability")
      return nil
    }
    guard let section = DocumentSection(field, keys: measures) else { return nil }
    if entries.isEmpty { field.report("an empty mapping", accepted: "{keep_probability: …} or {dropout_rate: …}") }
    return section.one(of: measures)
  }

  private static func isRate(_ measure: DocumentField) -> Bool { measure.path.hasSuffix("dropout_rate") }

  private static func interval(_ measure: DocumentField) -> NumberInterval {
    isRate(measure) ? .dropoutRate : .keepProbability
  }

  private static func accepted(_ measure: DocumentField) -> String { interval(measure).description + " or a list" }

  /// Keep probabilities of one item: a number or a range.
  private static func probabilities(_ item: DocumentField, of measure: DocumentField) -> [Double] {
    guard case .mapping = item.node.content else { return probability(item, of: measure).map { [$0] } ?? [] }
    let values = NumberRange(item, in: interval(measure))?.values ?? []
    return isRate(measure) ? values.map(DropoutSpecification.complement) : values
  }

  private static func probability(_ item: DocumentField, of measure: DocumentField) -> Double? {
    let value = item.number(in: interval(measure))
    return isRate(measure) ? value.map(DropoutSpecification.complement) : value
  }
}
