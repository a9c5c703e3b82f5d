package main

import (
	"github.com/spf13/cobra"

	_ "k8s.io/component-base/metrics/prometheus/restclient"
	_ "k8s.io/component-base/metrics/prometheus/version"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

var commands = map[string]func() *cobra.Command{
	"kube-proxy": proxy.NewProxyCommand,
	"kubelet":    kubelet.NewKubeletCommand,
}
