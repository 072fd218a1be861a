# The node of a cluster, as Node.java starts it: containerd and a kubelet, in a process and a mount namespace of their own, so that
# all they start and mount is gone with them, however they end. Of the machine only the bridge and the cgroups have to be taken away.
#
#   node.sh DIRECTORY BRIDGE CGROUP ADDRESS API CONTAINERD KUBELET…
set -eu

if [ "$$" != 1 ]; then
  bridge=$2 cgroup=$3 address=$4 api=$5

  # There is one bridge and one address for the API server: one node at a time.
  exec 8>>"${TMPDIR:-/tmp}/certmerge-node.lock"
  flock --nonblock 8 || { echo 'waiting for another node of this machine'; flock 8; }

  clean() {
    ip link delete "$bridge" 2>/dev/null || true
    for _ in 1 2 3 4 5; do
      find /sys/fs/cgroup -type d -path "*/$cgroup*" -depth -exec rmdir {} + 2>/dev/null && break
      sleep 0.1
    done
  }
  clean
  trap clean EXIT

  ip link add "$bridge" type bridge
  ip address add "$address/24" dev "$bridge"
  # The address of the Service "kubernetes", which kube-proxy would lead to the API server.
  ip address add "$api/32" dev "$bridge"
  ip link set "$bridge" up

  if [ -f /sys/fs/cgroup/cgroup.subtree_control ]; then
    echo "+cpu +cpuset +memory +pids" >/sys/fs/cgroup/cgroup.subtree_control
    mkdir "/sys/fs/cgroup/$cgroup"
  else
    for controller in cpu cpuacct cpuset memory devices freezer blkio pids hugetlb systemd; do
      if [ -d "/sys/fs/cgroup/$controller" ]; then mkdir "/sys/fs/cgroup/$controller/$cgroup"; fi
    done
  fi

  unshare --mount --pid --fork --mount-proc --kill-child sh "$0" "$@" 8>&- &
  unshared=$!
  # The kernel ends all processes of the namespace with its first.
  trap 'kill -KILL $(cat "/proc/$unshared/task/$unshared/children") || kill -KILL "$unshared"' TERM
  code=0
  wait "$unshared" || code=$?
  wait "$unshared" 2>/dev/null || true
  exit "$code"
fi

directory=$1
containerd=$6
shift 6

# Where both write without being asked; what was there before is hidden from them.
for place in /run /var/lib /var/log; do mount -t tmpfs node "$place"; done
mkdir -p /var/lib/cni
# The kubelet sets these for a machine that is a node for good. Here it sets copies.
for setting in vm/overcommit_memory vm/panic_on_oom kernel/panic kernel/panic_on_oops kernel/keys/root_maxkeys kernel/keys/root_maxbytes; do
  copy=$directory/$(basename "$setting")
  cat "/proc/sys/$setting" >"$copy"
  mount --bind "$copy" "/proc/sys/$setting"
done

"$containerd" --config "$directory/containerd.toml" >"$directory/containerd.log" 2>&1 &
"$@" &
wait "$!"
