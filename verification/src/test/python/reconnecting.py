"""Six clients, two of each kind, that lose their server several times: python reconnecting.py http://127.0.0.1:3000

Prints "ready" when each is upgraded and has received an echo. After each line on standard input it waits until each client has
been disconnected once more, is connected again and has received an echo, and prints "moved" with the reasons and errors as JSON.
"""
import json
import os
import sys
import threading
import time

import socketio

URL = sys.argv[1]
KINDS = [["polling"], ["polling", "websocket"], ["websocket"]]
reasons = {}
troubles = []
lock = threading.Lock()


class Client:
    def __init__(self, number):
        self.number = number
        self.lost = 0
        self.last = KINDS[number % 3][-1]
        self.io = socketio.Client(reconnection_delay=0.1, reconnection_delay_max=0.5)
        self.io.on("connect_error", lambda error: troubles.append(f"{number} connect_error {error}"))
        self.io.on("disconnect", self.disconnected)
        self.io.connect(URL, transports=KINDS[number % 3], wait_timeout=20)

    def disconnected(self, reason):
        with lock:
            self.lost += 1
            reasons[reason] = reasons.get(reason, 0) + 1

    def settle(self, lost):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if self.lost >= lost and self.io.connected:
                try:
                    self.io.call("echo", f"{self.number}-{lost}", timeout=2)
                    # later the probe of an upgrade may meet the server that goes; the client then stays with polling
                    if lost > 0 or self.io.transport() == self.last:
                        return
                except Exception:
                    pass  # disconnected again, or the answer was lost with the server
            time.sleep(0.02)
        troubles.append(f"{self.number} nothing within 30 s, {self.lost} times disconnected")


def all_settled(lost):
    threads = [threading.Thread(target=client.settle, args=(lost,), daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


clients = [Client(number) for number in range(6)]
all_settled(0)
print("ready", flush=True)
moves = 0
for line in sys.stdin:
    moves += 1
    all_settled(moves)
    print("moved " + json.dumps({"reasons": reasons, "troubles": troubles}), flush=True)
os._exit(0)
