"""A PostgreSQL server that speaks just enough of the protocol to answer COPY
with a stream that is cut or wrong; the database's name says how ("version-N":
it says that it is PostgreSQL N). Prints its port."""
import socket
import struct
import threading
import time


def message(kind, payload=b""):
    return kind + struct.pack("!I", len(payload) + 4) + payload


def take(conn, n):
    data = b""
    while len(data) < n:
        more = conn.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data


READY = message(b"Z", b"I")
DONE = message(b"C", b"COPY 3\0") + READY
# the answer to Parse, Bind, Describe, Execute and Sync: a query without rows
BOUND = (
    message(b"1")
    + message(b"2")
    + message(b"T", struct.pack("!h", 0))
    + message(b"C", b"SELECT 0\0")
    + READY
)
HEAD = message(b"H", struct.pack("!bhh", 0, 1, 0))
ROWS = b"".join(message(b"d", r) for r in (b"one\n", b"two\n", b"six\n"))
END = message(b"c")


def stream(conn, case):
    if case == "dribble":
        for byte in HEAD + ROWS + END + DONE:
            conn.sendall(bytes([byte]))
            time.sleep(0.002)
    elif case == "eof-in-row":
        conn.sendall(HEAD + ROWS + b"d" + struct.pack("!I", 4 + 1000) + b"x" * 10)
    elif case == "eof-in-header":
        conn.sendall(HEAD + ROWS + b"d\0\0")
    elif case == "eof-between":
        conn.sendall(HEAD + ROWS)
    elif case == "bad-length":
        conn.sendall(HEAD + ROWS + b"d" + struct.pack("!I", 3) + b"x" * 10)
    elif case == "unfinished":
        # libpq is not to be handed the middle of a row
        conn.sendall(HEAD + b"d" + struct.pack("!I", 4 + 5000000) + DONE * 2)
    return case == "dribble"


def serve(conn):
    (n,) = struct.unpack("!I", take(conn, 4))
    words = take(conn, n - 4)[4:].split(b"\0")
    case = words[words.index(b"database") + 1].decode()
    version = case[8:] if case.startswith("version-") else "15.20"
    conn.sendall(
        message(b"R", struct.pack("!I", 0))
        + message(b"S", b"server_version\0" + version.encode() + b"\0")
        + message(b"S", b"server_encoding\0UTF8\0")
        + message(b"S", b"client_encoding\0UTF8\0")
        + message(b"K", struct.pack("!II", 1, 2))
        + READY
    )
    while True:
        kind = take(conn, 1)
        (n,) = struct.unpack("!I", take(conn, 4))
        text = take(conn, n - 4)
        if kind == b"X":
            return
        if kind == b"S":
            conn.sendall(BOUND)
        if kind != b"Q":
            continue
        if text.startswith(b"COPY"):
            if not stream(conn, case):
                return
        else:
            conn.sendall(message(b"C", b"SET\0") + READY)


def talk(conn):
    with conn:
        try:
            serve(conn)
        except (EOFError, OSError):
            pass


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    c, _ = listener.accept()
    threading.Thread(target=talk, args=(c,), daemon=True).start()
