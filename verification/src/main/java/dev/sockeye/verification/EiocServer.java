package dev.sockeye.verification;

import dev.sockeye.engineio.AllowRequest;
import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.EngineSocketListener;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.socketio.protocol.JsonParser;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The server of the official engine.io-client's suite. */
@Command(name = "eioc", description = "the server of the official engine.io-client suite")
final class EiocServer implements Callable<Integer> {
    @Mixin
    private final ServerArguments arguments = new ServerArguments();

    @Override
    public Integer call() throws Exception {
        EngineServer engine = new EngineServer(arguments
                .engine(EngineOptions.builder().path("/engine.io"), 500, 20_000)
                .maxHttpBufferSize(100)
                .allowRequest(AllowRequest.when(request -> !request.uri().matches(".*[?&]deny(=.*|&.*|$)")))
                .build());
        engine.onInitialHeaders((headers, request) -> headers.add("set-cookie", "1=1; Max-Age=86400")
                .add("set-cookie", "2=2; Path=/; HttpOnly; Secure; SameSite=Strict")
                .add("set-cookie", "3=3; Max-Age=0")
                .add(
                        "set-cookie",
                        "4=4; Expires="
                                + DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC))));
        Map<String, Map<String, String>> latest = new ConcurrentHashMap<>();
        engine.use((request, headers, chain) -> {
            remember(latest, request);
            chain.next();
        });
        engine.onConnection(socket -> {
            socket.listen(new Answers(socket, latest));
            socket.send(List.of(Message.text("hi")), true, null);
        });
        return arguments.serve(engine);
    }

    /** Keeps the headers of the last POST request of each session until its message is handled. */
    private static void remember(Map<String, Map<String, String>> latest, HostRequest request) {
        if (!request.method().equals("POST")) {
            return;
        }
        Map<String, String> joined = new LinkedHashMap<>();
        request.headers()
                .forEach((name, values) -> joined.put(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
        String sid = request.uri().replaceAll(".*[?&]sid=([^&]*).*", "$1");
        latest.put(sid, joined);
    }

    private record Answers(EngineSocket socket, Map<String, Map<String, String>> latest)
            implements EngineSocketListener {
        @Override
        public void onText(byte[] buffer, int offset, int length) {
            String text = new String(buffer, offset, length, StandardCharsets.UTF_8);
            switch (text) {
                case "give binary" -> send(Message.binary(new byte[] {0, 1, 2, 3, 4}));
                case "give utf8" -> send(Message.text("пойду спать всем спокойной ночи"));
                case "sendHeaders" -> send(Message.text(json(latest.getOrDefault(socket.id(), Map.of()))));
                default -> send(Message.text(Arrays.copyOfRange(buffer, offset, offset + length)));
            }
        }

        @Override
        public void onBinary(byte[] data) {
            send(Message.binary(data));
        }

        @Override
        public void onClose(CloseReason reason, @Nullable Object description) {
            latest.remove(socket.id());
        }

        private void send(Message message) {
            socket.send(List.of(message), true, null);
        }

        /** The headers as a JSON object, in the form of a CONNECT packet's payload. */
        private static String json(Map<String, String> headers) {
            var packet = new SocketPacket.Connect("/", Payload.of(headers));
            return new String(JsonParser.create().encode(packet).head(), StandardCharsets.UTF_8).substring(1);
        }
    }
}
