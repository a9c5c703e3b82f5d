#!/bin/sh
# A rack in a network of its own: a switch with the board's cable, a serial cable, a console server. Runs a command in it, and takes it down.
# rack.sh FOLDER COMMAND…
folder=$1
shift
ip link set lo up
# ser2net resolves addresses of kinds that an interface other than lo has.
ip link add lab1 type bridge && ip addr add 192.0.2.1/24 dev lab1 && ip link set lab1 up
ip link add lab0 type bridge && ip link set lab0 up
ip tuntap add dev board0 mode tap && ip link set board0 master lab0 up
socat "PTY,link=$folder/uart,raw,echo=0" "PTY,link=$folder/cable,raw,echo=0" &
cable=$!
while [ ! -e "$folder/cable" ] || [ ! -e "$folder/uart" ]; do kill -0 $cable || exit 9; done
ser2net -n -u -c "$folder/ser2net.yaml" &
echo $! >"$folder/ser2net.pid"
# The program gets the signals that the test sends.
"$@" &
program=$!
trap 'kill -INT $program' INT TERM
wait $program
code=$?
while kill -0 $program 2>/dev/null; do wait $program; code=$?; done
sh "$folder/board.sh" off
kill -KILL "$(cat "$folder/ser2net.pid")" $cable 2>/dev/null
exit $code
