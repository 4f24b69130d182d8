#!/bin/sh
# Does what the image does, without a container: installs, makes a home, runs the schedule, asks how it is,
# and ends it as a supervisor would. try.sh [FOLDER]; without one a folder is made, and removed again.
set -eu

source=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-$(mktemp -d)}
[ $# -gt 0 ] || trap 'rm -rf "$folder"' EXIT

"$source/deploy/install.sh" "$folder/program"
PATH="$folder/program/bin:$PATH"
NIANBAO_HOME="$folder/home"
NIANBAO_SCHEDULE__LISTEN=127.0.0.1:0
export PATH NIANBAO_HOME NIANBAO_SCHEDULE__LISTEN
cd "$folder"

nianbao init --contact https://example.org/who-we-are
nianbao sites add https://www.spt.gov.cn/ --division 640502
nianbao config check
nianbao schedule run &
schedule=$!
tries=0
until nianbao schedule health; do
  tries=$((tries + 1))
  [ "$tries" -lt 30 ] || { kill "$schedule"; echo "the schedule did not come up" >&2; exit 1; }
  sleep 1
done
nianbao schedule list
kill -TERM "$schedule"
wait "$schedule"
echo "deployed, well, and ended cleanly"
