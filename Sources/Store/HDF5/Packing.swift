import CHDF5

extension HDF5File {
  /// A stored x stands for x·scale + offset, and one of the missing values, or one outside of the valid range, for none.
  ///
  /// Source: NetCDF Users' Guide, appendix A, "Attribute Conventions"; CF conventions 1.11, 2.5 and 8.1.
  public struct Packing: Sendable {
    public var scale = 1.0
    public var offset = 0.0
    /// What is stored where there is no value.
    public var missing: [Missing] = []
    /// What a value cannot be.
    public var bounds: [Bound] = []
    /// How integers are stored; nil for floating point.
    public var integers: Integers?

    public struct Missing: Sendable {
      /// Such as `its _FillValue`.
      public var name: String
      public var value: Double
      /// The same where it is an integer, which a Double may round.
      public var integer: Int64?
    }

    /// A number that values are not below, or not above.
    public struct Bound: Sendable {
      /// Such as `valid_min`.
      public var attribute: String
      public var value: Double
      public var isLower: Bool
      /// Whether it is of what a stored number stands for, and not of that number itself.
      public var isOfUnpacked: Bool

      /// Whether a number is on the wrong side.
      public func excludes(_ number: Double) -> Bool { isLower ? number < value : number > value }
    }

    public struct Integers: Sendable {
      public var bytes: Int
      /// As HDF5 has it.
      public var isSigned: Bool
      /// As `_Unsigned` has it, else the same.
      public var isMeantSigned: Bool

      /// What the number of these bits is meant to be.
      public func meant(_ stored: Double) -> Double {
        let range = Double(sign: .plus, exponent: 8 * bytes, significand: 1)
        if isSigned, !isMeantSigned { return stored < 0 ? stored + range : stored }
        if !isSigned, isMeantSigned { return stored >= range / 2 ? stored - range : stored }
        return stored
      }

      public var isReinterpreted: Bool { isSigned != isMeantSigned }
    }

    /// Whether stored numbers stand for themselves.
    public var isIdentity: Bool { scale == 1 && offset == 0 && integers?.isReinterpreted != true }

    /// What a stored number is meant to be before it is scaled.
    public func meant(_ stored: Double) -> Double { integers?.meant(stored) ?? stored }
  }
}

extension HDF5File.Packing {
  /// - Parameter isNetCDF: Whether netCDF wrote the file: what it never wrote then has a value that stands for none.
  init(of dataset: borrowing Dataset, _ what: String, isNetCDF: Bool) throws {
    let element = dataset.element
    if case .integer(let bytes, let isSigned) = element {
      integers = Integers(bytes: bytes, isSigned: isSigned, isMeantSigned: isSigned)
      switch try StoredAttribute.word("_Unsigned", of: dataset.handle, what)?.lowercased() {
      case "true": integers?.isMeantSigned = false
      case "false": integers?.isMeantSigned = true
      case nil: break
      case let other?:
        throw dataset.handle.refusal("attribute _Unsigned of \(what)", "is “\(other)”; accepted: true or false")
      }
    }
    let factor = try StoredAttribute.numbers("scale_factor", of: dataset.handle, what)?[0]
    let offset = try StoredAttribute.numbers("add_offset", of: dataset.handle, what)?[0]
    if let factor, factor.value == 0 || !factor.value.isFinite {
      throw dataset.handle.refusal(
        "attribute scale_factor of \(what)", "is \(factor.value): all numbers would be one; accepted: any other number")
    }
    scale = factor?.value ?? 1
    self.offset = offset?.value ?? 0
    try readMissing(of: dataset, what)
    if isNetCDF, !missing.contains(where: { $0.name == "its \(StoredAttribute.fillValue)" }) {
      missing += Self.fill(of: element, integers)
    }
    try readBounds(of: dataset, what, unpackedWidth: [factor, offset].compactMap { $0?.width }.max())
  }

  private mutating func readMissing(of dataset: borrowing Dataset, _ what: String) throws {
    for (attribute, counts) in [(StoredAttribute.fillValue, 1...1), ("missing_value", 0...256)] {
      for number in try StoredAttribute.numbers(attribute, of: dataset.handle, what, counts: counts) ?? [] {
        missing.append(
          Missing(
            name: "its \(attribute)", value: asStored(number.value, dataset.element), integer: number.integer))
      }
    }
  }

  /// Bounds of the type that the numbers are unpacked to, where that is the wider one, are of unpacked numbers.
  private mutating func readBounds(of dataset: borrowing Dataset, _ what: String, unpackedWidth: Int?) throws {
    func add(_ attribute: String, _ number: StoredAttribute.Number, isLower: Bool) {
      let isOfUnpacked = unpackedWidth == number.width && number.width > dataset.element.width
      bounds.append(
        Bound(
          attribute: attribute, value: isOfUnpacked ? number.value : asStored(number.value, dataset.element),
          isLower: isLower, isOfUnpacked: isOfUnpacked))
    }
    if let range = try StoredAttribute.numbers("valid_range", of: dataset.handle, what, counts: 2...2) {
      add("valid_range", range[0], isLower: true)
      add("valid_range", range[1], isLower: false)
    }
    for (attribute, isLower) in [("valid_min", true), ("valid_max", false)] {
      if let number = try StoredAttribute.numbers(attribute, of: dataset.handle, what)?[0] {
        add(attribute, number, isLower: isLower)
      }
    }
  }

  /// An attribute's number in the type of the data set's: what is written as 0.1 is there the float next to it, and a signed
  /// −1 the largest number without a sign.
  private func asStored(_ value: Double, _ element: Dataset.Element) -> Double {
    if case .float(bytes: 4) = element { return Double(Float(value)) }
    return meant(value)
  }

  /// What netCDF fills with where it is not told (netcdf.h, `NC_FILL_…`); bytes have none.
  private static func fill(of element: Dataset.Element, _ integers: Integers?) -> [Missing] {
    let integer: Int64? =
      switch element {
      case .integer(bytes: 2, isSigned: true): -32_767
      case .integer(bytes: 2, isSigned: false): 65_535
      case .integer(bytes: 4, isSigned: true): -2_147_483_647
      case .integer(bytes: 4, isSigned: false): 4_294_967_295
      case .integer(bytes: 8, isSigned: true): -9_223_372_036_854_775_806
      default: nil
      }
    let number: Double? =
      switch element {
      case .integer(bytes: 8, isSigned: false): 0x1p64
      case .float(bytes: 4), .float(bytes: 8): 0x1.ep+122
      default: integer.map { Double($0) }
      }
    guard let number else { return [] }
    return [Missing(name: "netCDF's default fill value", value: integers?.meant(number) ?? number, integer: integer)]
  }
}

extension Dataset.Element {
  /// As ``StoredAttribute/Number/width``.
  fileprivate var width: Int {
    switch self {
    case .integer(let bytes, _): bytes
    case .float(let bytes): bytes + 1 << 10
    case .text, .other: 0
    }
  }
}
