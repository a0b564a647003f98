package dev.sockeye.socketio.server;

import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import dev.sockeye.socketio.protocol.DecodeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An in-memory broker: a minimal transport. Messages are transferred in their wire format. */
final class InProcessBroker {
    private final List<Line> lines = new CopyOnWriteArrayList<>();
    final List<String> seen = new ArrayList<>();
    boolean down;

    AdapterFactory adapters(ClusterOptions options) {
        return namespace -> new ClusterAdapter(namespace, new Line(), options);
    }

    /** A message out of nowhere, for all. */
    void inject(ClusterMessage message) {
        lines.forEach(line -> line.receiver().onMessage(message, null));
    }

    private final class Line implements ClusterTransport {
        private @Nullable Receiver receiver;

        private Receiver receiver() {
            if (receiver == null) {
                throw new IllegalStateException("not started");
            }
            return receiver;
        }

        @Override
        public CompletableFuture<Void> start(Receiver given) {
            receiver = given;
            lines.add(this);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> close() {
            lines.remove(this);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void publish(ClusterMessage message, Consumer<@Nullable String> local) {
            local.accept(null);
            for (Line line : lines) {
                if (line != this && line.receiver().namespace().name().equals(message.namespace())) {
                    send(line, message);
                }
            }
        }

        @Override
        public void respond(String requester, ClusterMessage.Response response) {
            for (Line line : lines) {
                if (line.receiver().uid().equals(requester)) {
                    send(line, response);
                }
            }
        }

        private void send(Line line, ClusterMessage message) {
            if (down) {
                return;
            }
            byte[] bytes = ClusterCodec.encode(message);
            seen.add(new String(bytes, java.nio.charset.StandardCharsets.UTF_8));
            try {
                ClusterMessage copy = ClusterCodec.decode(bytes);
                if (copy != null) {
                    line.receiver().onMessage(copy, null);
                }
            } catch (DecodeException e) {
                throw new AssertionError(e);
            }
        }
    }
}
