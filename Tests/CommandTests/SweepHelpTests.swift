import TestSupport
import Testing

/// The help of every command, to the letter: it is the manual.
@Suite struct SweepHelpTests {
  private func expectHelp(_ arguments: [String], _ text: String) throws {
    let result = try Command("sweep", environment: ["COLUMNS": nil]).run(arguments + ["--help"])
    #expect(result.standardOutput == text)
    #expect(result.status == 0)
  }

  @Test func theProgram() throws {
    try expectHelp(
      [],
      """
      OVERVIEW: Train every configuration of an experiment file and store the results
      as HDF5.

      Results go to results/NAME, NAME being the experiment's. The same command again
      goes on where it stopped. `summary results/NAME` ranks the runs.

      USAGE: sweep <subcommand>

      OPTIONS:
        --version               Show the version.
        -h, --help              Show help information.

      SUBCOMMANDS:
        init                    Write an experiment file with every key explained, to
                                start from.
        reference               Print every key of an experiment file: what it
                                accepts, its default, its meaning.
        schema                  Print the JSON Schema of experiment files, for
                                editors.
        run                     Train every configuration that has no result yet.
        plan                    Show what an experiment would run and take, without
                                running it.
        probe                   Measure the curvature of runs that are stored, at the
                                weights they kept.
        data                    Write an experiment's data as its trials see them,
                                split and scaled, as HDF5.
        verify                  Check every byte of a sweep's results and say what
                                can be saved.
        merge                   Make one HDF5 file of a sweep's results, or full
                                shards of small ones.
        status                  Show how far a sweep is, from what is on disk, and
                                what Slurm does for it.
        cancel                  End the Slurm jobs of a sweep; finished runs are kept.
        doctor                  Show the processor, kernels, rates and libraries, and
                                what is wrong with them.

        See 'sweep help <subcommand>' for detailed help.

      """)
  }

  @Test func run() throws {
    try expectHelp(
      ["run"],
      """
      OVERVIEW: Train every configuration that has no result yet.

      The same command again goes on where it stopped. Ctrl-C stops: finished runs
      are kept, those in flight are not. With --engine slurm the runs are dealt out
      to the tasks of job arrays, and the command ends when these are submitted;
      `sweep status` shows how far they are, `sweep cancel` ends them. Exit codes are
      those of sysexits.h: 64 usage, 65 bad data, 66 no input, 69 no Slurm, 71 too
      few threads or no memory for the test set, 73 cannot create, 74 input or
      output, 75 busy; 128 + the signal where a signal stopped it.

      USAGE: sweep run [<options>] [<file>]

      ARGUMENTS:
        <file>                  The experiment file (YAML). Without one, the built-in
                                experiment on handwritten digits.

      SLURM OPTIONS:
        --tasks <count>         With --engine slurm: tasks that the runs are dealt
                                out to.
        --time <time>           Limit on a task's time, such as 90 (minutes) or
                                1-12:00:00.
        --partition <name>      Partition.
        --account <name>        Account.
        --sbatch <option>       A further option of sbatch, such as
                                --constraint=avx512. May be repeated.

      OPTIONS:
        --set <key=value[,value…]>
                                Replace a value of the file, such as epochs=5 or
                                batch_size=16,full. May be repeated.
        --weights <weights>     The weights that each run keeps: none, best, or all
                                (initial, best and final). (values: none, best, all;
                                default: best)
        --workers <count>       Runs at a time, one thread each. Default: the number
                                of cores.
        --memory <size>         Memory that reading the data may take, such as 4G;
                                with --engine slurm, memory of a task. Default: half
                                of the machine's.
        --output <folder>       Where results go: a folder of the experiment's name
                                is made in it. (default: results)
        --log-format <format>   Log as text or json, one line an event, instead of a
                                progress display. (values: text, json)
        --fsync                 Wait after each run until its record is on the
                                device: safe against power failure, and slower.
        --resume                Refuse to start from nothing: there must be results
                                to go on with.
        --engine <engine>       Where runs are trained: in this process, or by tasks
                                of Slurm. (values: local, slurm; default: local)
        --version               Show the version.
        -h, --help              Show help information.


      """)
  }

