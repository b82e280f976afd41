#!/usr/bin/env bash
# Proves on a real Slurm of one node what docs/scaling.md promises: a class of a hundred is graded here and as jobs, while
# a task is cancelled, the node's daemon and its jobs are killed, the controller is killed, and ./grade itself is killed.
# The gradebooks must be the same bytes. By hand, on Debian, as root; needs the network once, for slurm-wlm and munge.
#
#   grader/tests/by_hand/slurm.sh [FOLDER [SUBMISSIONS]]      (100)
#
# FOLDER (default /var/tmp/qkv-slurm) holds the class, what came of it, the daemons' state and the logs. The daemons have
# a configuration, a key and ports of their own; a Slurm of this machine is not touched.
set -u

. "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/steps.sh"

[ "$(id -u)" -eq 0 ] || give_up "Only root can be a node of Slurm: run this with sudo."
for tool in slurmctld slurmd sbatch munged; do
  command -v "$tool" >/dev/null && continue
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends slurm-wlm munge || give_up "This needs $tool."
done

repo="$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/../../.." && pwd)"
folder="$(mkdir -p -- "${1:-/var/tmp/qkv-slurm}" && cd -- "${1:-/var/tmp/qkv-slurm}" && pwd)" || exit 2
logs="$folder/logs"
exec 9>"$folder/lock" && flock --nonblock 9 || give_up "Another run uses $folder."
rm -rf --one-file-system "$folder"/{class,local,cluster,broken,waits,state,spool,logs,small}
mkdir -p "$logs" "$folder"/{class,state,spool}
export SLURM_CONF="$folder/slurm.conf"
cores="$(nproc)"
most="${2:-100}"
# On a busy machine everything takes longer.
patience="$(awk -v cores="$cores" '{ print 1 + int($1 / cores) }' /proc/loadavg)"

# until_true SECONDS COMMAND...
until_true() {
  local last=$((SECONDS + $1 * patience))
  shift
  until "$@"; do
    [ $SECONDS -lt $last ] || { say "waited in vain for: $*"; return 1; }
    sleep 0.5
  done
}

# ---- a Slurm of one node ----

munge_pid="" controller="" node="" command=""

# Whoever of these runs; each is ours.
kill_all() { [ $# -eq 0 ] || kill -9 "$@" 2>/dev/null; }
children_of() { local child; for child in $(pgrep -P "$1"); do say "$child"; children_of "$child"; done; }

start_controller() { slurmctld -D 9>&- >>"$logs/slurmctld.log" 2>&1 & controller=$!; }
start_node() { slurmd -D 9>&- >>"$logs/slurmd.log" 2>&1 & node=$!; }
# Those that hold a job outlive the daemon: the parents of the scripts that it keeps.
holders() {
  local script
  for script in $(pgrep -f "^/bin/sh $folder/spool/job"); do ps -o ppid= -p "$script"; done
}

configure() {
  cat >"$SLURM_CONF" <<CONF
ClusterName=qkv
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=26817
SlurmdPort=26818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
JobAcctGatherType=jobacct_gather/none
ReturnToService=2
SlurmdTimeout=60
MpiDefault=none
MailProg=/bin/true
KillWait=5
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=$cores RealMemory=$(awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo)
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
}

start_slurm() {
  configure
  head -c 1024 /dev/urandom >"$folder/munge.key" && chmod 600 "$folder/munge.key"
  munged --foreground --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" --pid-file="$folder/munge.pid" \
    --log-file="$logs/munge.log" --seed-file="$folder/munge.seed" 9>&- &
  munge_pid=$!
  until_true 20 test -S "$folder/munge.socket" || return 1
  start_controller
  start_node
  until_true 60 node_is_idle
}

node_is_up() { sinfo -h -o %t 2>/dev/null | grep -qE 'idle|mix|alloc|drain|drng'; }
node_is_idle() { [ "$(sinfo -h -o %t 2>/dev/null)" = idle ]; }

leave() {
  kill_all $command $controller $node $(holders) $munge_pid
  sleep 0.5
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# ---- the class ----

solution() { say "$repo/solutions/$1/$1.cpp"; }

# As many kinds as there are, over and over; no two files are the same.
make_class() {
  local kinds=(reference right stub mutant right broken mutant right nothing endless) i kind student id right
  for i in $(seq 0 $((most - 1))); do
    kind="${kinds[i % 10]}"
    [ "$kind" != endless ] || [ "$i" -eq 9 ] || kind=mutant
    student="$folder/class/$(printf 's%03d_%s' "$i" "$kind")"
    mkdir -p "$student"
    [ "$kind" = nothing ] && continue
    for id in attention positional_encoding; do
      [ $id = attention ] || [ $((i / 10 % 2)) -eq 0 ] || continue
      right=("$repo/grader/tests/data/right/$id"/*.cpp)
      case "$kind" in
        right) cat "${right[i % ${#right[@]}]}" ;;
        stub) cat "$repo/exercises/$id/stub.cpp" ;;
        mutant) sed "$(mutation "$i")" "$(solution $id)" ;;
        broken) sed '$ s/.*/} }/' "$(solution $id)" ;;
        endless) sed 's/^\( *\)return /\1for (volatile bool always = true; always;) {}\n&/' "$(solution $id)" ;;
        *) cat "$(solution $id)" ;;
      esac >"$student/$id.cpp"
      say "// of student $i" >>"$student/$id.cpp"
    done
  done
  say 'exercises = ["attention", "positional_encoding"]
seed = 7' >"$folder/course.toml"
  note="$(ls "$folder/class" | wc -l) submissions, $(find "$folder/class" -name '*.cpp' | wc -l) files"
  [ "$(find "$folder/class" -name '*.cpp' -print0 | xargs -0 sha256sum | cut -c 1-64 | sort -u | wc -l)" -ge "$most" ]
}

