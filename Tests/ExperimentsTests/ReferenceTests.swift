import Foundation
import Learning
import Settings
import TestSupport
import Testing

@testable import Experiments

/// The reference of experiment files says what the reader does.
@Suite struct ReferenceTests {
  private static let sections = ReferenceSection.all(.standard)

  @Test func thePageIsWhatTheCodeMakes() throws {
    let page = try String(contentsOfFile: "\(packageDirectory)/docs/experiment-file.md", encoding: .utf8)
    let isSame = page == ExperimentReference.markdown(.standard)
    #expect(isSame, "docs/experiment-file.md is old: sweep reference > docs/experiment-file.md")
  }

  @Test func theTablesOfOptimizersAreWhatTheyDeclare() throws {
    let page = try String(contentsOfFile: "\(packageDirectory)/docs/optimizers.md", encoding: .utf8)
    let isThere = page.contains(OptimizerReference.markdown(.standard))
    #expect(isThere, "docs/optimizers.md is old: its tables are those of sweep reference optimizers")
  }

  @Test(arguments: Self.sections.indices)
  func everyKeyIsThere(index: Int) {
    #expect(Self.sections[index].differences(.standard) == [])
  }

  @Test(arguments: Self.sections.indices)
  func everyKeySaysWhatItAccepts(index: Int) {
    let section = Self.sections[index]
    for key in section.keys {
      #expect(section.accepted(key, .standard)?.isEmpty == false, "\(section.path).\(key.name)")
    }
  }

  /// A file that gives a key its default is the same experiment as the file without the key.
  @Test(arguments: Self.sections.indices)
  func defaultsAreTheReaders(index: Int) throws {
    let section = Self.sections[index]
    for key in section.keys {
      guard let standard = key.standard else { continue }
      let given = try section.experiment(.standard, with: key.name, standard)
      let left = try section.experiment(.standard, with: key.name)
      let isSame =
        given.trials == left.trials && given.selection == left.selection && given.summary == left.summary
        && given.slurm == left.slurm
      #expect(isSame && !left.trials.isEmpty, "\(section.path).\(key.name): \(standard)")
      #expect(!section.isRequired(key, .standard), "\(section.path).\(key.name)")
    }
  }

  /// Every mapping the reader has is a section: its keys are named by the reader's own tables.
  @Test func everyTableOfTheReaderIsThere() {
    let tables = [
      GridReader.keys, GridReader.gridKeys, NetworkReader.keys, ["kind", "deviation", "bias"], TrainingReader.keys,
      DataReader.keys,
      DataReader.sources, SplitReader.keys, CurvatureReader.keys, DropoutAxes.keys, HaltonSearch.keys, SlurmReader.keys,
      Parts.standard.kinds(of: .schedule).map(\.name), ExclusionRule.names(.standard),
    ]
    let known = Self.sections.map { $0.knownKeys(.standard) }
    for table in tables { #expect(known.contains(table), "\(table)") }
    // Each source and each schedule that takes settings has a section of its own.
    let paths = Self.sections.map(\.path)
    for source in DataReader.sources.dropFirst() { #expect(paths.contains("data.source.\(source)")) }
    for schedule in Parts.standard.kinds(of: .schedule) { #expect(paths.contains("schedule.\(schedule.name)")) }
  }
}
