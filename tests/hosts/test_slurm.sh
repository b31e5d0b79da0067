#!/bin/sh
#
# The array of docs/recipes/batch on a Slurm cluster of this machine: 20 stills, a node
# fails in the middle of a clip, the array is submitted again, and no clip is lost or made
# twice. slurmctld, munged and two slurmd's are those of the distribution, with a
# configuration, keys, ports and folders of their own.
#
# This file is part of ttm, licensed under the LGPL 2.1 or later.

set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/tap.sh
. tests/ffmpeg/common.sh

name='20 stills on a Slurm cluster'
sh build-aux/packages.sh hosts >"$work/packages" 2>&1 || cat "$work/packages"
PATH=$PATH:/usr/sbin:/sbin
for program in munged slurmctld slurmd sbatch mlr flock setpriv; do
    if ! command -v $program >/dev/null 2>&1; then
        skip "$name" "there is no $program"
        finish
    fi
done
if ! "$ffmpeg" -v error -encoders | grep -q libx264; then
    skip "$name" 'this ffmpeg has no libx264'
    finish
fi

# What runs on a node is a process namespace, which ends as a whole, as a node does. All that
# is started here is killed should this script die.
bound='setpriv --pdeathsig KILL'
for node in 'unshare' 'unshare --user --map-current-user' ''; do
    if [ -z "$node" ]; then
        skip "$name" 'process namespaces are not allowed here'
        finish
    fi
    node="$node --pid --fork --kill-child --mount-proc"
    $node true 2>/dev/null && break
done

started=
end_cluster() {
    # shellcheck disable=SC2086 # a list of numbers
    [ -z "$started" ] || kill -KILL $started 2>/dev/null
    wait
}
trap 'end_cluster; rm -rf "$tap_folder"' EXIT

# becomes NAME SECONDS COMMAND...: not in a subshell, so that a signal ends it at once
becomes() {
    expected=$1
    shift
    if await "$@"; then
        pass "$expected"
    else
        fail "$expected" "$(sinfo -N; squeue; cat "$work/record" "$work"/slurm-*.out 2>&1)"
    fi
}

# Three ports that nobody listens at, below those that the system gives away.
port=$((10000 + $$ * 3 % 20000))
while cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        grep -qE ":($(printf '%04X|%04X|%04X' $port $((port + 1)) $((port + 2)))) "; do
    port=$((port + 3))
done

cluster=$work/cluster
mkdir -p "$cluster/state" "$cluster/munge"
(umask 077 && head -c 64 /dev/urandom >"$cluster/munge/key")
cat >"$cluster/slurm.conf" <<END
ClusterName=stills
SlurmctldHost=localhost
SlurmctldPort=$port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$cluster/munge/socket
CredType=cred/munge
StateSaveLocation=$cluster/state
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdSpoolDir=$cluster/%n
SlurmdPidFile=$cluster/%n.pid
SlurmdLogFile=$cluster/%n.log
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_interval=1
# A node that has not answered for so long is down.
SlurmdTimeout=8
MessageTimeout=30
TCPTimeout=10
NodeName=n1 NodeHostname=localhost Port=$((port + 1)) CPUs=1
NodeName=n2 NodeHostname=localhost Port=$((port + 2)) CPUs=1
PartitionName=all Nodes=n1,n2 Default=YES State=UP
END
export SLURM_CONF="$cluster/slurm.conf"

$bound munged --foreground --force --key-file="$cluster/munge/key" \
    --socket="$cluster/munge/socket" --pid-file="$cluster/munge/pid" \
    --seed-file="$cluster/munge/seed" >"$cluster/munged.log" 2>&1 &
started=$!
await 20 test -S "$cluster/munge/socket"
$bound slurmctld -D >"$cluster/slurmctld.out" 2>&1 &
started="$started $!"
$bound $node slurmd -D -N n1 >"$cluster/n1.out" 2>&1 &
started="$started $!"
$bound $node slurmd -D -N n2 >"$cluster/n2.out" 2>&1 &
node2=$!
started="$started $node2"

nodes_are() {   # STATE NODE...
    state=$1
    shift
    for each do
        sinfo -h -n "$each" -o %T | grep -q "^$state" || return 1
    done
}
if await 60 nodes_are idle n1 n2; then
    pass "a cluster of two nodes, $(sinfo --version)"
else
    fail 'a cluster of two nodes' "$(tail -n 20 "$cluster"/*.out "$cluster"/*.log)"
    finish
fi

# Twenty stills, none like another.
mkdir "$work/stills" "$work/bin"
ff -loop 1 -framerate 1 -t 20 -i $scene -vf "scale=160:-2,crop=96:72:2*n:n,format=rgb24" \
    "$work/stills/%02d.png"
