import CHDF5
import Glibc

/// Names in a file; one with loops or crowds is cut off, not followed for ever.
extension InputFile {
  private static let maximumDepth = 8
  private static let maximumCount = 1000

  /// Names of the data sets in the file and its groups that hard links reach, in the order of their names.
  func datasetNames() throws -> [String] {
    var names: [String] = []
    var groups = 0
    try collect("", depth: 0, into: &names, &groups)
    return names
  }

  /// Names in the root group that begin with `prefix`.
  func rootNames(prefix: String) throws -> [String] {
    try links(of: "/").filter { $0.hasPrefix(prefix) }
  }

  /// Names of the root group's data sets in the order in which they were made, where the file knows it. Throws where a
  /// link is not hard or there are more than a file of ours has.
  func rootDatasets() throws -> [String] {
    var info = H5G_info_t()
    try handle.check(H5Gget_info_by_name(handle.id, "/", &info, ch5_default()), "H5Gget_info_by_name /")
    guard info.nlinks <= hsize_t(Self.maximumRootLinks) else {
      throw handle.refusal("the root group", "has \(info.nlinks) links")
    }
    let links = try visitLinks(of: "/", room: Self.maximumRootLinks)
    guard links.count == Int(info.nlinks), links.allSatisfy({ $0.isHard && $0.name != nil }) else {
      throw handle.refusal("the root group", "has a link that is not followed, or whose name is not text")
    }
    var names: [(order: Int64, name: String)] = []
    for link in links {
      let name = link.name ?? ""
      var object = H5O_info_t()
      try handle.check(
        H5Oget_info_by_name2(handle.id, name, &object, H5O_INFO_BASIC, ch5_default()), "H5Oget_info_by_name \(name)")
      if object.type == H5O_TYPE_DATASET { names.append((link.order, name)) }
    }
    return names.sorted { ($0.order, $0.name) < ($1.order, $1.name) }.map(\.name)
  }

  private static let maximumRootLinks = 100_000

  private func collect(_ group: String, depth: Int, into names: inout [String], _ groups: inout Int) throws {
    groups += 1
    for link in try links(of: group.isEmpty ? "/" : group) where names.count < Self.maximumCount {
      let name = group.isEmpty ? link : "\(group)/\(link)"
      var object = H5O_info_t()
      try handle.check(
        H5Oget_info_by_name2(handle.id, name, &object, H5O_INFO_BASIC, ch5_default()), "H5Oget_info_by_name \(name)")
      if object.type == H5O_TYPE_DATASET { names.append(name) }
      if object.type == H5O_TYPE_GROUP, depth < Self.maximumDepth, groups < Self.maximumCount {
        try collect(name, depth: depth + 1, into: &names, &groups)
      }
    }
  }

  /// Names of a group's hard links, in order; those that are not text are left out.
  private func links(of group: String) throws -> [String] {
    try visitLinks(of: group, room: Self.maximumCount).compactMap { $0.isHard ? $0.name : nil }
  }

  /// The links of a group in the order of their names, at most `room` of them.
  private func visitLinks(of group: String, room: Int) throws -> [LinkVisitor.Link] {
    let visitor = LinkVisitor(room: room)
    var index: hsize_t = 0
    // One pass: the library sorts all links anew for each that is asked for by its number.
    try handle.check(
      H5Literate_by_name(
        handle.id, group, H5_INDEX_NAME, H5_ITER_INC, &index,
        { _, name, info, data in
          guard let name, let info, let data else { return -1 }
          return Unmanaged<LinkVisitor>.fromOpaque(data).takeUnretainedValue().visit(name, info.pointee) ? 0 : 1
        }, Unmanaged.passUnretained(visitor).toOpaque(), ch5_default()), "H5Literate_by_name \(group)")
    return visitor.links
  }
}

/// Collects the links of a group.
private final class LinkVisitor {
  struct Link {
    /// Nil for one that is too long, or no text.
    var name: String?
    var isHard: Bool
    /// In which it was made; 0 where the file does not know.
    var order: Int64
  }

  private(set) var links: [Link] = []
  private let room: Int

  init(room: Int) { self.room = room }

  /// False once there is room for no more.
  func visit(_ name: UnsafePointer<CChar>, _ info: H5L_info_t) -> Bool {
    let limit = HDF5Guard.maximumNameBytes
    links.append(
      Link(
        name: strnlen(name, limit + 1) <= limit ? String(validatingCString: name) : nil,
        isHard: info.type == H5L_TYPE_HARD, order: info.corder_valid ? info.corder : 0))
    return links.count < room
  }
}
