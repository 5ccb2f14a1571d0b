# shellcheck shell=bash
# Programs of others that tests run as members of projects do: Python packages, pinned, in a folder of
# the checkout's cache. They are installed nowhere; a site mounts the folder, read-only, as S/clients.

readonly CLIENT_LIST=$SITE_FOLDER/clients.txt
# The system's own, since members of a site can run no other.
readonly CLIENT_PYTHON=/usr/bin/python3

# The folder for this list and this Python.
clients_folder() {
  local digest
  digest=$({
    cat "$CLIENT_LIST"
    "$CLIENT_PYTHON" --version 2>&1 || true
  } | sha256sum)
  printf '%s/clients-%s' "$PACKAGE_CACHE" "${digest:0:12}"
}

# Without a way to the package index the tests that need them say so, and CI fails by them.
install_clients() {
  local folder
  folder=$(clients_folder)
  [[ ! -e $folder/complete ]] || return 0
  need_root
  install_client_python
  folder=$(clients_folder)
  mkdir -p "$PACKAGE_CACHE"
  exec 8<"$PACKAGE_CACHE"
  flock 8
  if [[ ! -e $folder/complete ]]; then
    say "downloading Python packages that tests run into .build/site-packages (installed nowhere)"
    rm -rf "$PACKAGE_CACHE"/clients-*
    if "$CLIENT_PYTHON" -m pip install --quiet --disable-pip-version-check --no-input \
      --root-user-action=ignore --no-deps --only-binary :all: --no-binary connection-pool \
      --target "$folder.building" --requirement "$CLIENT_LIST"; then
      : >"$folder.building/complete"
      mv "$folder.building" "$folder"
    else
      say "site: pip could not bring them: tests with submitit and snakemake are left out"
    fi
  fi
  exec 8<&-
}

install_client_python() {
  "$CLIENT_PYTHON" -m pip --version >/dev/null 2>&1 ||
    DEBIAN_FRONTEND=noninteractive with_lists apt-get install "${APT_QUIET[@]}" \
      --no-install-recommends --no-remove python3 python3-pip ||
    fail "apt-get could not install python3-pip"
}
