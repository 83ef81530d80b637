# shellcheck shell=sh
# Which cluster `up` is for, in words and as REPO_RUNNER_CLUSTER (context, kind, embedded or none). Sourced by ./repo-runner before anything is
# fetched, so that the first line is there at once; needs $cache.
choose_cluster() {
  cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
  if [ -n "${CONTEXT:-}" ]; then
    REPO_RUNNER_CLUSTER=context
    echo "CONTEXT=$CONTEXT is given: Repo Runner is installed into that cluster, about two minutes."
  elif command -v kind >/dev/null 2>&1 && timeout 5 docker info >/dev/null 2>&1; then
    REPO_RUNNER_CLUSTER=kind
    echo "No CONTEXT= given and a Docker engine answers: kind makes a cluster in it, about five minutes the first time."
  elif [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ]; then
    REPO_RUNNER_CLUSTER=embedded
    echo "No CONTEXT= given and no Docker engine with kind answers: a Kubernetes node is made on this machine (Linux, root)."
    if [ -e "$cache/bin/kube" ]; then
      echo "Its programs are in the cache: about a minute."
    else
      minutes=$((30 / (cores > 0 ? cores : 1)))
      [ "$minutes" -ge 4 ] || minutes=4
      echo "Its programs are built from source the first time: about $minutes min on $cores cores, once. Later starts take under 90 s."
    fi
  else
    REPO_RUNNER_CLUSTER=none
    echo "!! check        a node on this machine needs Linux and root, and there is no Docker engine with kind and no CONTEXT="
    echo "   you: one of   sudo make up"
    echo "                 make up CONTEXT=my-cluster IMAGE=registry.example.org/repo-runner:0.1.0"
    echo "                 start Docker and install kind, then make up"
  fi
  export REPO_RUNNER_CLUSTER
  if [ "$REPO_RUNNER_CLUSTER" != none ]; then
    echo "Needs no cluster and works now, in another terminal:   ./repo-runner plan https://git.example.org/you/app.git"
    echo
  fi
}
