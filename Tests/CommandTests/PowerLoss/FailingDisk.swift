import Foundation

/// A disk whose power fails: what may be on it is what was synced and any of the rest.
///
/// The model is POSIX's, weaker than any file system of today. A name is on the disk for certain once its folder was synced,
/// content once its file was. Changes of names that were not synced may each be there or not, whatever their order; a rename
/// within a folder is one change. Of content that was not synced there may be nothing, all, all but half of the last write,
/// the last write behind a hole, or the length alone.
struct FailingDisk {
  fileprivate final class Node {
    let isFolder: Bool
    init(isFolder: Bool) { self.isFolder = isFolder }
  }

  /// One change that is on the disk as a whole or not at all.
  private struct NameChange {
    var folder: ObjectIdentifier
    var entries: [(name: String, node: Node?)]
    var isSynced = false
  }

  private struct ContentChange {
    var offset: Int
    /// Nil for a new length, `offset`.
    var bytes: Data?
    var isSynced = false
  }

  private let root = Node(isFolder: true)
  /// All there ever were, so that none's place in memory becomes another's.
  private var allNodes: [Node] = []
  private var nodes: [Int: Node] = [:]
  private var names: [NameChange] = []
  private var contents: [ObjectIdentifier: [ContentChange]] = [:]
  /// The names as a running system shows them.
  private var entries: [ObjectIdentifier: [String: Node]] = [:]

  /// - Parameter inode: That of the folder that was watched, which is on the disk.
  init(inode: Int) { nodes[inode] = root }

  // MARK: - Changes

  mutating func apply(_ operation: OperationLog.Operation) {
    switch operation {
    case .make(let inode, let path, let isFolder):
      let node = Node(isFolder: isFolder)
      nodes[inode] = node
      allNodes.append(node)
      change(folder(of: path), [(path.last!, node)])
    case .link(let old, let new):
      change(folder(of: new), [(new.last!, node(old))])
    case .rename(let old, let new):
      let (from, to, moved) = (folder(of: old), folder(of: new), node(old))
      if from === to {
        change(to, [(old.last!, nil), (new.last!, moved)])
      } else {
        change(to, [(new.last!, moved)])
        change(from, [(old.last!, nil)])
      }
    case .unlink(let path): change(folder(of: path), [(path.last!, nil)])
    case .write(let inode, let offset, let bytes):
      if let node = nodes[inode] { contents[.init(node), default: []].append(.init(offset: offset, bytes: bytes)) }
    case .truncate(let inode, let size):
      if let node = nodes[inode] { contents[.init(node), default: []].append(.init(offset: size, bytes: nil)) }
    case .sync(let inode):
      guard let node = nodes[inode] else { return }
      for index in names.indices where names[index].folder == .init(node) { names[index].isSynced = true }
      for index in contents[.init(node), default: []].indices { contents[.init(node)]![index].isSynced = true }
    }
  }

  private mutating func change(_ folder: Node, _ changed: [(name: String, node: Node?)]) {
    names.append(NameChange(folder: .init(folder), entries: changed))
    for (name, node) in changed { entries[.init(folder), default: [:]][name] = node }
  }

  private func node(_ path: [String]) -> Node {
    path.reduce(root) { entries[.init($0), default: [:]][$1]! }
  }

  private func folder(of path: [String]) -> Node { node(path.dropLast()) }

  // MARK: - After the failure

  /// A file as it is found: which of its changes are there. Equal ones have equal bytes.
  struct Content: Hashable {
    fileprivate var file: ObjectIdentifier
    fileprivate var synced: Int
    fileprivate var pending: Int
    fileprivate var rest: Rest
  }

  /// What is found by its path, nil for a folder.
  typealias Tree = [String: Content?]

  /// What of the content that was not synced is there.
  fileprivate enum Rest: CaseIterable { case nothing, all, torn, hole, length }

  /// What may be found, each once: of the changes of names none, all, each alone, all but each, and the first ones, with all
  /// of the content; and none and all of them with each part of the content.
  ///
  /// - Parameter isExhaustive: All subsets of up to six changes of names, each with each part of the content.
  func trees(isExhaustive: Bool) -> Set<Tree> {
    let pending = names.indices.filter { !names[$0].isSynced }
    let all = Set(pending)
    let isWritten = contents.values.contains { $0.contains { !$0.isSynced } }
    let rests: [Rest] = isWritten ? Rest.allCases : [.all]
    var trees: Set<Tree> = []
    func add(_ chosen: Set<Int>, _ rests: [Rest]) {
      for rest in rests { trees.insert(tree(with: chosen, rest)) }
    }
    add([], rests)
    add(all, rests)
    for change in pending {
      add([change], isExhaustive ? rests : [.all])
      add(all.subtracting([change]), isExhaustive ? rests : [.all])
    }
    for count in pending.indices { add(Set(pending.prefix(count)), isExhaustive ? rests : [.all]) }
    if isExhaustive, pending.count <= 6 {
      for bits in 0..<(1 << pending.count) {
        add(Set(pending.indices.filter { bits >> $0 & 1 == 1 }.map { pending[$0] }), rests)
      }
    }
    return trees
  }

  private func tree(with chosen: Set<Int>, _ rest: Rest) -> Tree {
    var found: [ObjectIdentifier: [String: Node]] = [:]
    for (index, change) in names.enumerated() where change.isSynced || chosen.contains(index) {
      for (name, node) in change.entries { found[change.folder, default: [:]][name] = node }
    }
    var tree: Tree = [:]
    func add(_ folder: Node, _ path: String) {
      for (name, node) in found[.init(folder), default: [:]] {
        tree.updateValue(node.isFolder ? nil : content(of: node, rest), forKey: path + name)
        if node.isFolder { add(node, path + name + "/") }
      }
    }
    add(root, "")
    return tree
  }

  private func content(of node: Node, _ rest: Rest) -> Content {
    let changes = contents[.init(node), default: []]
    let synced = changes.count { $0.isSynced }
    let pending = rest == .nothing ? 0 : changes.count - synced
    return Content(file: .init(node), synced: synced, pending: pending, rest: pending == 0 ? .nothing : rest)
  }

  /// The bytes of a file that ``trees(isExhaustive:)`` gave before anything else was applied.
  func bytes(of content: Content) -> Data {
    let changes = contents[content.file, default: []]
    let pending = changes[content.synced..<(content.synced + content.pending)]
    var applied = Array(changes.prefix(content.synced))
    switch content.rest {
    case .nothing: break
    case .all: applied += pending
    case .torn:
      applied += pending
      if let bytes = applied.last?.bytes { applied[applied.count - 1].bytes = bytes.prefix(bytes.count / 2) }
    case .hole: applied += pending.suffix(1)
    case .length:
      applied += pending.map { ContentChange(offset: $0.offset, bytes: $0.bytes.map { Data(count: $0.count) }) }
    }
    return applied.reduce(into: Data()) { content, change in
      let end = change.offset + (change.bytes?.count ?? 0)
      if content.count < end { content.append(Data(count: end - content.count)) }
      if let bytes = change.bytes {
        content.replaceSubrange(change.offset..<end, with: bytes)
      } else {
        content = content.prefix(end)
      }
    }
  }
}
