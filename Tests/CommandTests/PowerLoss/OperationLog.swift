import Foundation

/// What programs did to files, one after the other, as `Tests/Shims/record.c` wrote it down.
struct OperationLog {
  enum Operation {
    /// A new file or folder.
    case make(inode: Int, path: [String], isFolder: Bool)
    case link(old: [String], new: [String])
    case rename(old: [String], new: [String])
    case unlink(path: [String])
    case write(inode: Int, offset: Int, bytes: Data)
    case truncate(inode: Int, size: Int)
    case sync(inode: Int)
  }

  let operations: [Operation]

  /// Paths are taken apart, from the folder that was watched.
  init(contentsOf path: String) throws {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    var operations: [Operation] = []
    var position = 0
    while let end = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) {
      let head = String(decoding: bytes[position..<end], as: UTF8.self).split(separator: "\t").map(String.init)
      let (inode, number, length) = (Int(head[1])!, Int(head[2])!, Int(head[3])!)
      let body = bytes.subdata(in: (end + 1)..<(end + 1 + length))
      position = end + 1 + length
      operations.append(Self.operation(head[0], inode, number, body))
    }
    self.operations = operations
  }

  private static func operation(_ name: String, _ inode: Int, _ number: Int, _ body: Data) -> Operation {
    var paths: [[String]] { body.split(separator: 0).map { parts(String(decoding: $0, as: UTF8.self)) } }
    return switch name {
    case "create": .make(inode: inode, path: paths[0], isFolder: false)
    case "mkdir": .make(inode: inode, path: paths[0], isFolder: true)
    case "link": .link(old: paths[0], new: paths[1])
    case "rename": .rename(old: paths[0], new: paths[1])
    case "unlink": .unlink(path: paths[0])
    case "write": .write(inode: inode, offset: number, bytes: body)
    case "truncate": .truncate(inode: inode, size: number)
    case "sync": .sync(inode: inode)
    default: preconditionFailure("record.c writes no \(name)")
    }
  }

  private static func parts(_ path: String) -> [String] {
    path.split(separator: "/").filter { $0 != "." }.map(String.init)
  }
}