  @Test func plan() throws {
    try expectHelp(
      ["plan"],
      """
      OVERVIEW: Show what an experiment would run and take, without running it.

      Times are estimated from a moment of training of some of the trials, and a few
      passes or one whole probe where the curvature is probed; early stopping and
      convergence are not foreseen, so they are upper estimates.

      USAGE: sweep plan [<file>] [--set <key=value[,value…]> ...] [--weights <weights>] [--workers <count>] [--memory <size>]

      ARGUMENTS:
        <file>                  The experiment file (YAML). Without one, the built-in
                                experiment on handwritten digits.

      OPTIONS:
        --set <key=value[,value…]>
                                Replace a value of the file, such as epochs=5 or
                                batch_size=16,full. May be repeated.
        --weights <weights>     The weights that each run keeps: none, best, or all
                                (initial, best and final). (values: none, best, all;
                                default: best)
        --workers <count>       Runs at a time, one thread each. Default: the number
                                of cores.
        --memory <size>         Memory that reading the data may take, such as 4G;
                                with --engine slurm, memory of a task. Default: half
                                of the machine's.
        --version               Show the version.
        -h, --help              Show help information.


      """)
  }

  @Test func probe() throws {
    try expectHelp(
      ["probe"],
      """
      OVERVIEW: Measure the curvature of runs that are stored, at the weights they
      kept.

      Prints what is found and adds it to the results as a file of its own; `summary
      spectrum` shows it again. Any run that kept weights will do: of the newest grid
      or an earlier one, with `curvature` in its experiment file or not.

      What is measured is what the file's `curvature` says and --set replaces. What
      neither says is:
        at=start,best,final           whichever kept its weights, whatever the file
      says
        data=training                 or validation
        samples=all seed=0            or a number: a fixed random sample
        dropout=off                   or frozen: the masks of one step
        matrix=hessian                or gauss_newton, finite_differences
        largest=5 smallest=5          algebraic eigenvalues to find
        tolerance=1e-4                of a residual, over the largest |eigenvalue|
        iterations=500                products that one search may take
        full_spectrum=false           true: all eigenvalues, up to 5,000 parameters
        density=false                 true: the spectral density
        trace=false                   true: estimated by 32 random vectors
        layers=true                   extreme eigenvalues of each layer by itself
        taylor_models=true            errors of the linear and the quadratic model
        estimates=none                power, taylor, online: other ways to lambda_max
        principal_eigenvector=false   true: kept with the results
        diagonal=false                true: kept with the results
      `sweep reference` has all of them.

      Examples:
        sweep probe results/digits/0f3a9c
        sweep probe results/digits --run 0f3a9c --run 91b2d4
        sweep probe results/digits --run 0f3a9c --set at=final --set density=true
        sweep probe results/digits --run 0f3a9c --set estimates=power,online

      Exit codes are those of sysexits.h: 64 usage, 65 bad data or no weights kept,
      66 no such results or run, 75 a sweep is running there.

      USAGE: sweep probe <results> [--run <run> ...] [--set <key=value[,value…]> ...] [--data-folder <folder>]

      ARGUMENTS:
        <results>               The directory a sweep wrote; or a merged file, which
                                is left as it is: the probes are only printed.

      OPTIONS:
        --run <run>             The first digits of a run. May be repeated.
        --set <key=value[,value…]>
                                Replace a setting of `curvature`. May be repeated.
        --data-folder <folder>  Where relative paths of data files start. Default:
                                the experiment file's folder.
        --version               Show the version.
        -h, --help              Show help information.


      """)
  }

  @Test func version() throws {
    #expect(try Command("sweep").run(["--version"]).standardOutput == "ravine 0.1.0\n")
  }
}
