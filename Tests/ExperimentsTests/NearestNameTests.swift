import Foundation
import Learning
import Settings
import TestSupport
import Testing

@testable import Experiments

/// What a word that is no name here is taken for.
struct NearestNameTests {
  private static let parts: [String: [PartKind]] = [
    "optimizers": Parts.standard.kinds(of: .optimizer), "activations": Parts.standard.kinds(of: .activation),
    "losses": Parts.standard.kinds(of: .loss), "initializations": Parts.standard.kinds(of: .initialization),
    "schedules": Parts.standard.kinds(of: .schedule),
  ]

  /// Names of PyTorch, Keras and optax, by `Fixtures/foreign_names.py`, that have a counterpart here under another name.
  /// All others of theirs are something else, and get no hint.
  private static let counterparts: [String: [String: String]] = [
    "optimizers": ["SGD": "gradient_descent", "sgd": "gradient_descent"],
    "activations": ["linear": "identity"],
    "losses": [
      "CrossEntropyLoss": "softmax_cross_entropy", "CategoricalCrossentropy": "softmax_cross_entropy",
      "SparseCategoricalCrossentropy": "softmax_cross_entropy", "NLLLoss": "softmax_cross_entropy",
      "categorical_crossentropy": "softmax_cross_entropy", "sparse_categorical_crossentropy": "softmax_cross_entropy",
      "safe_softmax_cross_entropy": "softmax_cross_entropy",
      "softmax_cross_entropy_with_integer_labels": "softmax_cross_entropy",
      "BCELoss": "binary_cross_entropy", "BCEWithLogitsLoss": "binary_cross_entropy",
      "BinaryCrossentropy": "binary_cross_entropy", "binary_crossentropy": "binary_cross_entropy",
      "sigmoid_binary_cross_entropy": "binary_cross_entropy", "MSELoss": "squared_error",
      "MeanSquaredError": "squared_error", "mean_squared_error": "squared_error", "l2_loss": "squared_error",
      "HuberLoss": "huber", "huber_loss": "huber",
    ],
    "initializations": [
      "HeNormal": "he", "LecunNormal": "lecun", "RandomUniform": "uniform", "kaiming_normal_": "he",
      "kaiming_uniform_": "he_uniform", "trunc_normal_": "truncated_normal", "xavier_normal_": "glorot_normal",
      "xavier_uniform_": "glorot_uniform",
    ],
    "schedules": [
      "CosineAnnealingLR": "cosine", "CosineDecay": "cosine", "cosine_decay_schedule": "cosine",
      "warmup_cosine_decay_schedule": "cosine", "StepLR": "step", "ExponentialLR": "exponential",
      "ExponentialDecay": "exponential", "exponential_decay": "exponential", "InverseTimeDecay": "inverse_time",
      "constant_schedule": "constant", "LinearLR": "linear", "linear_schedule": "linear",
    ],
  ]

  @Test(arguments: parts.keys.sorted())
  func noNameOfAnotherLibraryIsTakenForSomethingElse(part: String) throws {
    let file = try #require(
      Bundle.module.url(forResource: "foreign_names", withExtension: "json", subdirectory: "Fixtures"))
    let fixture = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    let foreign = try #require(fixture?[part] as? [String])
    let kinds = Self.parts[part]!
    #expect(foreign.count > 20)
    func letters(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }
    for name in foreign {
      // The same word in another spelling is the same thing.
      let same = kinds.map(\.name).first { letters($0) == letters(name) }
      #expect(
        nearestName(to: name, in: kinds.map(\.name), of: kinds) == same ?? Self.counterparts[part]?[name], "\(name)")
    }
    #expect(Set(Self.counterparts[part]!.keys).isSubset(of: foreign))
  }

  @Test(arguments: [
    ("lr", "learning_rate"), ("wd", nil), ("l1", nil), ("x2", nil), ("weight_decay", nil), ("bs", "batch_size"),
    ("n_epochs", nil), ("learnig_rate", "learning_rate"), ("seeds", "seed"), ("random_state", "seed"),
  ])
  func keysOfTheGrid(word: String, meant: String?) {
    #expect(nearestName(to: word, in: GridReader.gridKeys) == meant)
  }

  @Test(arguments: [
    ("val_loss", "validation_loss"), ("val_accuracy", "validation_accuracy"), ("val_acc", "validation_accuracy"),
    ("accuracy", "validation_accuracy"), ("validation", nil), ("validation_los", "validation_loss"),
  ])
  func metrics(word: String, meant: String?) {
    #expect(nearestName(to: word, in: SelectionRule.Metric.allCases.map(\.rawValue)) == meant)
  }

  @Test(arguments: [("CosineAnnealingLR", "cosine"), ("optim.lr_scheduler.StepLR", "step"), ("xavier", nil)])
  func spellingsOfOneWord(word: String, meant: String?) {
    let schedules = Parts.standard.kinds(of: .schedule)
    #expect(nearestName(to: word, in: schedules.map(\.name), of: schedules) == meant)
  }

  /// Every name that a hint gives is one of somewhere in an experiment file or a ranking.
  @Test func everyMeaningIsAName() {
    let keys = ["floor", "rho", "every", "learning_rate", "weight_decay", "beta1", "beta2", "epsilon", "momentum"]
    let known = Set(
      Self.parts.values.joined().map(\.name) + keys + GridReader.keys + GridReader.gridKeys + DataReader.sources
        + TrainingReader.keys + NetworkReader.keys + DocumentOverride.shortNames.map(\.name)
        + Standardization.allCases.map(\.rawValue) + Precision.allCases.map(\.rawValue)
        + PoolingKind.allCases.map(\.rawValue)
        + [
          "initial_accumulator", "memory", "line_search", "decay", "gamma", "validation_loss", "validation_accuracy",
          "train_loss", "train_accuracy", "channels", "kernel", "pool",
        ])
    for word in ForeignNames.words {
      for meaning in ForeignNames.meanings(of: word)! { #expect(known.contains(meaning), "\(word): \(meaning)") }
    }
  }
}
