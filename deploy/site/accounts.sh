# shellcheck shell=bash
# The site's own people: passwd, group and their like in S/etc, which is laid over /etc inside.
# The host's entries stay (root, nobody, _apt); where a name or a uid meets one of ours, ours wins.

# Daemons first, then staff, then members of projects. Uids count up from here: Debian keeps
# 60000–64999 free of people.
readonly FIRST_UID=64001
readonly DAEMON_ACCOUNTS=(postgres munge slurm polder)
readonly STAFF_ACCOUNTS=(beheer auditor)
readonly MEMBER_ACCOUNTS=(anouk bram chen daan elif fatima gijs hanna ivo jelle)
readonly ACCOUNTS=("${DAEMON_ACCOUNTS[@]}" "${STAFF_ACCOUNTS[@]}" "${MEMBER_ACCOUNTS[@]}")

# Daemons of this group may put their sockets into S/run; members of projects may not, or one of
# them could pose as a daemon that is down.
readonly SOCKET_GROUP=polder-sockets SOCKET_GID=64000

# The uid, and gid, of one of our accounts.
uid_of() {
  local position
  for position in "${!ACCOUNTS[@]}"; do
    [[ ${ACCOUNTS[position]} != "$1" ]] || { printf '%s' $((FIRST_UID + position)) && return; }
  done
  return 1
}

# The home of any account of the site.
home_of() {
  if uid_of "$1" >/dev/null; then printf '%s' "$S/home/$1"; else
    getent passwd "$1" | cut -d: -f6
  fi
}

# Copies a table of the host without the lines that ours replace: by name, and by number in field 3.
host_entries() {
  local names
  names="$(printf '%s\n' "${ACCOUNTS[@]}" "$SOCKET_GROUP")"
  awk -F: -v names="$names" -v first="$SOCKET_GID" -v last=$((FIRST_UID + ${#ACCOUNTS[@]} - 1)) '
    BEGIN { split(names, list, "\n"); for (i in list) ours[list[i]] = 1 }
    !($1 in ours) && !($3 ~ /^[0-9]+$/ && $3 >= first && $3 <= last)
  ' "$1"
}

write_accounts() {
  local account uid shell
  host_entries /etc/passwd >"$S/etc/passwd"
  host_entries /etc/group >"$S/etc/group"
  printf '%s:x:%s:%s\n' "$SOCKET_GROUP" "$SOCKET_GID" 'munge,slurm,polder' >>"$S/etc/group"
  # No password of the host comes along: nobody logs in here, `site exec` switches accounts.
  printf 'root:*:19000:0:99999:7:::\n' >"$S/etc/shadow"
  for account in "${ACCOUNTS[@]}"; do
    uid=$(uid_of "$account")
    shell=/bin/bash
    [[ " ${DAEMON_ACCOUNTS[*]} " != *" $account "* ]] || shell=/usr/sbin/nologin
    printf '%s:x:%s:%s::%s:%s\n' "$account" "$uid" "$uid" "$S/home/$account" "$shell" \
      >>"$S/etc/passwd"
    printf '%s:x:%s:\n' "$account" "$uid" >>"$S/etc/group"
    printf '%s:*:19000:0:99999:7:::\n' "$account" >>"$S/etc/shadow"
    install -d -m 0700 -o "$uid" -g "$uid" "$S/home/$account"
  done
  chmod 0600 "$S/etc/shadow"
  cp "$S/etc/shadow" "$S/etc/gshadow"
  printf '127.0.0.1 localhost polder\n' >"$S/etc/hosts"
  printf 'polder\n' >"$S/etc/hostname"
  printf '%s\n' 'passwd: files' 'group: files' 'shadow: files' 'gshadow: files' 'hosts: files' \
    'services: files' 'protocols: files' >"$S/etc/nsswitch.conf"
}
