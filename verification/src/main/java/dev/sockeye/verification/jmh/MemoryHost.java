package dev.sockeye.verification.jmh;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A host without a network: one loop, which runs on the calling thread, and WebSockets that count the messages they receive. */
public final class MemoryHost {
    private final HostedEngine engine;
    private final TurnLoop loop;

    /** Creates a host for an engine, used by one thread. */
    public MemoryHost(HostedEngine engine) {
        this(engine, new Loop());
    }

    /** Creates a host with its own loop. Several hosts of one engine stand for the loops of a server. */
    MemoryHost(HostedEngine engine, TurnLoop loop) {
        this.engine = engine;
        this.loop = loop;
    }

    /** Connects a client to the namespace {@code /}. */
    public Client connect() {
        Client client = new Client(loop);
        engine.handleUpgrade(client);
        turn();
        client.text("40");
        turn();
        return client;
    }

    /** Runs the pending tasks of the loop. */
    public void turn() {
        loop.run();
    }

    /** A loop that runs its tasks when it is told to. */
    interface TurnLoop extends EngineLoop {
        /** Runs the pending tasks. */
        void run();
    }

    private static final class Loop implements TurnLoop {
        private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

        @Override
        public void run() {
            Runnable task;
            while ((task = tasks.poll()) != null) {
                task.run();
            }
        }

        @Override
        public boolean inLoop() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Timer schedule(Runnable task, Duration delay) {
            return () -> {}; // nothing here runs for as long as a heartbeat interval
        }
    }

    private record Request() implements HostRequest {
        @Override
        public String method() {
            return "GET";
        }

        @Override
        public String uri() {
            return "/socket.io/?EIO=4&transport=websocket";
        }

        @Override
        public @Nullable String header(String name) {
            return null;
        }

        @Override
        public Map<String, List<String>> headers() {
            return Map.of();
        }

        @Override
        public String remoteAddress() {
            return "127.0.0.1";
        }

        @Override
        public boolean secure() {
            return false;
        }
    }

    /** One client, from its request on. */
    public static final class Client implements WebSocketUpgrade, MessageConnection {
        private final EngineLoop loop;
        private @Nullable MessageListener listener;
        private long messages;
        private byte[] last = {};

        private Client(EngineLoop loop) {
            this.loop = loop;
        }

        /** Sends a text message to the server. */
        public void text(String message) {
            text(message.getBytes(StandardCharsets.UTF_8));
        }

        /** The same as {@link #text(String)}; the server then owns the array. */
        public void text(byte[] message) {
            Objects.requireNonNull(listener).onText(message);
        }

        /** The number of messages received from the server. */
        public long messages() {
            return messages;
        }

        /** The payload of the last message, without its Engine.IO type. */
        public String last() {
            return new String(last, StandardCharsets.UTF_8);
        }

        @Override
        public HostRequest request() {
            return new Request();
        }

        @Override
        public EngineLoop loop() {
            return loop;
        }

        @Override
        public void accept(
                List<Header> headers,
                int maxMessageSize,
                @Nullable PerMessageDeflate compression,
                MessageListener receiver) {
            listener = receiver;
            receiver.onOpen(this);
        }

        @Override
        public void reject(HostResponse response) {
            throw new IllegalStateException("refused: " + response.status());
        }

        @Override
        public void onConnectionLost(Runnable action) {}

        @Override
        public void send(boolean binary, int prefix, byte[] payload, boolean compress) {
            messages++;
            last = payload;
        }

        @Override
        public long pendingBytes() {
            return 0;
        }

        @Override
        public void autoRead(boolean on) {}

        @Override
        public void close(int code, String reason) {
            Objects.requireNonNull(listener).onClose(code, null);
        }

        @Override
        public void abort() {
            Objects.requireNonNull(listener).onClose(1006, null);
        }
    }
}
