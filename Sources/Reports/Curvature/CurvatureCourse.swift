import Experiments

/// λ_max along training: of a run's probes those of one function, one an epoch.
///
/// A run may have been probed over other samples or for another matrix as well, whose eigenvalues make no curve with the
/// rest. Taken is what most epochs were probed for, and of equals what has the most samples.
struct CurvatureCourse {
  let probes: [CurvatureMeasurement]
  /// What was probed, in words; nil where all probes are of the same.
  let subject: String?

  /// What makes two probes' eigenvalues those of one function.
  private struct Subject: Hashable {
    var matrix: CurvatureSpecification.Matrix?
    var part: CurvatureSpecification.Part?
    var dropout: CurvatureSpecification.Dropout?
    var samples: Int

    init(_ probe: CurvatureMeasurement) {
      (matrix, part, dropout, samples) = (probe.matrix, probe.part, probe.dropout, probe.samples)
    }
  }

  init(_ all: [CurvatureMeasurement]) {
    let subjects = Dictionary(grouping: all.filter { $0.lambdaMax.isFinite }, by: Subject.init)
    func weight(_ course: [CurvatureMeasurement]) -> (epochs: Int, samples: Int) {
      (Set(course.map(\.epoch)).count, course[0].samples)
    }
    // In the order of the probes, so that of equals always the same is taken.
    let course = all.compactMap { subjects[Subject($0)] }.max { weight($0) < weight($1) } ?? []
    var seen: Set<Int> = []
    probes = course.filter { seen.insert($0.epoch).inserted }
    if subjects.count > 1, let first = course.first, let matrix = first.matrix, let part = first.part {
      subject = "\(matrix.rawValue) on \(first.samples) \(part.rawValue) samples"
    } else {
      subject = nil
    }
  }
}
