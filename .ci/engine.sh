# Container engine for the tests that need one: Debian's docker.io, started here where it is not up.
export TESTCONTAINERS_RYUK_DISABLED=true

start_engine() {
  docker info >/dev/null 2>&1 && return 0
  # Not below this step: it has to live as long as the tests do.
  dockerd >/tmp/msrpspec-dockerd.log 2>&1 &
  engine=$!
  trap 'kill "$engine" 2>/dev/null; wait "$engine" 2>/dev/null' EXIT
  for _ in $(seq 120); do
    docker info >/dev/null 2>&1 && return 0
    kill -0 "$engine" 2>/dev/null || break
    sleep 0.5
  done
  tail -n 20 /tmp/msrpspec-dockerd.log
  return 1
}

# Nobody else removes what a killed run has left.
sweep_containers() {
  local left
  left=$(docker ps --all --quiet --filter label=org.testcontainers=true) || return 1
  [ -z "$left" ] || docker rm --force --volumes $left >/dev/null
}
