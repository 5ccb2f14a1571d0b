"""Stands between two programs on a Unix socket, and cuts the answer to a request.

cut_answers.py LISTEN CONNECT WORD COUNT: whatever connects to LISTEN talks to CONNECT, but where a
request contains WORD, COUNT times, the connection is closed on both sides once the answer begins to
arrive: the request was heard, and its sender never learns what became of it.
"""

import os
import selectors
import socket
import sys
import threading

listen, connect, word, count = sys.argv[1], sys.argv[2], sys.argv[3].encode(), int(sys.argv[4])
lock = threading.Lock()


def is_cut():
    global count
    with lock:
        count -= 1
        return count >= 0


def serve(client):
    server = socket.socket(socket.AF_UNIX)
    heard = b""
    with client, server, selectors.DefaultSelector() as selector:
        server.connect(connect)
        selector.register(client, selectors.EVENT_READ, server)
        selector.register(server, selectors.EVENT_READ, client)
        while True:
            for key, _ in selector.select():
                part = key.fileobj.recv(65536)
                if not part:
                    return
                if key.fileobj is client:
                    heard += part
                else:
                    if word in heard and is_cut():
                        return
                    heard = b""
                key.data.sendall(part)


def serve_quietly(client):
    try:
        serve(client)
    except OSError:
        pass  # One side went away: as without us.


with socket.socket(socket.AF_UNIX) as listener:
    listener.bind(listen)
    os.chmod(listen, 0o666)
    listener.listen()
    while True:
        threading.Thread(target=serve_quietly, args=(listener.accept()[0],), daemon=True).start()
