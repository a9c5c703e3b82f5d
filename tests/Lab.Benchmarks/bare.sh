#!/bin/sh
# The board without the lab: swtpm, QEMU, the serial console on standard output, and nothing else. It plays no on-chip ROM.
#   bare.sh FOLDER ORIGIN BOARD MAC MEMORY PROCESSORS ACCELERATOR PROCESSOR
# FOLDER holds: tpm/ (swtpm's state), firmware.bin, environment.img (U-Boot's variables), files/ (what TFTP serves, uki.efi in it).
set -eu
folder=$1 origin=$2 board=$3 mac=$4 memory=$5 processors=$6 accelerator=$7 processor=$8

# It goes into the background when its socket is there.
swtpm socket --tpm2 --tpmstate "dir=$folder/tpm" --ctrl "type=unixio,path=$folder/swtpm,mode=0600" \
    --pid "file=$folder/swtpm.pid" --terminate --daemon

exec qemu-system-aarch64 -nodefaults -no-user-config -display none \
    -machine virt -cpu "$processor" -accel "$accelerator" -smp "$processors" -m "$memory" \
    -bios "$folder/firmware.bin" -serial stdio \
    -drive "if=pflash,unit=1,format=raw,file=$folder/environment.img" \
    -chardev "socket,id=tpm,path=$folder/swtpm" -tpmdev emulator,id=tpm,chardev=tpm -device tpm-tis-device,tpmdev=tpm \
    -netdev "user,tftp=$folder/files,bootfile=uki.efi,tftp-server-name=$origin,hostname=$board,id=net0" \
    -device "virtio-net-pci,id=nic0,netdev=net0,mac=$mac,romfile="
