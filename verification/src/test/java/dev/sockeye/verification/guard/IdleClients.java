package dev.sockeye.verification.guard;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Connects many clients that stay idle, in a separate process; arguments: port, number. Ends with its input. */
final class IdleClients {
    private IdleClients() {}

    public static void main(String[] args) throws IOException {
        InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        List<SocketChannel> clients = new ArrayList<>();
        String request = """
                GET /socket.io/?EIO=4&transport=websocket HTTP/1.1
                Host: localhost
                Upgrade: websocket
                Connection: Upgrade
                Sec-WebSocket-Version: 13
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

                """.replace("\n", "\r\n");
        for (int i = 0; i < Integer.parseInt(args[1]); i++) {
            SocketChannel client = SocketChannel.open(server);
            clients.add(client);
            client.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            readUntil(client, "\"maxPayload\":");
            client.write(ByteBuffer.wrap(new byte[] {(byte) 0x81, (byte) 0x82, 0, 0, 0, 0, '4', '0'}));
            readUntil(client, "40{");
        }
        System.out.println("connected");
        System.out.flush();
        while (System.in.read() >= 0) {
            // until the test closes the pipe
        }
        for (SocketChannel client : clients) {
            client.close();
        }
    }

    private static void readUntil(SocketChannel client, String text) throws IOException {
        StringBuilder seen = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (seen.indexOf(text) < 0) {
            buffer.clear();
            if (client.read(buffer) < 0) {
                throw new IOException("closed after " + seen);
            }
            seen.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
        }
    }
}
