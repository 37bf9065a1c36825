#!/usr/bin/env bash
# How the tests come by moto, which plays DynamoDB: scripts/moto.sh, with a Python that only pretends.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

PLACE=$WORK/place
mkdir -p "$PLACE/scripts" "$PLACE/Tests/Support/DynamoDBServer" "$WORK/bin"
cp "$ROOT/scripts/moto.sh" "$PLACE/scripts/"
touch "$PLACE/Tests/Support/DynamoDBServer/moto_server.py"

# A Python that has moto as soon as it has installed it, or when $WORK/system-has-moto is there.
cat >"$WORK/bin/python3" <<'PYTHON'
#!/usr/bin/env bash
here=$(cd "$(dirname "$0")" && pwd)
echo "$*" >>"$WORK/asked"
case "$*" in
  *"moto_server.py --check") [ -f "$here/moto" ] || { [ "$here" = "$WORK/bin" ] && [ -f "$WORK/system-has-moto" ]; } ;;
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python3" ;;
  "-m pip install "*)
    if [ -f "$WORK/index-is-away" ]; then echo "no matching distribution" >&2; exit 1; fi
    [ -f "$WORK/index-is-empty" ] || touch "$here/moto"
    ;;
  *) exit 2 ;;
esac
PYTHON
chmod +x "$WORK/bin/python3"
export WORK

# run: what scripts/moto.sh does; its exit code in $CODE, what it says in $SAID, what it asked Python in $ASKED.
run() {
  : >"$WORK/asked"
  SAID=$(PATH="$WORK/bin:$PATH" "$PLACE/scripts/moto.sh" 2>&1)
  CODE=$?
  ASKED=$(grep -c -e "^-m pip" "$WORK/asked")
}

row "where the system's Python has moto nothing is installed"
touch "$WORK/system-has-moto"
run
expect "the exit code" "$CODE" 0
expect "installations" "$ASKED" 0
rm "$WORK/system-has-moto"

row "packages that cannot be had: it fails, says why and what follows, and leaves nothing half made"
touch "$WORK/index-is-away"
run
expect "the exit code" "$CODE" 1
expect_like "the message" "$SAID" "*no matching distribution*tests of the DynamoDB store are skipped*"
expect "what is left" "$(ls "$PLACE/.build" 2>/dev/null)" ""
rm "$WORK/index-is-away"

row "an installation that lacks something counts as none"
touch "$WORK/index-is-empty"
run
expect "the exit code" "$CODE" 1
expect "what is left" "$(ls "$PLACE/.build" 2>/dev/null)" ""
rm "$WORK/index-is-empty"

row "where there is no moto the version that the tests are written for is installed, also over a broken one"
mkdir -p "$PLACE/.build/moto/bin"
touch "$PLACE/.build/moto/bin/broken"
run
expect "the exit code" "$CODE" 0
expect_like "what was installed" "$(grep -e "^-m pip" "$WORK/asked")" "*install*moto?dynamodb?==5.*flask flask-cors"
expect "what was broken" "$(ls "$PLACE/.build/moto/bin")" "$(printf 'moto\npython3')"

row "once it is there nothing more is done"
run
expect "the exit code" "$CODE" 0
expect "what is said" "$SAID" ""
expect "installations" "$ASKED" 0

finish
