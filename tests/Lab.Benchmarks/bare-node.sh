#!/bin/sh
# A node without the lab: QEMU starts the node's kernel, the serial console goes to standard output. No firmware, no TPM, no LinuxBoot.
#   bare-node.sh KERNEL INITRD COMMANDLINE MAC MEMORY PROCESSORS ACCELERATOR PROCESSOR
set -eu

exec qemu-system-aarch64 -nodefaults -no-user-config -display none \
    -machine virt -cpu "$8" -accel "$7" -smp "$6" -m "$5" \
    -kernel "$1" -initrd "$2" -append "$3" -serial stdio \
    -netdev user,id=net0 -device "virtio-net-pci,id=nic0,netdev=net0,mac=$4,romfile="
