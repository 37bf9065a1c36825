# One row about duplicates that wait at another gateway on the same store. To be sourced after lib.bash.
#
#   waiting_row     a request that takes its time at this gateway, and its duplicate at a second one, which waits
waiting_row() {
  row "a duplicate that waits at another gateway gets the first answer when that is there"
  local key=$KEY first=$GATEWAY port admin second
  port=$(free_port) admin=$(free_port)
  "$ONCE" gateway --upstream "$UPSTREAM" --listen "127.0.0.1:$port" --admin "127.0.0.1:$admin" --store "$STORE" \
    ${FRONT:+--front "$FRONT"} --wait 15s >>"$WORK/second.log" 2>&1 &
  second=$!
  wait_for "the second gateway" "http://127.0.0.1:$port/.well-known/idempotency" "$second"
  request "$WORK/first" POST /payments "${alice[@]}" "${json[@]}" -H "Idempotency-Key: $key" -H "X-Script: after=2" \
    -d '{"amount":10}' &
  wait_effects "$key" 1
  GATEWAY=http://127.0.0.1:$port
  post "$key"
  expect_replayed
  wait $!
  expect "the first status" "$(cat "$WORK/first.status")" 201
  expect "the answer" "$BODY" "$(cat "$WORK/first.body")"
  expect "the number of effects" "$(effects "$key")" 1
  GATEWAY=$first
  kill -s TERM "$second" 2>/dev/null
  wait "$second"
  expect "the exit code of the second gateway" "$?" 0
}
