"""Six clients, two of each kind, at one URL: python no_affinity.py http://127.0.0.1:3000

Each requests ten echoes, half of them binary, over several heartbeats, then two more with large payloads. Prints one JSON line.
"""
import json
import os
import sys
import threading
import time

import socketio

URL = sys.argv[1]
KINDS = [["polling"], ["polling", "websocket"], ["websocket"]]
echoes = 0
transports = {}
troubles = []
lock = threading.Lock()


def client(number):
    global echoes
    io = socketio.Client(reconnection=False)
    io.on("connect_error", lambda error: troubles.append(f"{number} connect_error {error}"))
    io.on("disconnect", lambda reason: reason == "client disconnect" or troubles.append(f"{number} {reason}"))
    io.connect(URL, transports=KINDS[number % 3], wait_timeout=20)
    payloads = [bytes([i, number]) if i % 2 else f"{number}-{i}" for i in range(10)]
    for sent in payloads + ["ä" * 100_000, bytes([number]) * 300_000]:
        got = io.call("echo", sent, timeout=20)
        with lock:
            if got == sent:
                echoes += 1
            else:
                troubles.append(f"{number} got {str(got)[:40]}")
        time.sleep(0.06)
    with lock:
        name = io.transport()
        transports[name] = transports.get(name, 0) + 1
    io.disconnect()


def guarded(number):
    try:
        client(number)
    except Exception as error:
        troubles.append(f"{number} {error!r}")


threads = [threading.Thread(target=guarded, args=(number,), daemon=True) for number in range(6)]
for thread in threads:
    thread.start()
end = time.monotonic() + 60
for thread in threads:
    thread.join(max(0, end - time.monotonic()))
    if thread.is_alive():
        troubles.append("nothing within 60 s")
        break
print(json.dumps({"echoes": echoes, "transports": dict(sorted(transports.items())), "troubles": troubles}), flush=True)
os._exit(0)
