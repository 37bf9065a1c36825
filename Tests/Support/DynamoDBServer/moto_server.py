"""moto's DynamoDB and STS on a free port of the loopback interface, for tests; the port is the first line that it
prints. With `--check` only tells by its exit code whether this Python has all that it takes.

One request at a time: moto looks at a condition and writes in two steps, and the threads of its
usual server could mix those up.
"""

import sys
import threading

import moto
import moto.dynamodb
import moto.sts
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

# Older ones do not give back the item that a condition has refused.
if int(moto.__version__.split(".")[0]) < 5:
    sys.exit(f"moto {moto.__version__} is too old; 5.0 or later is needed")
if sys.argv[1:] == ["--check"]:
    sys.exit()

server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False)
print(server.server_port, flush=True)
# Ends with whoever started it.
threading.Thread(target=lambda: (sys.stdin.read(), server.shutdown()), daemon=True).start()
server.serve_forever()
