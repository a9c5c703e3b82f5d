// Several components of Kubernetes in one program: the name it is called by, or else its first argument, says which.
package main

import (
	"flag"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/pflag"

	cliflag "k8s.io/component-base/cli/flag"
	"k8s.io/component-base/logs"
	kubeadm "k8s.io/kubernetes/cmd/kubeadm/app"
)

func main() {
	rand.Seed(time.Now().UnixNano())
	name := filepath.Base(os.Args[0])
	if _, known := commands[name]; !known && name != "kubeadm" && len(os.Args) > 1 {
		os.Args = os.Args[1:]
		name = os.Args[0]
	}
	if name == "kubeadm" {
		runKubeadm()
		return
	}
	command, known := commands[name]
	if !known {
		fmt.Fprintf(os.Stderr, "%s: no such component\n", name)
		os.Exit(2)
	}
	pflag.CommandLine.SetNormalizeFunc(cliflag.WordSepNormalizeFunc)
	if name == "kube-proxy" || name == "kubectl" {
		pflag.CommandLine.AddGoFlagSet(flag.CommandLine)
	}
	logs.InitLogs()
	defer logs.FlushLogs()
	if err := command().Execute(); err != nil {
		logs.FlushLogs()
		os.Exit(1)
	}
}

func runKubeadm() {
	// It registers the logging flags itself, which the other components have registered already.
	flag.CommandLine = flag.NewFlagSet("kubeadm", flag.ExitOnError)
	if err := kubeadm.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
