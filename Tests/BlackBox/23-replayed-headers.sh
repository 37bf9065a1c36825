#!/usr/bin/env bash
# Which headers a replay carries.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"

start

all="header=Content-Language: de;header=Content-Location: /p/1;header=Location: /payments/1;header=ETag: \"1\""
all+=";header=Last-Modified: Tue, 01 Jan 2030 00:00:00 GMT;header=Link: </p>;header=Vary: Accept"
never="header=Set-Cookie: session=1;header=WWW-Authenticate: Basic;header=X-Request-Id: 7;header=Server-Timing: db"
never+=";header=RateLimit-Remaining: 3;header=X-RateLimit-Limit: 9;header=traceparent: 00-1-1-01;header=Age: 5"
never+=";header=Alt-Svc: h3;header=Strict-Transport-Security: max-age=1;header=Keep-Alive: timeout=5"

row "the allow-list is replayed"
post "$KEY" -H "X-Script: $all;type=application/vnd.a+json"
expect_performed
post "$KEY"
expect_replayed
expect "Content-Type" "$(header Content-Type)" "application/vnd.a+json"
expect "Content-Language" "$(header Content-Language)" "de"
expect "Content-Location" "$(header Content-Location)" "/p/1"
expect "Location" "$(header Location)" "/payments/1"
expect "ETag" "$(header ETag)" '"1"'
expect "Last-Modified" "$(header Last-Modified)" "Tue, 01 Jan 2030 00:00:00 GMT"
expect "Link" "$(header Link)" "</p>"
expect "Vary" "$(header Vary)" "Accept"

row "a replay carries Cache-Control: no-store"
expect "Cache-Control" "$(header Cache-Control)" "no-store"

row "cookies, challenges, rate limits, traces and hop-by-hop headers are not replayed"
post "$KEY" -H "X-Script: $never"
expect "Set-Cookie of the first answer" "$(header Set-Cookie)" "session=1"
post "$KEY"
expect_replayed
for name in Set-Cookie WWW-Authenticate X-Request-Id Server-Timing RateLimit-Remaining X-RateLimit-Limit traceparent \
  Age Alt-Svc Strict-Transport-Security Keep-Alive; do
  expect "$name" "$(header "$name")" ""
done

row "a replay has a Date of its own"
post "$KEY" -H "X-Script: header=Date: Tue, 01 Jan 2030 00:00:00 GMT"
post "$KEY"
[[ $(header Date) != *2030* ]] || expect "Date" "$(header Date)" "the present one"

row "what is not on the list is not replayed; where a route names it, it is"
post "$KEY" -H "X-Script: header=X-Receipt: 17"
expect "X-Receipt of the first answer" "$(header X-Receipt)" 17
post "$KEY"
expect "X-Receipt of the replay" "$(header X-Receipt)" ""
cat >"$WORK/once.yaml" <<'YAML'
routes:
  - path: /payments
    replay-headers: [X-Receipt]
YAML
start --config "$WORK/once.yaml"
post "$KEY-2" -H "X-Script: header=X-Receipt: 17"
post "$KEY-2"
expect "X-Receipt of the replay" "$(header X-Receipt)" 17

for name in Set-Cookie Date WWW-Authenticate; do
  row "a route that wants $name replayed is refused at start, by file, line and name"
  stop_gateway
  sed -i "s/replay-headers: .*/replay-headers: [$name]/" "$WORK/once.yaml"
  message=$("$ONCE" gateway --upstream "$UPSTREAM" --listen "127.0.0.1:$GATEWAY_PORT" \
    --admin "127.0.0.1:$ADMIN_PORT" --store "$STORE" --config "$WORK/once.yaml" 2>&1)
  expect "the exit code" "$?" 2
  expect_like "the message" "$message" "*once.yaml:*$name*"
done

finish
