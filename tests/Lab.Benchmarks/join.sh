#!/bin/sh
# What a person would type on a node to make it join a cluster, as the node's first process. /join.env has the cluster's settings.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
. /join.env
/etc/init.d/rcS
device=$(cd /sys/class/net && echo e*)
ip link set "$device" up
ip addr add 10.0.2.15/24 dev "$device"
ip route add default via 10.0.2.2
echo "$NODE" >/proc/sys/kernel/hostname
printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$NODE" >/etc/hosts
echo 'bare: started'

mkdir -p /etc/containerd/certs.d/registry.hwlab /etc/cni/net.d
cat >/etc/containerd/certs.d/registry.hwlab/hosts.toml <<END
server = "$REGISTRY"
[host."$REGISTRY"]
  capabilities = ["pull", "resolve"]
END
cat >/etc/cni/net.d/10-bare.conflist <<END
{"cniVersion": "0.4.0", "name": "bare", "plugins": [
  {"type": "bridge", "bridge": "cni0", "isDefaultGateway": true, "ipMasq": true, "hairpinMode": true,
   "ipam": {"type": "host-local", "ranges": [[{"subnet": "10.244.1.0/24"}]]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
END
cat >/join.yaml <<END
apiVersion: kubeadm.k8s.io/v1beta2
kind: JoinConfiguration
nodeRegistration: {name: "$NODE", criSocket: /run/containerd/containerd.sock, taints: []}
discovery:
  bootstrapToken: {apiServerEndpoint: "$API", token: "$TOKEN", caCertHashes: ["$CA"]}
END

containerd >/var/log/containerd.log 2>&1 &
{
    until [ -f /var/lib/kubelet/kubeadm-flags.env ] && [ -S /run/containerd/containerd.sock ]; do sleep 0.1; done
    . /var/lib/kubelet/kubeadm-flags.env
    # shellcheck disable=SC2086
    exec kubelet --bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf \
        --config=/var/lib/kubelet/config.yaml --client-ca-file=/etc/kubernetes/pki/ca.crt \
        --rotate-certificates=false --node-ip=10.0.2.15 $KUBELET_KUBEADM_ARGS
} >/var/log/kubelet.log 2>&1 &
kubeadm join --config /join.yaml --skip-phases preflight || { tail -n 20 /var/log/kubelet.log; echo 'bare: failed'; }
echo 'bare: joined'
kube-proxy --kubeconfig=/etc/kubernetes/kubelet.conf --hostname-override="$NODE" --proxy-mode=iptables \
    --cluster-cidr=10.244.0.0/16 --conntrack-max-per-core=0 >/var/log/kube-proxy.log 2>&1 &
while :; do sleep 3600; done
