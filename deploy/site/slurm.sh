# shellcheck shell=bash
# munge, slurmctld and slurmds that believe in 4 GPUs, 80 cores and 500 GiB each; on gn05 the GPUs
# are MIG slices, on gn04 they are cut into four shards each.

readonly GPUS=4

prepare_slurm() {
  local node
  install -d -m 0700 -o munge -g munge "$S/munge"
  head -c 128 /dev/urandom >"$S/munge/key"
  chown munge:munge "$S/munge/key"
  chmod 0400 "$S/munge/key"
  install -d -m 0755 "$S/slurm" "$S/slurm/spool" "$S/dev" "$S/etc/slurm"
  install -d -m 0700 -o slurm -g slurm "$S/slurm/state"
  # Logs name everybody's jobs and figures: not for members' eyes.
  install -d -m 0750 -o root -g slurm "$S/log"
  install -m 0640 -o slurm -g slurm /dev/null "$S/slurm/jobcomp.log"
  install -m 0644 -o slurm -g slurm /dev/null "$S/log/slurmctld.log"
  for node in "${NODES[@]}"; do install -d -m 0755 "$S/slurm/spool/$node"; done
  make_gpus
  write_slurm_conf >"$S/etc/slurm/slurm.conf"
  write_plugin_conf >"$S/etc/slurm/polder.conf"
}

# slurmd accepts as a GPU whatever is a character device: these are /dev/null by other names.
make_gpus() {
  local gpu
  for ((gpu = 0; gpu < GPUS; gpu++)); do mknod -m 666 "$S/dev/nvidia$gpu" c 1 3; done
  printf 'NodeName=gn[01-04] Name=gpu Type=h100 File=%s/dev/nvidia[0-%s]\n' "$S" $((GPUS - 1)) \
    >"$S/etc/slurm/gres.conf"
  printf 'NodeName=gn04 Name=shard Count=%s\n' $((4 * GPUS)) >>"$S/etc/slurm/gres.conf"
  printf 'NodeName=gn05 Name=gpu Type=h100_1g.10gb File=%s/dev/nvidia[0-%s]\n' "$S" $((GPUS - 1)) \
    >>"$S/etc/slurm/gres.conf"
}

write_slurm_conf() {
  cat <<END
ClusterName=polder
SlurmctldHost=polder(127.0.0.1)
SlurmUser=slurm
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$S/run/munge.sock
CredType=cred/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmdParameters=config_overrides
StateSaveLocation=$S/slurm/state
SlurmdSpoolDir=$S/slurm/spool/%n
SlurmctldPidFile=$S/slurm/state/slurmctld.pid
SlurmdPidFile=$S/slurm/spool/%n/slurmd.pid
SlurmctldLogFile=$S/log/slurmctld.log
SlurmdLogFile=$S/log/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/linux
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$S/slurm/jobcomp.log
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
GresTypes=gpu,shard
DefMemPerCPU=1000
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_min_interval=20000,default_queue_depth=5000,sched_max_job_start=0,bf_interval=1,bf_continue,bf_max_job_test=1000,max_rpc_cnt=150
PriorityType=priority/basic
ReturnToService=1
JobRequeue=0
KillWait=5
MinJobAge=3600
MaxJobCount=20000
PrivateData=jobs
InactiveLimit=0
SlurmctldTimeout=60
SlurmdTimeout=120
NodeName=DEFAULT CPUs=80 Sockets=2 CoresPerSocket=40 ThreadsPerCore=1 RealMemory=512000 Gres=gpu:h100:$GPUS State=UNKNOWN
NodeName=gn[01-02] NodeHostname=polder NodeAddr=127.0.0.1 Port=[6821-6822]
NodeName=gn03 NodeHostname=polder NodeAddr=127.0.0.1 Port=6823 Features=nvme
NodeName=gn04 NodeHostname=polder NodeAddr=127.0.0.1 Port=6824 Features=nvme Gres=gpu:h100:$GPUS,shard:$((4 * GPUS))
NodeName=gn05 NodeHostname=polder NodeAddr=127.0.0.1 Port=6825 Gres=gpu:h100_1g.10gb:$GPUS
PartitionName=gpu Nodes=gn[01-04] Default=YES MaxTime=7-0 DefaultTime=1:00:00 State=UP OverSubscribe=NO
PartitionName=whole Nodes=gn[01-04] MaxTime=7-0 DefaultTime=1:00:00 State=UP OverSubscribe=EXCLUSIVE
PartitionName=slices Nodes=gn05 MaxTime=7-0 DefaultTime=1:00:00 State=UP OverSubscribe=NO
END
  # A plugin that is named but missing is fatal to slurmctld: name it only if it is there.
  [[ ! -e $S/plugins/job_submit_polder.so ]] || cat <<END
PluginDir=$S/plugins:$SLURM_PLUGINS
JobSubmitPlugins=polder
END
}

# The plugin's own configuration, which it looks for beside slurm.conf.
write_plugin_conf() {
  cat <<END
Socket=$S/run/polderd.sock
DeadlineMilliseconds=1000
FailOpen=no
END
}

run_munged() {
  exec_daemon munge /usr/sbin/munged --foreground --key-file="$S/munge/key" \
    --socket="$S/run/munge.sock" --pid-file="$S/munge/munged.pid" \
    --log-file="$S/munge/munged.log" --seed-file="$S/munge/munged.seed" --num-threads=4
}
ready_munged() { munge -S "$S/run/munge.sock" -n; }

# Started as root, becomes SlurmUser by itself. It recovers its saved state when it finds one.
run_slurmctld() { exec_daemon root /usr/sbin/slurmctld -D; }
ready_slurmctld() { listens_on 6817 && scontrol ping; }

run_node() { exec_daemon root /usr/sbin/slurmd -D -N "$1"; }

# Listening is not enough: slurmctld must have heard from it.
ready_node() {
  local state
  listens_on $((6820 + 10#${1#gn})) && state=$(sinfo -h -n "$1" -o %t | sort -u) &&
    [[ $state =~ ^[a-z]+$ ]]
}

# Whether something inside listens on a TCP port (state 0A). No probing: daemons log it as an error.
listens_on() {
  awk -v port="$(printf ':%04X' "$1")" \
    '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 } END { exit !found }' \
    /proc/net/tcp /proc/net/tcp6
}
