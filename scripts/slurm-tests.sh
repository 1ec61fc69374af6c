# Read by scripts/test-slurm, in a directory of its own with Slurm running.

python=$RAVINE_PYTHON
cat >sweep.yaml <<'YAML'
name: arrays
data: {source: {spirals: {samples: 600, classes: 3}}}
network: {hidden: [32, 16]}
loss: softmax_cross_entropy
training: {epochs: 1000, divergence_bound: 1e3}
grid:
  optimizer:
    - {name: adam, learning_rate: [0.003, 0.03]}
    - {name: gradient_descent, learning_rate: [0.1, 1e6]}
  batch_size: [32]
  dropout: {keep_probability: [0.8, 1]}
  seed: {from: 0, count: 15}
slurm: {tasks: 6, memory: 100M, options: ["--comment=from the file"]}
YAML

passed=0
check() { # check WHAT COMMAND...
  local what=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
    printf '  ok  %s\n' "$what"
  else
    keep=1
    tail -n 5 ./*/arrays/slurm/*/*.log >&2 || true
    fail "$what: $*"
  fi
}
says() { # says TEXT FILE
  grep -qF -- "$1" "$2" || { cat "$2" >&2; return 1; }
}
status_of() { # status_of STATUS COMMAND..., output in ./out
  local expected=$1 status=0
  shift
  "$@" >out 2>&1 || status=$?
  ((status == expected)) || { cat out >&2; printf 'status %s\n' "$status" >&2; return 1; }
}
runs() { sweep status "$1" --json 2>/dev/null | sed -n 's/^ *"runs" : \([0-9]*\),*/\1/p'; }
wait_for_runs() { # wait_for_runs DIRECTORY COUNT
  for _ in {1..600}; do
    (($(runs "$1" || echo 0) >= $2)) && return
    sleep 0.1
  done
  return 1
}
wait_until_over() {
  for _ in {1..1500}; do
    [[ -z $(squeue --noheader) ]] && return
    sleep 0.2
  done
  squeue >&2
  return 1
}
# Every number of two sweeps, whatever shards they came in; times apart.
same() {
  rm -f a.h5 b.h5
  sweep merge "$1" --output a.h5 >/dev/null && sweep merge "$2" --output b.h5 >/dev/null || return 1
  cmp "$1/test.json" "$2/test.json" || return 1
  sweep verify "$2" >out || { cat out >&2; return 1; }
  "$python" - <<'PY'
import h5py, numpy, sys
with h5py.File("a.h5") as a, h5py.File("b.h5") as b:
    assert set(a) == set(b), set(a) ^ set(b)
    for name in a:
        # How many trained at a time belongs to the times.
        if "seconds" in name or name == "workers":
            continue
        x, y = a[name][...], b[name][...]
        equal = x.shape == y.shape and (x.tobytes() == y.tobytes() if x.dtype.kind != "O" else list(x.flat) == list(y.flat))
        assert equal, name
    print(f"      {len(a['run'])} runs, {len(a)} variables", file=sys.stderr)
PY
}

status_of 0 sweep run sweep.yaml --output local --workers 2
total=$(runs local/arrays)

printf 'A sweep of %s runs as 6 tasks of arrays of at most 4\n' "$total"
check 'submits arrays' status_of 0 sweep run sweep.yaml --output one --engine slurm
check 'two of them' grep -qE 'as 6 tasks of jobs [0-9]+, [0-9]+$' out
check 'a second submission is refused' status_of 75 sweep run sweep.yaml --output one --engine slurm
check 'and told why' says 'still queued or running' out
wait_for_runs one/arrays 1
check 'a local sweep is kept out' status_of 75 sweep run sweep.yaml --output one
check 'and told which jobs hold the results' says 'of it are still queued or running' out
check 'a repair is kept out' status_of 75 sweep verify one/arrays --repair
check 'and told who writes' says 'another sweep is running there: process ' out
check 'status counts runs on disk' status_of 0 sweep status one/arrays
check 'and shows the queue' says 'Slurm: 6 tasks: ' out
check 'options of the file are used' grep -q 'Comment=from the file' <(scontrol show job 1)
wait_until_over
check 'equals the local sweep' same local/arrays one/arrays
check 'nothing is left' status_of 0 sweep run sweep.yaml --output one --engine slurm
check 'and nothing is submitted' test "$(ls one/arrays/slurm)" = 1

printf 'Tasks that are killed, requeued and cancelled\n'
check 'submits' status_of 0 sweep run sweep.yaml --output two --engine slurm --tasks 3 --sbatch=--comment=x
wait_for_runs two/arrays 5
job=$(squeue --noheader --format=%F | sort -u | head -n 1)
tasks=($(squeue --noheader --array --states=RUNNING --format=%K))
victim=$(pgrep -f "task .*two/arrays/slurm/1 ${tasks[0]}$" | head -n 1)
check 'kills a task as it trains' kill -9 "$victim"
check 'requeues another' scontrol requeue "${job}_${tasks[1]}"
before=$(runs two/arrays)
wait_until_over
check 'no run is gone' test "$(runs two/arrays)" -ge "$before"
check 'the requeued task came back' grep -qh 'recorded already' two/arrays/slurm/1/"${job}_${tasks[1]}.log"
check 'runs of the killed one are left' test "$(runs two/arrays)" -lt "$total"
sweep status two/arrays >out
check 'which status says' says 'the same command submits them again' out
check 'submits the rest' status_of 0 sweep run sweep.yaml --output two --engine slurm --tasks 3
wait_for_runs two/arrays $((before + 1))
wait_until_over
check 'equals the local sweep' same local/arrays two/arrays

printf 'A sweep that is cancelled and ends on this machine\n'
check 'submits' status_of 0 sweep run sweep.yaml --output three --engine slurm --tasks 2 --time 10 --partition debug
wait_for_runs three/arrays 5
check 'cancels' status_of 0 sweep cancel three/arrays
check 'and says so' says 'finished runs are kept' out
wait_until_over
check 'part of it is there' test "$(runs three/arrays)" -lt "$total"
check 'goes on here' status_of 0 sweep run sweep.yaml --output three --workers 2
check 'equals the local sweep' same local/arrays three/arrays
check 'nothing to cancel' status_of 66 sweep cancel local/arrays
check 'a refusal of sbatch is passed on' status_of 69 sweep run sweep.yaml --output four --engine slurm --partition none
check 'in its words' says 'sbatch failed with status 1: ' out

printf 'Tasks that all wait\n'
check 'submits' status_of 0 sweep run sweep.yaml --output five --engine slurm --sbatch=--begin=now+1hour
check 'a local sweep is kept out' status_of 75 sweep run sweep.yaml --output five
check 'and told by which jobs' says 'still queued or running' out
check 'cancels' status_of 0 sweep cancel five/arrays
wait_until_over
check 'then it runs here' status_of 0 sweep run sweep.yaml --output five --set seed=0

printf 'A scheduler that is down\n'
kill "$(<"$base/run/slurmctld.pid")"
check 'status is what is on disk' status_of 0 sweep status three/arrays
check 'counts it' says "arrays: $total of $total runs on disk" out
check 'and says that Slurm does not answer' says '! squeue ' out
check 'a local sweep goes on' status_of 0 sweep run sweep.yaml --output five --set seed=0
check 'with a warning' says 'whether Slurm still has tasks of this sweep is not known' out
check 'nothing can be submitted' status_of 69 sweep run sweep.yaml --output four --engine slurm

printf '%s checks passed\n' "$passed"
