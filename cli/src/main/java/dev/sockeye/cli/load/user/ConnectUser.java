package dev.sockeye.cli.load.user;

import dev.sockeye.socketio.client.Socket;

/** Connects and stays connected. */
public final class ConnectUser extends User {
    ConnectUser(Worker worker, int number) {
        super(worker, number);
    }

    @Override
    public void listen(Socket socket) {}
}
