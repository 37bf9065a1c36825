# One row about `once demo` on the store that the script is about. To be sourced after lib.bash.
#
#   demo_row     a payment behind the demo, and its retry behind another demo; the key is found in $STORE,
#                with $FRONT in front if there is one
DEMO_PID=""

demo_row() {
  row "the demo keeps its records there: another one gives the first answer again"
  local key=$KEY demo first="" front=$GATEWAY
  for demo in 1 2; do
    start_demo
    send POST /payments "${json[@]}" -H "Idempotency-Key: $key" \
      -d '{"customer":"you","amount":2000,"side":"with","order":"o"}'
    if [ "$demo" = 1 ]; then expect_performed; first=$BODY; else expect_replayed; fi
    kill -s TERM "$DEMO_PID" 2>/dev/null
    wait "$DEMO_PID" 2>/dev/null
    expect "the exit code" "$?" 0
  done
  expect "the answer" "$BODY" "$first"
  expect "the key in the store" \
    "$("$ONCE" keys list --store "$STORE" ${FRONT:+--front "$FRONT"} --json | jq -r --arg key "$key" '.records[].key | select(. == $key)')" "$key"
  GATEWAY=$front
}

start_demo() {
  local port
  port=$(free_port)
  GATEWAY=http://127.0.0.1:$port
  "$ONCE" demo --listen "127.0.0.1:$port" --store "$STORE" ${FRONT:+--front "$FRONT"} >>"$WORK/demo.log" 2>&1 &
  DEMO_PID=$!
  wait_for "the demo" "$GATEWAY/" "$DEMO_PID"
}