cp docs/recipes/batch/* "$work/"
page=$PWD/docs/recipes/batch.md
(cd "$work/stills" && echo still,prompt,seed &&
     for still in *.png; do
         echo "stills/$still,\"the woman jumps, the man stays still\",${still%.png}"
     done) >"$work/stills.csv"
cd "$work" || exit 1
check 'a list of all' sh list.sh stills.csv
sh list.sh stills.csv >list.tsv
equal 'a clip a still' 20 "$(lines <list.tsv)"

# The ffmpeg of the nodes keeps a record. That of node 2 hangs in its third clip, of which half is
# written. Node 1 waits for that in its eighth, so that there is a middle.
real=$ffmpeg
cat >"$work/bin/ffmpeg" <<END
#!/bin/sh
clip=\$(pwd | sed 's|.*/\\.||; s|\\.[^.]*\$||')
echo "begin \$clip \$SLURMD_NODENAME" >>'$work/record'
many=\$(grep -c "^begin .* \$SLURMD_NODENAME\$" '$work/record')
case \$SLURMD_NODENAME,\$many in
n1,8)   until [ -e '$work/failed' ]; do sleep 0.1; done ;;
n2,3)   '$real' "\$@" -frames:v 2
        echo "\$clip" >'$work/hangs'
        sleep 1000 ;;
esac
'$real' "\$@" && echo "end \$clip \$SLURMD_NODENAME" >>'$work/record'
END
chmod +x "$work/bin/ffmpeg"
TTM_MODEL=$(cd "$OLDPWD" && realpath "$bundle")
PATH=$work/bin:$PATH
export CLIP_OPTIONS=frames=4:steps=1:threads=1 CLIP_DEVICE=cpu

# submit: as the page says; the number of the array
submit() {
    sbatch clips.sbatch | sed 's/.* //'
}
finished() {    # ARRAY
    [ -z "$(squeue -h -r -j "$1" -t pending,running,completing -o %i)" ]
}
first=$(submit)
becomes 'node 2 is in the middle of a clip' 90 test -s hangs
[ -s hangs ] || finish
check 'of which half is written' test -s "$(echo "clips/.$(cat hangs)."*)/clip.mp4"
task=$(squeue -h -t running -w n2 -o %i)

kill -KILL $node2
touch failed
second=$(submit)
check 'the page has this command' grep -qx 'sbatch clips.sbatch' "$page"
becomes 'the array is submitted again, and ends' 90 finished "$second"
equal '20 clips, each with its report' 40 "$(ls clips/*.mp4 clips/*.json | lines)"
equal 'none is made twice, and none by half' "$(cut -f 1 list.tsv)" \
    "$(sed -n 's/^end \([^ ]*\) .*/\1/p' record | sort)"
equal 'one was begun twice: that of the node that failed' "$(cat hangs)" \
    "$(sed -n 's/^begin \([^ ]*\) .*/\1/p' record | sort | uniq -d)"
equal 'both nodes have made some' 'n1 n2' \
    "$(sed -n 's/^end .* //p' record | sort -u | paste -sd' ')"
empty 'nothing else is left' \
    "$(find clips -mindepth 1 ! -name '*.mp4' ! -name '*.json' ! -name '*.log')"
empty 'the workers have nothing to say' "$(cat slurm-*.out)"

wrong=
while read -r clip still prompt seed; do
    ff -i "$still" -vf "ttm=promptfile=$prompt:seed=$seed:$CLIP_OPTIONS:device=cpu,
            crop=trunc(iw/2)*2:trunc(ih/2)*2,format=yuv420p:color_spaces=bt709:color_ranges=tv,
            setparams=color_primaries=bt709:color_trc=bt709" \
        -c:v libx264 -crf 18 -movflags +faststart direct.mp4 >direct.log 2>&1
    cmp "clips/$clip.mp4" direct.mp4 >/dev/null 2>&1 || wrong="$wrong $clip"
done <list.tsv
empty 'each is that of ffmpeg alone' "$wrong"
empty 'each decodes' "$(for clip in clips/*.mp4; do
    "$ffprobe" -v error -count_frames -show_entries stream=nb_read_frames -of csv=p=0 "$clip" 2>&1
done | grep -vx 4)"

# Slurm has its own clock for this.
becomes 'Slurm sees that the node is down' 60 nodes_are down n2
restarts() {
    [ -n "$task" ] && scontrol show job "$task" | grep 'Restarts=1'
}
becomes 'and puts its task back into the queue' 30 restarts

finish
