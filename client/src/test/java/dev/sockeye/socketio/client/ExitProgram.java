package dev.sockeye.socketio.client;

import java.time.Duration;

/** A program that connects and returns from main without closing anything. */
final class ExitProgram {
    private ExitProgram() {}

    public static void main(String[] args) throws InterruptedException {
        ClientOptionsBuilder options = ClientOptions.builder().reconnectionDelay(Duration.ofMillis(10));
        if (args.length > 1) {
            options.transports(TransportName.valueOf(args[1]));
        }
        Socket socket = SocketIoClient.create().socket(args[0], options.build());
        try {
            socket.connectBlocking(Duration.ofSeconds(1));
            System.out.println("connected");
        } catch (ConnectErrorException e) {
            System.out.println("not connected");
        }
    }
}