mutation() {
  case $(($1 / 7 % 5)) in
    0) say 's/std::sqrt(/(/' ;;
    1) say 's/\.transpose()//' ;;
    2) say 's/largest)/0 * largest)/' ;;
    3) say 's/ + 1/ + 0/' ;;
    4) say 's/10000/1000/' ;;
  esac
}

# grade_class OUT [OPTION...]
grade_class() { local out="$1"; shift; "$repo/grade" class "$folder/class" --out "$out" --course "$folder/course.toml" "$@" 9>&-; }

# ---- what is tried ----

here() {
  local TIMEFORMAT='%R %U %S'
  time grade_class "$folder/local" || return 1
  note="$(tail -n 1 "$logs/here.log" | awk '{ printf "%.0f s, %.0f s of processor", $1, $2 + $3 }')"
}

results() { ls "$folder/cluster/results" 2>/dev/null | grep -c '\.json$'; }
there_are() { [ "$(results)" -ge "$1" ]; }
percent() { say $(($1 * most / 100)); }
submitted() { ls "$folder"/cluster/slices/slurm >/dev/null 2>&1 && [ -n "$(running)" ]; }
running() { squeue --me -h -r -t RUNNING -o %i 2>/dev/null | head -n 1; }
submit() {
  grade_class "$folder/cluster" --engine slurm --per-job "$(percent 5)" >>"$logs/command.log" 2>&1 &
  command=$!
}

begins() { submit; until_true 120 submitted && until_true 120 there_are "$(percent 5)"; }

one_task_is_cancelled() {
  local task
  until_true 20 submitted && task="$(running)" && scancel "$task" && note="$task, at $(results) results"
}

# The daemon, those that hold its jobs, and the jobs: as if the node's power were cut.
node_dies() {
  local held process victims
  until_true 120 there_are "$(percent 20)" && until_true 60 submitted || return 1
  held="$(holders)"
  victims="$node $held"
  for process in $held; do victims="$victims $(children_of "$process")"; done
  [ -n "$held" ] || { say "no job was running"; return 1; }
  kill_all $victims
  note="$(say $victims | wc -w) processes, at $(results) results"
  sleep 30  # slurmctld forgives a node that lost a job within 20 s of its start
  start_node
  until_true 120 there_are $(($(results) + 2))
}

controller_dies() {
  until_true 120 there_are "$(percent 35)" || return 1
  kill_all "$controller"
  note="at $(results) results"
  sleep 15
  start_controller
  until_true 60 node_is_up
  # Of a job that ran meanwhile it may know nothing: it drains the node then, and waits for an administrator.
  sleep 5
  [ "$(sinfo -h -o %t)" != drain ] && [ "$(sinfo -h -o %t)" != drng ] || scontrol update NodeName="$(hostname -s)" State=RESUME
  until_true 120 there_are $(($(results) + 2))
}

command_dies() {
  until_true 120 there_are "$(percent 45)" || return 1
  kill_all $(children_of "$command") "$command"
  note="at $(results) results"
  wait "$command" 2>/dev/null
  sleep 5
  (cd "$folder/cluster/results" && stat -c '%n %i %Y' -- *.json) | sort >"$folder/graded-before"
  submit
}

ends() {
  wait "$command"
  local status=$?
  command=""
  cat "$logs/command.log"
  [ $status -eq 0 ] || { note="status $status"; return 1; }
  grep -q 'going on with them' "$logs/command.log" || { note="the second run did not go on with the first one's jobs"; return 1; }
}

