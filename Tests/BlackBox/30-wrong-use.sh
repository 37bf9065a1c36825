#!/usr/bin/env bash
# Wrong use: exit code 2, an error that names the place and says what is allowed, and nothing has started.
# shellcheck source=lib.bash
source "$(dirname "$0")/lib.bash"
cd "$WORK" || exit 2

# once ARGUMENT...: runs the executable; CODE, OUT and ERR tell how it went.
once() {
  OUT=$("$ONCE" "$@" 2>"$WORK/error")
  CODE=$?
  ERR=$(cat "$WORK/error")
}

# refused PATTERN ARGUMENT...: wrong use, with an error like this.
refused() {
  local pattern=$1
  shift
  once "$@"
  expect "the exit code" "$CODE" 2
  expect_like "the error" "$ERR" "$pattern"
  expect "the output" "$OUT" ""
}

row "help is no wrong use, and goes to standard output"
once --help
expect "the exit code" "$CODE" 0
expect_like "the output" "$OUT" "*gateway*keys*sweep*"
expect "the error" "$ERR" ""

row "an unknown command"
refused "*Unexpected argument 'gatway'*" gatway

row "an unknown flag is named, with the one that was probably meant"
refused "*Unknown option '--laese'. Did you mean '--lease'?*" gateway --laese 30s

row "every option of the example file is a flag, and every flag is an option of it"
once gateway --help
flags=$(grep -oE '^ +--[a-z0-9-]+' <<<"$OUT" | sed 's/^ *--//' | sort -u)
# Up to the routes, which have options of their own; lines that are commented out count.
options=$(sed '/^routes:/,$d' "$ROOT/once.example.yaml" | grep -oE '^(# )?[a-z0-9-]+:( |$)' | tr -d '# :' | sort -u)
only() { comm "$1" <(echo "$flags") <(echo "$options") | grep -vxE 'config|help|version' | xargs; }
expect "only a flag" "$(only -23)" ""
expect "only in the example" "$(only -13)" ""

row "the upstream is missing"
refused "once: --upstream: The upstream is missing*Allowed: http://HOST*" gateway

row "a flag's value is named with what is allowed"
refused 'once: --lease: "30" is not allowed. Allowed: *30s*24h*' gateway --upstream http://127.0.0.1:1 --lease 30
refused 'once: --max-body: "1" is not allowed. Allowed: *1MiB*' gateway --upstream http://127.0.0.1:1 --max-body 1
refused 'once: --interrupted: "x" is not allowed. Allowed: hold, rerun, ask:*' \
  gateway --upstream http://127.0.0.1:1 --interrupted x
refused 'once: --listen: "8080" is not allowed. Allowed: HOST:PORT*' gateway --upstream http://127.0.0.1:1 --listen 8080
refused 'once: --profile: "x" is not allowed. Allowed: ietf, stripe.' gateway --upstream http://127.0.0.1:1 --profile x

row "an environment variable's value is named by the variable"
ONCE_GATEWAY_LEASE=30 refused 'once: ONCE_GATEWAY_LEASE: "30" is not allowed.*' gateway --upstream http://127.0.0.1:1

row "an unknown variable is named, with the one that was probably meant"
ONCE_GATEWAY_LAESE=30s refused "once: ONCE_GATEWAY_LAESE: *Did you mean ONCE_GATEWAY_LEASE?*" \
  gateway --upstream http://127.0.0.1:1

row "a flag beats the environment"
ONCE_GATEWAY_LEASE=30 refused 'once: --lease: "31" is not allowed.*' gateway --upstream http://127.0.0.1:1 --lease 31

row "the environment beats the file"
echo "lease: 32" >file.yaml
ONCE_GATEWAY_LEASE=33 refused 'once: ONCE_GATEWAY_LEASE: "33"*' gateway --upstream http://127.0.0.1:1 --config file.yaml
refused 'once: file.yaml:1: lease: "32"*' gateway --upstream http://127.0.0.1:1 --config file.yaml

row "an unknown option in the file is named with file and line"
printf 'upstream: http://127.0.0.1:1\nretension: 1h\n' >file.yaml
refused 'once: file.yaml:2: "retension" is no option. Did you mean retention? Allowed: *' gateway --config file.yaml

row "an unknown option of a route is named with file, line and route"
printf 'upstream: http://127.0.0.1:1\nroutes:\n  - path: /a\n    leese: 1s\n' >file.yaml
refused 'once: file.yaml:4: routes?0?: "leese" is no option of a route. Did you mean lease?*' gateway --config file.yaml

row "a file that is no YAML, and one that is not there"
printf 'lease: [1s\nwait: 0s\n' >file.yaml
refused 'once: file.yaml:2: This is no YAML*' gateway --config file.yaml
refused 'once: --config: The configuration file none.yaml cannot be read: there is no such file.' \
  gateway --config none.yaml

row "a kind of store that nobody has, and a table that cannot be one"
refused '*"mongo:a" is not allowed: there is no kind of store called mongo.* Allowed: memory:, sqlite:*' \
  gateway --upstream http://127.0.0.1:1 --store mongo:a
refused '*dynamodb: "a" is no table. Allowed: *' gateway --upstream http://127.0.0.1:1 --store dynamodb:a
refused '*Did you mean sqlite:?*' keys list --store sqllite:a

row "an admin listener that others can reach needs a token"
refused '*a token is needed*' gateway --upstream http://127.0.0.1:1 --admin 0.0.0.0:0

row "keys: what is to be shown, settled or listed must be said"
refused '*Say which record*' keys show
refused '*is no record id*8 to 64*' keys show 12
refused '*not by both*' keys show 12345678 --key k
refused '*"doubt" is no state*Allowed: running, lapsed, completed, in-doubt.' keys list --state doubt
refused '*--reason: A reason is needed*' keys release 12345678
refused '*Say what the outcome is*' keys resolve 12345678 --reason r
refused '*--status: "99" is not allowed*' keys resolve 12345678 --reason r --status 99

row "nothing was started and no file was made"
expect "the files" "$(ls)" "$(printf 'error\nfile.yaml')"

row "a failure that is no wrong use has exit code 1"
once keys list --store sqlite:none.db
expect "the exit code" "$CODE" 1
expect_like "the error" "$ERR" "once: There is no file none.db.*"
once gateway --upstream http://127.0.0.1:1 --store sqlite:no/folder/once.db --listen 127.0.0.1:0 --admin 127.0.0.1:0
expect "the exit code" "$CODE" 1

row "an address that is taken is named"
python3 -c 'import socket,sys,time
s = socket.socket(); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(); time.sleep(60)' "$GATEWAY_PORT" &
UPSTREAM_PID=$!
until (: <"/dev/tcp/127.0.0.1/$GATEWAY_PORT") 2>/dev/null; do sleep 0.05; done
once gateway --upstream http://127.0.0.1:1 --store memory: --listen "127.0.0.1:$GATEWAY_PORT" --admin 127.0.0.1:0
expect "the exit code" "$CODE" 1
expect_like "the error" "$ERR" "*once: Cannot listen on 127.0.0.1:$GATEWAY_PORT: Address already in use."
once gateway --upstream http://127.0.0.1:1 --store memory: --listen 127.0.0.1:0 --admin "127.0.0.1:$GATEWAY_PORT"
expect "the exit code" "$CODE" 1
expect_like "the error" "$ERR" "*once: Cannot listen on 127.0.0.1:$GATEWAY_PORT: Address already in use."

finish
