#!/usr/bin/env bash
# `kettensim sweep --slurm` on a real Slurm, with daemons, ports and files of its own in a temporary
# folder: one node, two processors. Whatever Slurm is on the machine besides stays as it is.
# Installs slurm-wlm and munge with apt-get where they are missing. Needs root.
set -euo pipefail
cd "$(dirname "$0")/../.."
kettensim=$PWD/build/kettensim
scenario=$PWD/scenarios/sweeps/latency_split.scn

give_up() {
    echo "check-slurm: $*" >&2
    for log in "$dir"/*.log; do
        [ ! -s "$log" ] || { echo "--- $log" >&2; tail -n 20 "$log" >&2; }
    done
    echo "0 passed, 1 failed"
    exit 1
}

# --- a Slurm of our own -----------------------------------------------------------------------

install_missing() {
    local need=""
    export PATH=$PATH:/usr/sbin:/sbin
    command -v slurmctld >/dev/null && command -v slurmd >/dev/null &&
        command -v sbatch >/dev/null || need="$need slurm-wlm"
    command -v munged >/dev/null || need="$need munge"
    command -v sqlite3 >/dev/null || need="$need sqlite3"
    [ -n "$need" ] || return 0
    echo "check-slurm: installing with apt-get:$need"
    apt-get update >"$dir/apt.log" 2>&1 &&
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $need \
            >>"$dir/apt.log" 2>&1 || give_up "apt-get failed"
}

# Daemons stay children of this script, so that it stops those and no others.
daemons=()
start() {
    local name=$1
    shift
    "$@" >"$dir/$name.log" 2>&1 &
    daemons+=($!)
}

stop() {
    local pid i
    # Only where the commands speak to the Slurm of this script: never to another one's jobs.
    if [ ${#daemons[@]} -gt 0 ] && [ "${SLURM_CONF:-}" = "$dir/slurm.conf" ]; then
        scancel --me >/dev/null 2>&1 || true
        for ((i = 0; i < 60; i++)); do
            [ -n "$(squeue --noheader 2>/dev/null)" ] || break
            sleep 0.5
        done
    fi
    for pid in "${daemons[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait "${daemons[@]}" 2>/dev/null || true
    cd /
    rm -rf "$dir"
}

free_port() {
    local port=$1
    while (: </dev/tcp/127.0.0.1/"$port") 2>/dev/null; do port=$((port + 1)); done
    echo "$port"
}

configure() {
    local host
    host=$(hostname -s)
    mkdir -p "$dir/state" "$dir/spool"
    cat >"$dir/slurm.conf" <<EOF
ClusterName=kettensim
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port 27817)
SlurmdPort=$(free_port 27917)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket
CredType=cred/munge
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MailProg=/bin/true
ReturnToService=2
SchedulerParameters=sched_interval=1,batch_sched_delay=0
NodeName=localhost NodeHostname=$host NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=test Nodes=localhost Default=YES MaxTime=INFINITE State=UP
EOF
    export SLURM_CONF=$dir/slurm.conf
}

start_slurm() {
    local i
    mkdir -m 0755 "$dir/munge"
    (umask 077 && head -c 1024 /dev/urandom >"$dir/munge/key")
    start munged munged --foreground --force --key-file="$dir/munge/key" \
        --socket="$dir/munge/socket" --pid-file="$dir/munge/pid" --seed-file="$dir/munge/seed" \
        --log-file="$dir/munged-own.log"
    for ((i = 0; i < 60; i++)); do
        [ ! -S "$dir/munge/socket" ] || break
        sleep 0.5
    done
    [ -S "$dir/munge/socket" ] || give_up "munged does not start"
    start slurmctld slurmctld -D
    start slurmd slurmd -D -N localhost
    for ((i = 0; i < 120; i++)); do
        [ "$(sinfo --noheader --format=%t 2>/dev/null)" != idle ] || return 0
        sleep 0.5
    done
    give_up "Slurm does not start: sinfo says '$(sinfo --noheader 2>&1)'"
}

dir=$(mktemp -d)
chmod 755 "$dir"
trap stop EXIT
trap 'exit 130' INT TERM
[ "$(id -u)" = 0 ] || give_up "needs root, to start Slurm's daemons"
install_missing
configure
start_slurm
# A name that sbatch would take for a pattern, and a shell for two words.
mkdir "$dir/100 %A"
cd "$dir/100 %A"

# --- what is checked --------------------------------------------------------------------------

passed=0 failed=0
check() {
    local what=$1
    shift
    if "$@"; then
        echo "ok   $what"
        passed=$((passed + 1))
    else
        echo "FAIL $what"
        failed=$((failed + 1))
        [ ! -s said ] || sed 's/^/     /' said
    fi
}
summary() { sqlite3 -csv -header "$1" 'SELECT * FROM summary'; }
same() { cmp <(summary local.db) <(summary "$1"); }
says() { grep -qF -- "$1" said; }
# sweep OUT WORD…: 144 runs of three tasks; what it says goes to `said`.
sweep() {
    local out=$1
    shift
    "$kettensim" sweep "$scenario" --seeds 1..2 --slurm 3 -o "$out" "$@" >said 2>&1
}
# The number of a task that runs.
running() {
    local i task
    for ((i = 0; i < 600; i++)); do
        task=$(squeue --noheader --array --states=R --format=%i | grep _ | head -n 1 || true)
        [ -z "$task" ] || { echo "$task"; return; }
        sleep 0.1
    done
    return 1
}
# Whether a file of that pattern comes: Slurm says that a task runs before it opens the log.
comes() {
    local i
    for ((i = 0; i < 600; i++)); do
        [ -z "$(compgen -G "$1")" ] || return 0
        sleep 0.1
    done
    return 1
}
# No job begins until `release`, so that none ends before it has been counted or cancelled.
hold() { scontrol update nodename=localhost state=drain reason=test; }
release() { scontrol update nodename=localhost state=resume; }
# The number of a task that waits.
waiting() {
    local i task
    for ((i = 0; i < 600; i++)); do
        task=$(squeue --noheader --array --states=PD --format=%i | grep _ | head -n 1 || true)
        [ -z "$task" ] || { echo "$task"; return; }
        sleep 0.1
    done
    return 1
}
jobs_in_queue() { squeue --noheader --format=%A | sort -u | wc -l; }

"$kettensim" sweep "$scenario" --seeds 1..2 -q -o local.db >/dev/null

status=0; sweep a.db || status=$?
check "an array gives what one machine gives" same a.db
check "and its exit status" test $status = 0
check "it prints tables" says "heal_time mean"
check "the folder of parts is gone" test ! -e a.db.slurm

hold
status=0; sweep b.db --no-wait || status=$?
check "--no-wait leaves with 0" test $status = 0
check "with an array and a job that joins in the queue" test "$(jobs_in_queue)" = 2
sweep b.db --no-wait || true
check "and does not submit what is there" test "$(jobs_in_queue)" = 2
status=0; sweep b.db --fresh || status=$?
check "--fresh waits for nobody's death" test $status = 2
check "and says how to end the jobs" says "scancel --name="
release
running >task
check "what a task says goes to a file of its own" comes "b.db.slurm/logs/*_1.log"
status=0; sweep b.db || status=$?
check "the same command waits for them" same b.db
check "and ends with 0" test $status = 0

hold
"$kettensim" sweep "$scenario" --seeds 1..2 --slurm 3 -o c.db >said 2>&1 &
pid=$!
scancel "$(waiting)"
release
status=0; wait $pid || status=$?
check "a task that was cancelled is submitted again" says "submitted again"
check "until all is there" same c.db
check "with 0" test $status = 0

hold
"$kettensim" sweep "$scenario" --seeds 1..2 --slurm 3 -o d.db >said 2>&1 &
pid=$!
waiting >task
kill -INT $pid
status=0; wait $pid || status=$?
check "Ctrl-C ends the wait with 130" test $status = 130
check "and says that the jobs go on" says "the jobs go on"
check "which they do" test -n "$(squeue --noheader)"
release
sweep d.db || true
check "the same command waits for them again" same d.db

# What one machine began, a cluster ends, and the other way round.
"$kettensim" sweep "$scenario" --seeds 1..2 -q -o e.db >/dev/null
sqlite3 e.db 'DELETE FROM run WHERE id % 3 <> 1'
sweep e.db || true
check "a task does what is missing alone" says "96 of 144 runs to do"
check "in an array of two tasks" says "tasks 2-3"
check "with the same results" same e.db

status=0; sweep f.db --sbatch=--partition=nowhere || status=$?
check "what Slurm refuses is told" says "Slurm took no job: sbatch: error: invalid partition"
check "with 2" test $status = 2
check "and nothing stays in the queue" test "$(jobs_in_queue)" = 0

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
