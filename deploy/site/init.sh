#!/usr/bin/env bash
# Process 1 of a site. Builds the private machine around itself, says where it is, then waits and
# reaps. When it dies the kernel ends every process of the site and lets go of every mount.
#
# init.sh PREFIX CLIENTS, with POLDER_SITE=S, in fresh mount, pid, net, uts and ipc namespaces.

set -euo pipefail
S=$POLDER_SITE
prefix=$1
clients=$2

# /proc is still the host's: so these are our pid and start time as the host sees them.
read -r stat </proc/self/stat
host_pid=${stat%% *}
read -r -a fields <<<"${stat##*) }"
host_start=${fields[19]}

# A read-only layer over a folder. What was mounted below it on the host is mounted there again.
lay_over() {
  local layer=$1 folder=$2 point
  mount --rbind "$folder" "$S/mnt/below"
  mount -t overlay overlay -o "ro,lowerdir=$layer:$folder" "$folder"
  while read -r _ _ _ _ point _; do
    [[ $point == "$S/mnt/below/"* ]] || continue
    point=${point#"$S/mnt/below/"}
    [[ ! -e $layer/$point ]] || continue
    mount --bind "$S/mnt/below/$point" "$folder/$point" 2>/dev/null || true
  done </proc/self/mountinfo
  umount --recursive --lazy "$S/mnt/below"
}

mkdir -p "$S/mnt/prefix" "$S/mnt/below"
mount --bind "$prefix" "$S/mnt/prefix" # a path without the characters that overlays don't take
lay_over "$S/mnt/prefix/usr" /usr
lay_over "$S/etc" /etc
umount --lazy "$S/mnt/prefix"
# What tests run as members do; without it they say so.
if [[ -e $clients/complete ]]; then
  mkdir -p "$S/clients"
  mount --bind "$clients" "$S/clients"
  mount -o remount,bind,ro "$S/clients"
fi

mount -t proc proc /proc
[[ ! -d /dev/shm ]] || mount -t tmpfs -o mode=1777 tmpfs /dev/shm # Postgres leaves files there
[[ ! -d /run/nscd ]] || mount -t tmpfs tmpfs /run/nscd # it would answer with the host's accounts
echo polder >/proc/sys/kernel/hostname
ip link set lo up
# glibc's AI_ADDRCONFIG counts no IPv4 while 127.0.0.1 is the only address: Slurm could not resolve.
ip address add 127.0.0.2/8 dev lo

readlink /proc/self/ns/pid >"$S/pid/namespace"
printf '%s %s\n' "$host_pid" "$host_start" >"$S/pid/init.new"
mv "$S/pid/init.new" "$S/pid/init"

# bash reaps every orphan it inherits while it waits. TERM must not end the site by accident.
trap : TERM INT HUP
while :; do
  sleep infinity &
  wait $! || true
done
