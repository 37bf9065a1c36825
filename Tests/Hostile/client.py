"""A client that sends bytes as they are and keeps what comes back."""
import socket
import time

import cases
import readers

LOOSE = readers.Style("plain", bare_lf=True)


def exchange(port, pieces, method, wanted, patience):
    """Sends; reads until so many answers are whole and nothing follows, the end, or patience is over."""
    data = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            data = converse(connection, pieces, method, wanted, patience)
    except OSError:
        pass
    return data


def converse(connection, pieces, method, wanted, patience):
    data = b""
    deadline = time.monotonic() + patience
    try:
        for piece in pieces:
            if piece is cases.PAUSE:
                time.sleep(0.05)
            else:
                connection.sendall(piece)
    except OSError:
        pass
    while (left := deadline - time.monotonic()) > 0:
        whole = len(readers.answers(LOOSE, data, method, closed=False)[0]) >= wanted
        connection.settimeout(min(left, 0.2) if whole else left)
        try:
            piece = connection.recv(65536)
        except OSError:
            break
        if not piece:
            break
        data += piece
    return data
