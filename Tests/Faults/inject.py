"""Makes each system call of the commands fail, one at a time, and checks what they make of it.

    inject.py --programs .build/debug --library fault.so [--sample 150] [--part 1/10] [--only probe] [--call open] [--jobs 2]

For every command, call, error and position: the command ends by itself, with status 0 only if it gave all that it gives
undisturbed, and otherwise with 73 or 74 (sysexits.h: cannot create, input or output); no finished run is lost or set
aside; and the same command without the fault then gives what it gives undisturbed. Prints a table of counts, in Markdown,
and every case that failed. `fault.c` is the library.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

EXPERIMENT = """\
name: tiny
data: {source: {spirals: {samples: 90, classes: 3}}}
network: {hidden: [6]}
loss: softmax_cross_entropy
training: {epochs: 2}
grid:
  optimizer:
    - {name: adam, learning_rate: [0.01, 0.03]}
  batch_size: [32]
  seed: {from: 0, count: 4}
"""

ERRORS = {
    "read": ["EIO", "EINTR", "SHORT"],
    "pread": ["EIO", "ENOMEM", "EINTR", "SHORT"],
    "write": ["EIO", "ENOSPC", "EINTR", "SHORT"],
    "open": ["EIO", "EMFILE", "ENOMEM", "EINTR"],
    "access": ["EIO", "ENOMEM"],
    "stat": ["EIO", "ENOMEM"],
    "fsync": ["EIO", "ENOSPC", "EINTR"],
    "link": ["EIO", "ENOSPC"],
    "rename": ["EIO", "ENOSPC"],
    "unlink": ["EIO"],
    "close": ["EIO", "EINTR"],
    "mmap": ["ENOMEM"],
    "opendir": ["EIO", "EMFILE", "ENOMEM"],
    "readdir": ["EIO", "ENOMEM"],
    "flock": ["EIO", "EINTR"],
    "mkdir": ["EIO", "ENOSPC"],
    "truncate": ["EIO"],
}
# What stands for Slurm: a list of jobs, in the folder where the commands run.
SLURM = {
    "scontrol": "echo MaxArraySize = 4",
    "sbatch": """\
for argument; do case $argument in --job-name=*) name=${argument#--job-name=};; esac; done
number=$(($(wc -l <jobs) + 101))
echo "$number $name" >>jobs
echo "$number"
""",
    "squeue": """\
for argument; do
  case $argument in
    --name=*) echo "${argument#--name=}" | tr , '\\n' | while read name; do
      sed -n "s/^\\([0-9]*\\) $name\\$/\\1|0|PENDING|Resources/p" jobs
    done ;;
  esac
done
""",
    "scancel": 'for number; do sed -i "/^$number /d" jobs; done',
}
# The caller is not to be bothered with these: a call that was interrupted is made again, and the rest is asked for.
HARMLESS = {"EINTR", "SHORT"}
REFUSALS = {73, 74}
TIMES = {"training_seconds", "workers"}


class Case:
    """One folder with a sweep's results as a command finds them."""

    def __init__(self, suite, folder):
        self.suite = suite
        self.folder = folder

    def run(self, command, environment=None):
        program, *arguments = command
        return subprocess.run(
            [self.suite.programs / program, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=120,
            stdin=subprocess.DEVNULL, env=self.suite.environ | (environment or {}))

    def runs(self, path="results/tiny"):
        """Every run with its numbers, times left out; nothing where there is no sweep yet."""
        place = self.folder / path
        if not place.exists() or (place.is_dir() and not (place / "sweep.json").exists() and not self.shards()):
            return {}
        result = self.run(["summary", "--runs", "--json", path])
        if result.returncode != 0:
            return {"error": result.stderr}
        ranking = json.loads(result.stdout)["ranking"]
        return {run["run"]: {key: run[key] for key in sorted(run.keys() - TIMES)} for run in ranking}

    def tree(self):
        """Every file of the results with its bytes."""
        root = self.folder / "results"
        return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}

    def names(self, folder):
        path = self.folder / "results/tiny" / folder
        return sorted(name for name in os.listdir(path)) if path.exists() else []

    def bytes(self, name):
        path = self.folder / name
        return path.read_bytes() if path.exists() else None

    def jobs(self):
        """What Slurm has queued."""
        return (self.folder / "jobs").read_text().splitlines()

    def shards(self):
        return {name: self.bytes(f"results/tiny/shards/{name}") for name in self.names("shards") if name.endswith(".h5")}


