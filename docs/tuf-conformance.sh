#!/bin/sh
# Drives `hwlab tuf client` with nothing but a shell, by the command protocol of the public tuf-conformance suite, against a repository
# that `hwlab tuf repo` makes. Say what to run in HWLAB (default: hwlab). Needs python3 for a file server. Ends with 0 when all holds.
set -eu

HWLAB=${HWLAB:-hwlab}
work=$(mktemp -d)
server=
# shellcheck disable=SC2317
finish() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT INT TERM

repo=$work/repo
client=$work/client
failed=0

hwlab() { $HWLAB "$@" >"$work/output" 2>&1; }
tuf() { hwlab tuf client --metadata-dir "$client" "$@"; }
refresh() { tuf --metadata-url "$url/metadata/" refresh; }
download() {
    tuf --metadata-url "$url/metadata/" --target-name "$1" --target-base-url "$url/targets/" --target-dir "$work/downloads" download
}

# check NAME pass|fail COMMAND…: whether the command ends as it should.
check() {
    name=$1 wanted=$2
    shift 2
    code=0
    "$@" || code=$?
    case $wanted$code in
    pass0 | fail1) echo "ok   $name" ;;
    *)
        echo "FAIL $name: exit $code"
        cat "$work/output"
        failed=1
        ;;
    esac
}

printf 'the content' >"$work/content"
hwlab tuf repo init "$repo"
hwlab tuf repo add "$repo" app/one "$work/content"

mkdir -p "$repo/targets/app"
digest=$(sha256sum "$work/content" | cut -d' ' -f1)
cp "$work/content" "$repo/targets/app/$digest.one"

# The server says its port in its first line and then serves until it is ended.
mkfifo "$work/port"
python3 -u -c '
import functools, http.server, sys
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
print(server.server_port, flush=True)
server.serve_forever()
' "$repo" >"$work/port" 2>/dev/null &
server=$!
read -r port <"$work/port"
url=http://127.0.0.1:$port

check 'init takes the root' pass tuf init "$repo/metadata/1.root.json"
check 'refresh follows the repository' pass refresh
check 'refresh again with nothing new' pass refresh
check 'download gives the target' pass download app/one
check '  and its bytes are right' pass cmp -s "$work/content" "$work/downloads/app%2Fone"
check 'download of a target that is not there' fail download app/none

cp -r "$repo/metadata" "$work/old"
hwlab tuf repo rotate "$repo" timestamp
hwlab tuf repo rotate "$repo" root
check 'keys were rotated' pass refresh
check '  and the trusted root is the newest' pass grep -q '"version": *3' "$client/root.json"

cp "$repo/metadata/timestamp.json" "$work/new-timestamp"
cp "$work/old/timestamp.json" "$repo/metadata/timestamp.json"
check 'a timestamp of the old key' fail refresh
cp "$work/new-timestamp" "$repo/metadata/timestamp.json"

sed 's/"version": *\([0-9]\)/"version": 9\1/' "$work/new-timestamp" >"$repo/metadata/timestamp.json"
check 'an altered timestamp' fail refresh
cp "$work/new-timestamp" "$repo/metadata/timestamp.json"

printf 'the CONTENT' >"$repo/targets/app/$digest.one"
rm -rf "$work/downloads"
check 'an altered target' fail download app/one
printf 'the content and more' >"$repo/targets/app/$digest.one"
check 'a target that is too long' fail download app/one

rm "$repo/metadata/timestamp.json"
check 'a repository without a timestamp' fail refresh
check 'nothing trusted was lost' pass grep -q '"version": *3' "$client/root.json"

exit $failed
