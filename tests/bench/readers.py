"""Feed readers on loopback: sixteen connections that ask for one address again and again.

    python -m tests.bench.readers PORT PATH TIMES ['Name: value']...

All connections are asked at once and then read one after the other, so that a server has
always much to do. Prints the head of the first answer; every other must be as long and
of the same status. A process of its own: what it takes is not the server's.
"""

import socket
import sys
import time

CONNECTIONS = 16
PATIENCE = 30.0


def main():
    port, path, times, *headers = sys.argv[1:]
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers, "", ""]
    request = "\r\n".join(lines).encode()
    readers = [connected(int(port)) for _ in range(CONNECTIONS)]
    head, length = first(readers[0], request)
    status = head.split(b"\r\n")[0]
    room = memoryview(bytearray(length))
    for _ in range(int(times) // CONNECTIONS):
        for reader in readers:
            reader.sendall(request)
        for reader in readers:
            fill(room, reader)
            if bytes(room[: len(status)]) != status:
                sys.exit(f"{status} became {bytes(room[:80])}")
    sys.stdout.write(head.decode())


def connected(port):
    """Return a connection to a server that may have to start yet."""
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        except ConnectionRefusedError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.05)


def first(reader, request):
    """Return the head of an answer, and the length of all of it."""
    reader.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += received(reader, 1 << 16)
    head = answer.partition(b"\r\n\r\n")[0]
    length = len(head) + 4
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length += int(value)
    while len(answer) < length:
        answer += received(reader, length - len(answer))
    return head, length


def fill(room, reader):
    while room:
        got = reader.recv_into(room)
        if not got:
            sys.exit("an answer was cut off")
        room = room[got:]


def received(reader, most):
    return reader.recv(most) or sys.exit("an answer was cut off")


if __name__ == "__main__":
    main()
