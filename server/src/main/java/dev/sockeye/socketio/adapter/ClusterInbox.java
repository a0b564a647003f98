package dev.sockeye.socketio.adapter;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Acts on the messages of other servers. */
final class ClusterInbox implements ClusterTransport.Receiver {
    private static final Logger LOG = System.getLogger(ClusterAdapter.class.getName());
    private static final Duration ACK_TIMEOUT = Duration.ofSeconds(5);

    private final ClusterAdapter adapter;
    private final AdapterNamespace namespace;
    private final InMemoryAdapter rooms;
    private final ClusterRequests requests;
    private final AtomicLong refused = new AtomicLong();

    ClusterInbox(ClusterAdapter adapter, AdapterNamespace namespace, InMemoryAdapter rooms, ClusterRequests requests) {
        this.adapter = adapter;
        this.namespace = namespace;
        this.rooms = rooms;
        this.requests = requests;
    }

    @Override
    public InMemoryAdapter local() {
        return rooms;
    }

    @Override
    public AdapterNamespace namespace() {
        return namespace;
    }

    @Override
    public String uid() {
        return adapter.uid();
    }

    long refused() {
        return refused.get();
    }

    @Override
    public void onMessage(ClusterMessage message, @Nullable String offset) {
        String sender = message.uid();
        if (sender.equals(adapter.uid()) || !message.namespace().equals(namespace.name())) {
            return;
        }
        if (!sender.isEmpty() && !sender.equals(ClusterMessage.EMITTER)) {
            adapter.seen(sender);
        }
        try {
            act(message, offset);
        } catch (IllegalArgumentException | BindingException e) {
            if (refused.getAndIncrement() == 0) {
                LOG.log(Level.WARNING, "a message of another server is refused; later ones are counted only: " + e);
            }
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "a message of another server failed", e);
        }
    }

    private void act(ClusterMessage message, @Nullable String offset) {
        Map<String, @Nullable Object> data = message.data();
        switch (message.type()) {
            case INITIAL_HEARTBEAT -> adapter.beat();
            case HEARTBEAT -> {}
            case ADAPTER_CLOSE -> adapter.gone(message.uid());
            case BROADCAST -> broadcast(message, offset);
            case SOCKETS_JOIN ->
                rooms.addSockets(ClusterDocuments.options(data.get("opts")), ClusterDocuments.names(data.get("rooms")));
            case SOCKETS_LEAVE ->
                rooms.delSockets(ClusterDocuments.options(data.get("opts")), ClusterDocuments.names(data.get("rooms")));
            case DISCONNECT_SOCKETS ->
                rooms.disconnectSockets(
                        ClusterDocuments.options(data.get("opts")), Boolean.TRUE.equals(data.get("close")));
            case FETCH_SOCKETS -> fetch(message);
            case SERVER_SIDE_EMIT -> serverSideEmit(message);
            case FETCH_SOCKETS_RESPONSE ->
                requests.onSockets(id(message), message.uid(), ClusterDocuments.sockets(data.get("sockets")));
            case SERVER_SIDE_EMIT_RESPONSE -> requests.onAnswer(id(message), message.uid(), answer(data));
            case BROADCAST_CLIENT_COUNT -> {
                ClusterRequests.Acks waiting = requests.acks(id(message));
                if (waiting != null) {
                    if (!(data.get("clientCount") instanceof Number count)) {
                        throw new IllegalArgumentException("no clientCount");
                    }
                    waiting.clientCount().accept(count.intValue());
                }
            }
            case BROADCAST_ACK -> {
                ClusterRequests.Acks waiting = requests.acks(id(message));
                if (waiting != null) {
                    waiting.ack().accept(answer(data));
                }
            }
        }
    }

    private static String id(ClusterMessage message) {
        String id = message.requestId();
        if (id == null) {
            throw new IllegalArgumentException("no requestId");
        }
        return id;
    }

    private static Arguments answer(Map<String, @Nullable Object> data) {
        return data.containsKey("packet") ? Arguments.of(data.get("packet")) : Arguments.none();
    }

    /** Only the first argument of an answer travels. */
    private static Map<String, @Nullable Object> answer(String requestId, Arguments args) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>(4);
        data.put("requestId", requestId);
        if (args.size() > 0) {
            data.put("packet", args.payload(0));
        }
        return data;
    }

    private void broadcast(ClusterMessage message, @Nullable String offset) {
        SocketPacket.Event packet =
                ClusterDocuments.packet(namespace.name(), message.data().get("packet"));
        BroadcastOptions to = ClusterDocuments.options(message.data().get("opts"));
        String requestId = message.requestId();
        if (requestId == null) {
            rooms.broadcast(adapter.withOffset(packet, to, offset), to);
            return;
        }
        Runnable forget = rooms.broadcastWithAck(
                packet,
                to,
                count -> {
                    Map<String, @Nullable Object> data = new LinkedHashMap<>(4);
                    data.put("requestId", requestId);
                    data.put("clientCount", count);
                    adapter.respond(message.uid(), ClusterMessage.Type.BROADCAST_CLIENT_COUNT, data);
                },
                ack -> adapter.respond(message.uid(), ClusterMessage.Type.BROADCAST_ACK, answer(requestId, ack)));
        Duration timeout = to.flags().timeout();
        namespace.schedule(forget, timeout == null ? ACK_TIMEOUT : timeout);
    }

    private void fetch(ClusterMessage message) {
        BroadcastOptions to = ClusterDocuments.options(message.data().get("opts"));
        String requestId = id(message);
        var unused = rooms.fetchSockets(to).thenAccept(sockets -> {
            Map<String, @Nullable Object> data = new LinkedHashMap<>(4);
            data.put("requestId", requestId);
            data.put("sockets", ClusterDocuments.sockets(sockets));
            adapter.respond(message.uid(), ClusterMessage.Type.FETCH_SOCKETS_RESPONSE, data);
        });
    }

    private void serverSideEmit(ClusterMessage message) {
        if (!(message.data().get("packet") instanceof List<?> packet) || packet.isEmpty()) {
            throw new IllegalArgumentException("not an event");
        }
        String requestId = message.requestId();
        Consumer<Arguments> ack = requestId == null
                ? null
                : args -> adapter.respond(
                        message.uid(), ClusterMessage.Type.SERVER_SIDE_EMIT_RESPONSE, answer(requestId, args));
        namespace.onServerSideEmit(ClusterDocuments.name(packet), ClusterDocuments.args(packet), ack);
    }
}
