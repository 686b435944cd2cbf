# shellcheck shell=bash
# What the scripts share. Source it: . "$(dirname "$0")/lib.sh"
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Talk goes to standard error, as orch does it itself.
say() { printf '%s\n' "$*" >&2; }
step() { printf '\n==> %s\n' "$*" >&2; }
fail() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# Debian 12 has Boost 1.74 under the plain names and 1.81, which orch needs, under numbered ones.
boost_packages() {
  local suffix=""
  # shellcheck disable=SC1091
  [[ "$(. /etc/os-release 2>/dev/null; echo "${VERSION_CODENAME:-}")" == bookworm ]] && suffix=1.81
  echo "libboost${suffix}-dev libboost-json${suffix}-dev libboost-url${suffix}-dev libboost-container${suffix}-dev"
}

# npm may come with another nodejs than the distribution's.
npm_packages() {
  command -v npm >/dev/null || echo nodejs npm
}

build_packages() {
  echo "g++ cmake graphviz ninja-build ccache pkg-config libsqlite3-dev libpq-dev libmariadb-dev unixodbc-dev libssl-dev libfmt-dev" \
    "libspdlog-dev libcli11-dev libxxhash-dev libpcre2-dev libicu-dev zlib1g-dev libzstd-dev libyaml-dev libexpat1-dev libcurl4-openssl-dev libhowardhinnant-date-dev tzdata" "$(npm_packages)" "$(boost_packages)"
}

test_packages() {
  echo "libgtest-dev libgmock-dev libbenchmark-dev postgresql mariadb-server clang-format shellcheck python3" \
    "sqlite3 git file dpkg-dev openssl odbcinst odbc-mariadb odbc-postgresql libsqliteodbc tdsodbc"
}

# Clients that tests run against orch serve. Not every distribution has them all.
client_packages() {
  echo "awscli python3-boto3"
}

# What the part ui looks at the web UI with.
browser_packages() {
  echo "chromium fonts-dejavu-core"
}

# The compiler that has libFuzzer, and its runtime.
fuzz_packages() {
  echo "clang libclang-rt-14-dev python3"
}

as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "cannot install packages: neither root nor sudo. As root, run:  $*"
  fi
}

# Installs those of the packages that are missing; asks apt nothing when none is.
install_packages() {
  local missing=() package
  if ! command -v apt-get >/dev/null; then
    say "No apt here: what is missing must be installed by other means. The Debian packages are: $*"
    return
  fi
  for package in "$@"; do
    [[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] ||
      missing+=("$package")
  done
  if [[ ${#missing[@]} -eq 0 ]]; then
    say "All packages are installed."
    return
  fi
  say "Installing: ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# Compilers that run at once: one a core, as far as memory goes (the largest file needs 1.2 GB).
jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable/ { print int($2 / 1300000) }' /proc/meminfo)
  ((memory < 1)) && memory=1
  echo $((cores < memory ? cores : memory))
}

# The JavaScript SDK that tests/clients uses and the reader of Parquet of tests/lake, into build/node. Tests of clients that are not there are
# skipped: no build depends on a registry.
install_clients() {
  local package packages wanted=$root/tests/clients/package.json folder=$root/build/node
  read -ra packages <<<"$(client_packages)"
  install_packages "${packages[@]}" || for package in "${packages[@]}"; do
    install_packages "$package" || say "Tests with $package will be skipped."
  done
  if cmp -s "$wanted" "$folder/package.json" && [[ -d $folder/node_modules/@aws-sdk && -d $folder/node_modules/hyparquet ]]; then return; fi
  rm -rf "$folder"
  mkdir -p "$folder"
  cp "$wanted" "$folder"
  say "Installing the JavaScript SDK and hyparquet into build/node"
  (cd "$folder" && npm install --no-package-lock --no-audit --no-fund --fetch-retries=1 \
    --fetch-timeout=20000) >"$root/build/npm.log" 2>&1 && return
  rm -rf "$folder"
  say "That failed (build/npm.log): its test will be skipped."
}

# What tests/ui uses beside Chromium, into build/ui-tests; npm checks the digests of its lock file.
install_ui_tests() {
  local wanted=$root/tests/ui/package-lock.json folder=$root/build/ui-tests
  if cmp -s "$wanted" "$folder/package-lock.json" && [[ -d $folder/node_modules/playwright-core ]]; then return; fi
  rm -rf "$folder"
  mkdir -p "$folder"
  cp "$root/tests/ui/package.json" "$wanted" "$folder"
  say "Installing Playwright, axe and TypeScript into build/ui-tests"
  (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-timeout=20000) >"$root/build/npm-ui.log" 2>&1 && return
  rm -rf "$folder"
  say "That failed (build/npm-ui.log): the tests of the web UI will be skipped."
}

# The library of DuckDB, by the package of its client for Node.js: npm checks its digest.
duckdb_version=1.5.6-r.1

# install_duckdb FOLDER: puts libduckdb.so there, unless this version is there already.
install_duckdb() {
  local folder=$1 work
  [[ "$(cat "$folder/libduckdb.version" 2>/dev/null)" == "$duckdb_version" && -f $folder/libduckdb.so ]] && return
  command -v npm >/dev/null || { say "npm is missing: install nodejs and npm, or put libduckdb.so into $folder."; return 1; }
  work=$(mktemp -d "$folder/install.XXXXXX")
  if (cd "$work" && npm pack --silent --fetch-retries=1 --fetch-timeout=60000 \
    "@duckdb/node-bindings-linux-x64@$duckdb_version" && tar xzf ./*.tgz) >"$work/log" 2>&1; then
    mv "$work/package/libduckdb.so" "$folder/libduckdb.so"
    echo "$duckdb_version" >"$folder/libduckdb.version"
    rm -rf "$work"
    return
  fi
  tail -n 5 "$work/log" >&2
  rm -rf "$work"
  say "The library of DuckDB could not be fetched."
  return 1
}

# build PRESET [TARGET…]: configures when needed and builds. On a terminal it shows how far it is,
# elsewhere it only speaks when it fails; the log of the last build is build/PRESET.log.
build() {
  local preset=$1 targets=("${@:2}") log=$root/build/$1.log
  mkdir -p "$root/build"
  cd "$root"
  if [[ ! -f build/$preset/build.ninja || CMakePresets.json -nt build/$preset/CMakeCache.txt ]]; then
    cmake --preset "$preset" >"$log" 2>&1 || show_and_fail "$log" "configuring $preset failed"
  fi
  local command=(cmake --build --preset "$preset" -j "$(jobs)")
  [[ ${#targets[@]} -eq 0 ]] || command+=(--target "${targets[@]}")
  if [[ -t 2 ]]; then
    "${command[@]}" >&2 || fail "building $preset failed"
  else
    "${command[@]}" >"$log" 2>&1 || show_and_fail "$log" "building $preset failed"
  fi
}

show_and_fail() {
  tail -n 60 "$1" >&2
  fail "$2; the whole log: $1"
}
