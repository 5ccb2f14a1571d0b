# shellcheck shell=bash
# The site's Postgres: one socket, no port; whoever connects is who the kernel says (peer).

prepare_postgres() {
  local account
  install -d -m 0700 -o postgres -g postgres "$S/pg"
  install -d -m 0755 -o postgres -g postgres "$S/run/pg"
  as_daemon postgres "$POSTGRES_BIN/initdb" --pgdata "$S/pg" --username postgres --auth peer \
    --no-sync --locale C.UTF-8 --encoding UTF8 >"$S/log/initdb.log" 2>&1 ||
    fail "initdb failed: see $S/log/initdb.log"
  cat >>"$S/pg/postgresql.conf" <<END
listen_addresses = ''
unix_socket_directories = '$S/run/pg'
timezone = 'UTC'
log_timezone = 'UTC'
jit = off
max_connections = 200
END
  printf 'local all all peer map=site\n' >"$S/pg/pg_hba.conf"
  {
    printf 'site /^(.*)$ \\1\n' # everyone is themself
    for account in polder_owner "${ACCOUNTS[@]}"; do # and root is anyone
      printf 'site root %s\n' "$account"
    done
  } >"$S/pg/pg_ident.conf"
}

run_postgres() {
  exec_daemon postgres "$POSTGRES_BIN/postgres" -D "$S/pg"
}

query() { PGHOST=$S/run/pg "$POSTGRES_BIN/psql" -XAtq -v ON_ERROR_STOP=1 -U postgres "$@"; }

ready_postgres() { query -d postgres -c 'SELECT 1'; }

# Once, after the first start: the database, its owner, the groups that have rights, and the
# daemon's role, which owns nothing.
found_database() {
  query -d postgres -c 'CREATE ROLE polder_owner LOGIN' -c 'CREATE ROLE polder_daemon' \
    -c 'CREATE ROLE polder_report' -c 'CREATE ROLE polder_auditor' \
    -c 'CREATE ROLE polder LOGIN IN ROLE polder_daemon' \
    -c 'CREATE DATABASE polder OWNER polder_owner' ||
    fail "the roles and the database polder could not be made: see $S/log/postgres.log"
}
