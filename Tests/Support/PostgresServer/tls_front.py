"""Speaks TLS in front of a PostgreSQL server that does not, in records as large as TLS allows, as poolers and
proxies may. Usage: tls_front.py CERTIFICATE KEY SERVER_PORT. Says its port; ends when its standard input does."""
import socket
import ssl
import sys
import threading

certificate, key, server_port = sys.argv[1], sys.argv[2], int(sys.argv[3])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)


def serve(client):
    assert client.recv(8, socket.MSG_WAITALL) == b"\0\0\0\x08\x04\xd2\x16\x2f", "not a request for TLS"
    client.sendall(b"S")
    client = context.wrap_socket(client, server_side=True)
    server = socket.create_connection(("127.0.0.1", server_port))
    threading.Thread(target=pump, args=(client, server), daemon=True).start()
    pump(server, client)


def pump(source, target):
    """What has arrived is gathered into pieces of a whole record where more is on its way."""
    try:
        while data := source.recv(16384):
            if not isinstance(source, ssl.SSLSocket):
                source.settimeout(0.002)
                try:
                    while len(data) < 16384 and (more := source.recv(16384 - len(data))):
                        data += more
                except TimeoutError:
                    pass
                source.settimeout(None)
            target.sendall(data)
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)


def accept():
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


threading.Thread(target=accept, daemon=True).start()
sys.stdin.read()