nothing_twice() {
  (cd "$folder/cluster/results" && stat -c '%n %i %Y' -- *.json) | sort >"$folder/graded-after"
  note="$(wc -l <"$folder/graded-before") results were there, $(wc -l <"$folder/graded-after") are"
  [ -z "$(comm -23 "$folder/graded-before" "$folder/graded-after")" ]
}

same_books() {
  cmp "$folder/local/gradebook.csv" "$folder/cluster/gradebook.csv" &&
    diff -r "$folder/local/feedback" "$folder/cluster/feedback" &&
    note="$(wc -l <"$folder/local/gradebook.csv") lines, $(ls "$folder/local/feedback" | wc -l) files of feedback" &&
    [ ! -e "$folder/cluster/slices" ]
}

nothing_is_left() {
  [ -z "$(squeue --me -h)" ] && [ -z "$(find /tmp -maxdepth 1 -name 'qkv-slice.*' -newer "$SLURM_CONF")" ]
}

# Killed jobs could not clear up after themselves.
clear_scratch() { find /tmp -maxdepth 1 -name 'qkv-slice.*' -newer "$SLURM_CONF" -exec rm -rf {} +; }

again() {
  local TIMEFORMAT='%R'
  time grade_class "$folder/cluster" --engine slurm || return 1
  note="$(tail -n 1 "$logs/again.log") s"
  grep -q '(0 attempts newly)' "$logs/again.log"
}

two_submissions() {
  rm -rf "$folder/small" && mkdir "$folder/small" && cp -r "$folder"/class/s000* "$folder"/class/s003* "$folder/small/"
}

# Whose jobs cannot work is listed, and has no result.
machine_fault() {
  two_submissions
  mkdir -p "$folder/broken/results" && : >"$folder/broken/lock"  # the lock says that it is a class's
  SBATCH_EXPORT=PATH=/nowhere "$repo/grade" class "$folder/small" --out "$folder/broken" --course "$folder/course.toml" \
    --engine slurm 9>&-
  local status=$?
  note="status $status, $(ls "$folder/broken/results" | wc -l) results, $(ls -d "$folder"/broken/slices/[0-9] | wc -l) rounds"
  [ $status -eq 3 ] && [ "$note" = "status 3, 0 results, 5 rounds" ] && grep -q 'was not graded: no job finished it' "$logs/machine_fault.log"
}

never_starts() {
  scontrol update partitionname=main state=down || return 1
  timeout $((150 + 10 * patience)) "$repo/grade" class "$folder/small" --out "$folder/waits" --course "$folder/course.toml" --engine slurm 9>&-
  local status=$?
  scontrol update partitionname=main state=up
  note="$(grep -o '([A-Za-z]*)' "$logs/never_starts.log" | head -n 1)"
  [ $status -eq 124 ] && grep -q 'for two minutes no job has run' "$logs/never_starts.log"
}

and_then_does() {
  "$repo/grade" class "$folder/small" --out "$folder/waits" --course "$folder/course.toml" --engine slurm 9>&-
}

refused() {
  rm -rf "$folder/waits/results"
  SBATCH_PARTITION=elsewhere "$repo/grade" class "$folder/small" --out "$folder/waits" --course "$folder/course.toml" \
    --engine slurm 9>&-
  [ $? -eq 3 ] && grep -q '^Slurm refuses the jobs: .*partition' "$logs/refused.log"
}

no_slurm() {
  env PATH=/nowhere "$repo/build/dev/bin/instructors" --root "$repo" --toolchain "$repo/build/dev/toolchain.json" class \
    "$folder/small" --out "$folder/waits" --engine slurm
  [ $? -eq 2 ] && grep -q 'there is no sbatch on this machine' "$logs/no_slurm.log"
}

if step "a class" make_class && step "graded here" here && step "a Slurm of one node" start_slurm; then
  if step "the same class as jobs begins" begins; then
    step "a task is cancelled" one_task_is_cancelled
    step "the node and its jobs die, and the node comes back" node_dies
    step "the controller dies and comes back" controller_dies
    step "./grade dies and is run again" command_dies
    step "everything is graded" ends
    step "nothing that was graded was graded again" nothing_twice
    step "the same gradebook, the same feedback" same_books
    clear_scratch
    step "again: nothing is to be done" again
  fi
  step "jobs that cannot work: no result, listed" machine_fault
  step "jobs that never start: told where to look" never_starts
  step "once they may start they do" and_then_does
  step "what Slurm refuses is said in its words" refused
  step "nothing is left behind" nothing_is_left
  step "without Slurm" no_slurm
fi

finish "Slurm" "logs in $logs"
