#!/bin/sh
# The plug of a board that is a QEMU process: board.sh on|off|status. What it is made of lies beside this script.
cd "$(dirname "$0")" || exit 9
runs() { [ -s board.pid ] && kill -0 "$(cat board.pid)" 2>/dev/null; }
case $1 in
status)
    if runs; then exit 0; else exit 1; fi
    ;;
off)
    runs && kill -KILL "$(cat board.pid)"
    while runs; do :; done
    rm -f board.pid
    ;;
on)
    runs && exit 0
    rm -f tpm.sock
    swtpm socket --tpm2 --tpmstate "dir=$PWD/tpm" --ctrl "type=unixio,path=$PWD/tpm.sock" --flags startup-clear --terminate --daemon || exit 8
    exec qemu-system-aarch64 -nodefaults -no-user-config -display none -machine virt -cpu cortex-a72 \
        -accel tcg,tb-size=256,thread=single -smp 1 -m 1024 -bios firmware.bin \
        -drive if=pflash,unit=1,format=raw,file=environment.img \
        -chardev "serial,id=console,path=$PWD/uart" -serial chardev:console \
        -chardev "socket,id=tpm,path=$PWD/tpm.sock" -tpmdev emulator,id=tpm,chardev=tpm -device tpm-tis-device,tpmdev=tpm \
        -netdev tap,id=net,ifname=board0,script=no,downscript=no \
        -device "virtio-net-pci,netdev=net,mac=$(cat mac),romfile=" \
        -pidfile board.pid -daemonize
    ;;
esac
