/// What PyTorch, Keras, optax, SciPy and scikit-learn call the keys of an experiment file, and what they have that is no part
/// here. What they call the parts that there are, the parts declare: `Part.otherNames`.
///
/// A hint is given from here before any misspelling is looked for: `lr` is near to `l2` and means `learning_rate`; `elu` is
/// near to `relu` and means something else, which there is not here.
public enum ForeignNames {
  /// The names here that stand for `word`, several where the place decides, none where there is no such thing; nil for a
  /// word that is not in the table.
  static func meanings(of word: String) -> [String]? { table[key(of: word)] }

  /// Whether `word` is a name that other libraries know and none of `names` stands for.
  static func isWithoutCounterpart(_ word: String, in names: [String]) -> Bool {
    meanings(of: word).map { meanings in !names.contains { meanings.contains($0) } } ?? false
  }

  /// Every word of the table, as it is looked up: small letters and digits alone.
  public static var words: [String] { table.keys.sorted() }

  /// `CosineAnnealingLR`, `cosine_annealing_lr` and `optim.lr_scheduler.CosineAnnealingLR` are one word.
  static func key(of word: String) -> String {
    let last = word.split(separator: ".").last ?? ""
    return String(last.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
  }

  private static let table: [String: [String]] = {
    var table: [String: [String]] = [:]
    for (words, meanings) in entries {
      for word in words.split(separator: " ") { table[String(word)] = meanings }
    }
    return table
  }()

  private static let entries: [(words: String, meanings: [String])] =
    optimizers + optimizerSettings + activations + losses + initializations + schedules + metrics + keys

  private static let optimizers: [(words: String, meanings: [String])] = [
    (
      "adamax radam rprop asgd averagedsgd lamb lars larc fromage ftrl adafactor adabound adabelief adan sophia"
        + " shampoo muon yogi novograd sparseadam sam sm3 noisysgd adagradda adamwschedulefree schedulefree prodigy"
        + " dadaptation optimisticgd optimisticgradientdescent optimisticadam optimisticadamv2 adamaxw signum signsgd"
        + " schedulefreeadamw nadamw polyaksgd apollo lookahead kfac neldermead powell slsqp trustncg adadion soap",
      []
    )
  ]

  private static let optimizerSettings: [(words: String, meanings: [String])] = [
    ("lr eta eta0 learningrateinit initiallearningrate baselr", ["learning_rate"]),
    ("stepsize", ["every", "learning_rate"]),
    ("wd", ["weight_decay"]),
    ("b1", ["beta1"]),
    ("b2", ["beta2"]),
    ("eps", ["epsilon"]),
    ("mu", ["momentum"]),
    ("alpha", ["floor", "rho"]),
    ("initialaccumulatorvalue", ["initial_accumulator"]),
    ("historysize maxcor memorysize", ["memory"]),
    ("linesearchfn", ["line_search"]),
    ("dampening betas centered foreach fused maximize clipnorm clipvalue globalclipnorm useema emamomentum", []),
  ]

  private static let activations: [(words: String, meanings: [String])] = [
    ("linear", ["linear_regression"]),
    (
      "hardswish hardsilu mish elu selu celu leakyrelu prelu rrelu relu6 crelu hardsigmoid hardtanh softsign"
        + " logsigmoid logsoftmax softmin softmax2d sparsesigmoid sparsemax glu hardshrink softshrink tanhshrink threshold squareplus exponential sparseplus",
      []
    ),
  ]

  private static let losses: [(words: String, meanings: [String])] = [
    ("logloss", ["binary_cross_entropy", "softmax_cross_entropy"]),
    (
      "mae maeloss meanabsoluteerror l1loss smoothl1 smoothl1loss hinge hingeloss squaredhinge kldiv"
        + " kldivloss kldivergence poisson poissonnllloss cosinesimilarity cosineembeddingloss ctc ctcloss"
        + " focal focalloss binaryfocalcrossentropy categoricalfocalcrossentropy sigmoidfocalloss polylosscrossentropy"
        + " categoricalhinge hingeembeddingloss tripletmarginloss logcosh mape msle rmse cosinedistance meansquaredlogarithmicerror"
        + " meanabsolutepercentageerror gaussiannllloss linearcrossentropyloss",
      []
    ),
  ]

  private static let initializations: [(words: String, meanings: [String])] = [
    ("normal randomnormal gaussian lecununiform variancescaling ones dirac sparse eye", [])
  ]

  private static let schedules: [(words: String, meanings: [String])] = [
    ("decayrate", ["decay", "gamma"]),
    (
      "multisteplr multistep onecycle onecyclelr cycliclr cyclic cosineannealingwarmrestarts cosinedecayrestarts sgdr"
        + " reducelronplateau plateau polynomiallr polynomial polynomialdecay"
        + " polynomialschedule piecewiseconstantdecay piecewiseconstantschedule lambdalr constantlr sequentiallr etamin"
        + " inversesqrt rsqrt wsd"
        + " multiplicativelr chainedscheduler linearonecycleschedule cosineonecycleschedule piecewiseinterpolateschedule"
        + " sgdrschedule warmupconstantschedule warmupexponentialdecayschedule",
      []
    ),
  ]

  private static let metrics: [(words: String, meanings: [String])] = [
    ("valloss testloss validloss evalloss", ["validation_loss"]),
    ("valaccuracy valacc validacc evalaccuracy", ["validation_accuracy"]),
    ("trainingloss trloss", ["train_loss"]),
    ("trainacc trainingaccuracy", ["train_accuracy"]),
    ("accuracy acc", ["train_accuracy", "validation_accuracy"]),
    ("f1 auc rocauc r2 precisionscore recall top5 perplexity", []),
  ]

  private static let keys: [(words: String, meanings: [String])] = [
    ("numepochs nepochs nbepoch nbepochs maxepochs maxiter", ["epochs"]),
    ("bs batch batchsizes minibatch minibatchsize", ["batch_size"]),
    ("keepprob", ["keep_probability"]),
    ("droprate dropprob dropoutprob dropoutprobability dropprobability", ["dropout_rate"]),
    ("l2regularization l2penalty l2reg", ["l2"]),
    ("l1 l1regularization l1penalty l1reg", []),
    ("nonlinearity activationfn activationfunction", ["activation"]),
    ("init initializer kernelinitializer weightinit winit", ["initialization"]),
    ("scheduler lrschedule lrscheduler learningrateschedule", ["schedule"]),
    ("criterion lossfn lossfunction", ["loss"]),
    ("model architecture net", ["network"]),
    ("layers hiddenlayers hiddensizes hiddenlayersizes hiddenunits units", ["hidden"]),
    ("usebias fitintercept", ["bias"]),
    ("dataset datasets", ["data"]),
    ("optim solver", ["optimizer"]),
    ("randomstate randomseed manualseed rng", ["seed"]),
    ("dtype", ["precision"]),
    ("float32 fp32 single", ["float"]),
    ("float64 fp64", ["double"]),
    ("float16 fp16 bfloat16 bf16 half", []),
    ("shuffle", ["order"]),
    ("droplast", ["drop_remainder"]),
    ("mindelta", ["minimum_delta"]),
    ("earlystopper earlystoppingcallback", ["early_stopping"]),
    ("gaussiannoise inputnoisestd", ["input_noise"]),
    ("filters outchannels nfilters", ["channels"]),
    ("kernelsize filtersize", ["kernel"]),
    ("pooling maxpooling", ["pool", "max"]),
    ("maxpool maxpool2d maxpooling2d", ["max"]),
    ("avg mean avgpool avgpool2d averagepooling averagepooling2d", ["average"]),
    ("standardscaler zscore standard", ["standardize"]),
    ("maxabs maxabsscaler", ["unit"]),
    ("minmax minmaxscaler robustscaler quantile", []),
    ("mnist fashionmnist", ["idx"]),
    ("loaddigits sklearndigits", ["digits"]),
    ("cifar cifar10 cifar100 imagenet iris", []),
    ("h5 hdf", ["hdf5"]),
  ]
}