class Scenario:
    """A command, what it finds, and what it must leave."""

    def __init__(self, name, template, command, writes, output=None):
        self.name = name
        self.template = template
        self.command = command
        # Whether it changes the results.
        self.writes = writes
        # A file that it makes.
        self.output = output


class Suite:
    def __init__(self, programs, library, scratch):
        self.programs = programs.resolve()
        self.library = library.resolve()
        self.scratch = scratch
        self.templates = {}
        self.expected = {}
        self.make_slurm()
        self.make_templates()
        run = next(iter(self.template_runs))
        probe = ["sweep", "probe", "results/tiny", "--run", run, "--set", "samples=20", "--set", "layers=false"]
        self.scenarios = [
            Scenario("run", "none", ["sweep", "run", "tiny.yaml", "--workers", "1"], True),
            Scenario("resume", "partial", ["sweep", "run", "tiny.yaml", "--workers", "1"], True),
            Scenario("run again", "whole", ["sweep", "run", "tiny.yaml", "--workers", "1"], True),
            Scenario("summary --json", "whole", ["summary", "results/tiny", "--json"], False),
            Scenario("summary report", "whole", ["summary", "report", "results/tiny"], False, "results/tiny/report.html"),
            Scenario("summary export", "whole", ["summary", "export", "--torch", "results/tiny", "results/a.safetensors"],
                     False, "results/a.safetensors"),
            Scenario("verify", "whole", ["sweep", "verify", "--json", "results/tiny"], False),
            Scenario("verify --repair", "unsealed", ["sweep", "verify", "--repair", "results/tiny"], True),
            Scenario("merge", "partial", ["sweep", "merge", "--force", "results/tiny"], False, "results/tiny.h5"),
            Scenario("merge --compact", "whole", ["sweep", "merge", "--compact", "results/tiny"], True),
            Scenario("probe", "whole", probe, True),
            Scenario("run --engine slurm", "partial", self.submission, True),
            Scenario("status", "submitted", ["sweep", "status", "results/tiny"], False),
            Scenario("cancel", "submitted", ["sweep", "cancel", "results/tiny"], False),
            Scenario("task", "submitted", ["sweep", "task", "results/tiny/slurm/1", "0"], True),
        ]

    def make_slurm(self):
        programs = self.scratch / "bin"
        programs.mkdir()
        for name, text in SLURM.items():
            (programs / name).write_text(f"#!/bin/sh\n{text}\n")
            (programs / name).chmod(0o755)
        self.environ = os.environ | {"SWIFT_BACKTRACE": "enable=no", "PATH": f"{programs}:{os.environ['PATH']}"}
        self.submission = ["sweep", "run", "tiny.yaml", "--engine", "slurm", "--tasks", "2"]

    # Templates

    def make_templates(self):
        for name in ["none", "partial", "whole", "unsealed", "submitted"]:
            folder = self.scratch / f"template-{name}"
            folder.mkdir()
            (folder / "tiny.yaml").write_text(EXPERIMENT)
            (folder / "results").mkdir()
            (folder / "jobs").touch()
            case = Case(self, folder)
            if name in ["partial", "submitted"]:
                self.succeed(case, ["sweep", "run", "tiny.yaml", "--workers", "1", "--set", "seed=0,1"])
                killed = case.run(
                    ["sweep", "run", "tiny.yaml", "--workers", "1"], {"RAVINE_FAULT": "journal-written:2"})
                assert killed.returncode == -9, killed
                if name == "submitted":
                    self.succeed(case, self.submission)
            elif name != "none":
                self.succeed(case, ["sweep", "run", "tiny.yaml", "--workers", "1", "--set", "seed=0,1"])
                self.succeed(case, ["sweep", "run", "tiny.yaml", "--workers", "1"])
            if name == "unsealed":
                # As another program leaves a shard: without what comes after HDF5's last byte.
                shard = sorted((folder / "results/tiny/shards").iterdir())[0]
                data = shard.read_bytes()
                count = int.from_bytes(data[-28:-24], "little")
                shard.write_bytes(data[: len(data) - 28 - 16 * count])
            self.templates[name] = case
            if name == "whole":
                self.template_runs = case.runs()

    def succeed(self, case, command):
        result = case.run(command)
        assert result.returncode == 0, result.stderr

    def copy(self, template):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.scratch))
        shutil.rmtree(folder)
        shutil.copytree(self.templates[template].folder, folder, symlinks=True)
        return Case(self, folder)

    # Faults

    def environment(self, case, call, error, at):
        return {
            "LD_PRELOAD": str(self.library), "FAULT_CALL": call, "FAULT_ERROR": error, "FAULT_AT": str(at),
            "FAULT_PATHS": f"{case.folder}/results/",
        }

    def count(self, scenario):
        """How often each call is made, and what the command gives undisturbed."""
        case = self.copy(scenario.template)
        log = case.folder / "calls"
        result = case.run(
            scenario.command, self.environment(case, "none", "EIO", 0) | {"FAULT_LOG": str(log)})
        assert result.returncode == 0, (scenario.name, result.stderr)
        counts = dict(line.split() for line in log.read_text().splitlines())
        self.expected[scenario.name] = (
            result.stdout, case.runs(), case.bytes("results/tiny/test.json"), len(case.shards()), len(case.jobs()),
            case.runs(scenario.output) if scenario.output == "results/tiny.h5" else
            case.bytes(scenario.output) if scenario.output else None)
        shutil.rmtree(case.folder)
        return {call: int(count) for call, count in counts.items()}

    def output(self, case, scenario):
        if scenario.output == "results/tiny.h5":
            return case.runs(scenario.output)
        return case.bytes(scenario.output) if scenario.output else None

    def check(self, scenario, call, error, at):
        """The status, and what is wrong; None where nothing is."""
        case = self.copy(scenario.template)
        before = self.templates[scenario.template]
        stdout, runs, evaluation, shards, jobs, expected_output = self.expected[scenario.name]
        old = self.old_runs(scenario.template)
        try:
            result = case.run(scenario.command, self.environment(case, call, error, at))
        except subprocess.TimeoutExpired:
            return None, "does not end"
        status = result.returncode
        said = f"status {status}: {result.stderr.strip()[-400:]}"

        if status < 0 or status >= 128:
            return status, f"ended by a signal, {said}"
        if status != 0 and status not in REFUSALS:
            return status, f"not the right status, {said}"
        if status != 0 and error in HARMLESS:
            return status, f"does not try again, {said}"
        if status != 0 and not (result.stderr + result.stdout).strip():
            return status, f"says nothing, {said}"
        if status == 0 and len(case.jobs()) != jobs:
            return status, f"leaves the jobs {case.jobs()}, {said}"
        # Where all was given, it is all that there is.
        if status == 0 and not scenario.writes and self.plain(result.stdout, case) != self.plain(stdout, case):
            return status, f"something else was printed, {said}"
        if status == 0 and scenario.output and self.output(case, scenario) != expected_output:
            return status, f"something else was written, {said}"
        if status != 0 and scenario.name == "summary --json" and result.stdout.strip():
            if not json.loads(result.stdout)["unread"]:
                return status, "the answer does not say that something is missing"
        # Nothing that was there is lost or set aside.
        if case.names("quarantine") != before.names("quarantine"):
            return status, f"set aside {case.names('quarantine')}, {said}"
        if not scenario.writes:
            left, there = case.tree(), before.tree()
            output = scenario.output and str(pathlib.Path(scenario.output).relative_to("results"))
            made = left.pop(output, None) is not None
            if {name: left.get(name) for name in there} != there:
                return status, f"changed the results, {said}"
            # What it then finds is what it found before.
            if left == there and (status == 0 or not made) and scenario.name != "cancel":
                shutil.rmtree(case.folder)
                return status, None
        found = case.runs()
        if "error" in found or any(self.lacks(found.get(run), numbers) for run, numbers in old.items()):
            return status, f"lost {sorted(old.keys() - found.keys())}, {found.get('error', '')} {said}"
        # A job that was queued before the error is known, and can be ended.
        if scenario.command == self.submission and case.jobs():
            cancelled = case.run(["sweep", "cancel", "results/tiny"])
            if cancelled.returncode != 0 or case.jobs():
                return status, f"the jobs {case.jobs()} are then not ended: {cancelled.stderr.strip()[-400:]}; {said}"
        # The same command, undisturbed.
        again = case.run(scenario.command)
        if again.returncode != 0:
            return status, f"the same command then ends with {again.returncode}: {again.stderr.strip()[-400:]}; {said}"
        if case.runs() != runs or case.bytes("results/tiny/test.json") != evaluation:
            return status, f"the same command then leaves other runs; {said}"
        if len(case.jobs()) != jobs:
            return status, f"the same command then leaves the jobs {case.jobs()}; {said}"
        if scenario.name == "merge --compact" and len(case.shards()) != shards:
            return status, f"the same command then leaves {len(case.shards())} shards; {said}"
        if scenario.output and self.output(case, scenario) != expected_output:
            return status, f"the same command then writes something else; {said}"
        if case.names("quarantine") != before.names("quarantine"):
            return status, f"the same command then sets aside {case.names('quarantine')}; {said}"
        shutil.rmtree(case.folder)
        return status, None

    def lacks(self, found, numbers):
        """Whether a run is not what it was. Its rank is that among others."""
        return found is None or any(found[key] != numbers[key] for key in numbers if key != "rank")

    def plain(self, text, case):
        return text.replace(str(case.folder), "")

    def old_runs(self, template):
        if not hasattr(self, "_old"):
            self._old = {}
        if template not in self._old:
            self._old[template] = self.templates[template].runs()
        return self._old[template]


