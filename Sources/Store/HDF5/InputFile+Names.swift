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
    var names: [(order: Int64, name: String)] = []
    for index in 0..<info.nlinks {
      var link = H5L_info_t()
      try handle.check(
        H5Lget_info_by_idx(handle.id, "/", H5_INDEX_NAME, H5_ITER_INC, index, &link, ch5_default()),
        "H5Lget_info_by_idx /")
      guard let name = try linkName(index, of: "/") else {
        throw handle.refusal("the root group", "has a link that is not followed, or whose name is not text")
      }
      var object = H5O_info_t()
      try handle.check(
        H5Oget_info_by_name2(handle.id, name, &object, H5O_INFO_BASIC, ch5_default()), "H5Oget_info_by_name \(name)")
      if object.type == H5O_TYPE_DATASET { names.append((link.corder_valid ? link.corder : 0, name)) }
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
    let found = LinkNames(room: Self.maximumCount)
    var index: hsize_t = 0
    // One pass: the library sorts all links anew for each that is asked for by its number.
    try handle.check(
      H5Literate_by_name(
        handle.id, group, H5_INDEX_NAME, H5_ITER_INC, &index,
        { _, name, info, data in
          guard let name, let info, let data else { return -1 }
          let found = Unmanaged<LinkNames>.fromOpaque(data).takeUnretainedValue()
          return found.visit(name, isHard: info.pointee.type == H5L_TYPE_HARD) ? 0 : 1
        }, Unmanaged.passUnretained(found).toOpaque(), ch5_default()), "H5Literate_by_name \(group)")
    return found.names
  }
}

/// Collects the names of links.
private final class LinkNames {
  private(set) var names: [String] = []
  private var room: Int

  init(room: Int) { self.room = room }

  /// False once there is room for no more.
  func visit(_ name: UnsafePointer<CChar>, isHard: Bool) -> Bool {
    room -= 1
    if isHard, strnlen(name, HDF5Guard.maximumNameBytes + 1) <= HDF5Guard.maximumNameBytes,
      let text = String(validatingCString: name)
    {
      names.append(text)
    }
    return room > 0
  }
}
