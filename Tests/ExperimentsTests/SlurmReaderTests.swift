import Learning
import Settings
import Testing

@testable import Experiments

@Suite struct SlurmReaderTests {
  private func parse(_ slurm: String) throws -> Experiment {
    try ExperimentFile.parse(text: SampleFile.text(("slurm", "slurm: \(slurm)")), file: "sample.yaml", parts: .standard)
  }

  @Test func everyKeyIsRead() throws {
    let experiment = try parse(
      #"{tasks: 8, time: "1-12:00:00", partition: long, account: lab, memory: 4G, options: ["--constraint=a b", -x]}"#)
    #expect(experiment.slurm.tasks == 8)
    #expect(
      experiment.slurm.arguments == [
        "--time=1-12:00:00", "--partition=long", "--account=lab", "--mem=4G", "--constraint=a b", "-x",
      ])
    #expect(try parse("{time: 90}").slurm.arguments == ["--time=90"])
    #expect(try parse("{options: --exclusive}").slurm.arguments == ["--exclusive"])
  }

  @Test func itChangesNoTrial() throws {
    let plain = try ExperimentFile.parse(text: SampleFile.text(), file: "sample.yaml", parts: .standard)
    #expect(plain.slurm == SlurmSettings())
    #expect(try parse("{tasks: 8}").trials.map(\.identity) == plain.trials.map(\.identity))
  }

  @Test func whatTheCommandSaysComesFirst() throws {
    var flags = SlurmSettings()
    flags.tasks = 2
    flags.options = ["--y"]
    let settings = try parse("{tasks: 8, account: lab, options: [--x]}").slurm.overridden(by: flags)
    #expect(settings.tasks == 2 && settings.account == "lab" && settings.options == ["--x", "--y"])
  }

  @Test(
    arguments: [
      ("{task: 8}", "slurm.task: unknown key"), ("{tasks: 0}", "0 is out of range"), ("{tasks: many}", "slurm.tasks"),
      ("{partition: a b}", "is not one word"), ("{account: --wrap=x}", "is not one word"),
      ("{options: [wrap]}", "is no option"), ("{options: [\"-a\\nb\"]}", "is no option"), ("8", "is not a mapping"),
    ])
  func mistakesAreSaid(slurm: String, says: String) {
    let error = #expect(throws: ExperimentFileError.self) { try parse(slurm) }
    #expect("\(error!)".contains(says), "\(error!)")
  }
}