def describe(case, outcome):
    scenario, call, error, at = case
    return f"{scenario.name}: {call} {at} {error}: {outcome[1]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--programs", type=pathlib.Path, required=True, help="the folder of sweep and summary")
    parser.add_argument("--library", type=pathlib.Path, required=True, help="what fault.c makes")
    parser.add_argument("--sample", type=int, help="so many of the cases, chosen at random; default: all")
    parser.add_argument("--seed", type=int, default=1, help="of the choice")
    parser.add_argument("--part", default="1/1", help="the I-th of N parts of all cases, I/N: they add up")
    parser.add_argument("--only", help="the one command with this name")
    parser.add_argument("--call", choices=ERRORS, help="the one call with this name")
    parser.add_argument("--jobs", type=int, default=2, help="commands at a time")
    options = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="ravine-faults-") as scratch:
        suite = Suite(options.programs, options.library, pathlib.Path(scratch).resolve())
        scenarios = [one for one in suite.scenarios if options.only in (None, one.name)]
        cases = []
        for scenario in scenarios:
            for call, count in suite.count(scenario).items():
                if options.call not in (None, call):
                    continue
                cases += [
                    (scenario, call, error, at) for error in ERRORS[call] for at in range(1, count + 1)]
        total = len(cases)
        part, parts = (int(number) for number in options.part.split("/"))
        cases = cases[part - 1 :: parts]
        if options.sample:
            # One of each command and call first, so that none is left out.
            choice = random.Random(options.seed)
            choice.shuffle(cases)
            seen = set()
            first = [case for case in cases if not (key := (case[0].name, case[1])) in seen and not seen.add(key)]
            cases = (first + [case for case in cases if case not in first])[: options.sample]
        for scenario in scenarios:
            suite.old_runs(scenario.template)
        outcomes = []
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            for case, outcome in zip(cases, pool.map(lambda case: suite.check(*case), cases)):
                outcomes.append(outcome)
                # All of them take an hour: who waits sees how far it is, and what is wrong as it is found.
                if outcome[1] is not None:
                    print(describe(case, outcome), file=sys.stderr, flush=True)
                if len(outcomes) % 100 == 0:
                    print(f"{len(outcomes)} of {len(cases)}", file=sys.stderr, flush=True)

    calls = [call for call in ERRORS if any(case[1] == call for case in cases)]
    print(f"{len(cases)} of {total} cases\n")
    print("| command | " + " | ".join(calls) + " | status 0 | 73 or 74 | wrong |")
    print("|---" * (len(calls) + 4) + "|")
    for scenario in scenarios:
        rows = [(case, outcome) for case, outcome in zip(cases, outcomes) if case[0] is scenario]
        numbers = [sum(case[1] == call for case, _ in rows) for call in calls]
        numbers += [sum(outcome[0] == 0 for _, outcome in rows), sum(outcome[0] in REFUSALS for _, outcome in rows),
                    sum(outcome[1] is not None for _, outcome in rows)]
        print(f"| `{scenario.name}` | " + " | ".join(str(number) for number in numbers) + " |")
    failures = [(case, outcome) for case, outcome in zip(cases, outcomes) if outcome[1] is not None]
    for case, outcome in failures:
        print(f"\n{describe(case, outcome)}")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
