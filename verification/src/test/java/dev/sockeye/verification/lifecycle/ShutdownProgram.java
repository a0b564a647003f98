package dev.sockeye.verification.lifecycle;

import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.verification.wire.Wire;
import dev.sockeye.verification.wire.WireSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A program that serves, closes its server and ends its main method: the process must then exit. */
final class ShutdownProgram {
    private ShutdownProgram() {}

    /**
     * Serves and closes.
     *
     * @param args in which state its client is when the server closes: polling, upgrading or upgraded
     */
    public static void main(String[] args) throws Exception {
        SocketIoServer io = SocketIoServer.create();
        io.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        Wire.Polling polling = new Wire(io.port(), "/socket.io/").polling();
        if (!args[0].equals("polling")) {
            WireSocket socket = polling.upgrade();
            socket.send("2probe");
            System.out.println("answer: " + socket.text());
            if (args[0].equals("upgraded")) {
                socket.send("5");
            }
        }
        io.closeAsync().join();
        System.out.println("closed");
    }
}
