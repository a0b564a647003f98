package dev.sockeye.socketio.adapter.cluster;

import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Handles the messages of other servers. */
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
        if (!message.namespace().equals(namespace.name())) {
            return;
        }
        if (sender.equals(adapter.uid())) {
            adapter.recovery().passed(offset, message); // it was handled before it came back
            return;
        }
        if (!sender.isEmpty() && !sender.equals(ClusterMessage.EMITTER)) {
            adapter.seen(sender, message instanceof ClusterMessage.InitialHeartbeat);
        }
        try {
            act(message, offset);
        } catch (IllegalArgumentException | BindingException e) {
            if (refused.getAndIncrement() == 0) {
                LOG.log(
                        Level.WARNING,
                        ClusterLog.MALFORMED_MESSAGE.text(
                                "a malformed message of another server was ignored; further ones are only counted: "
                                        + e));
            }
        } catch (RuntimeException | Error e) { // of a parser or a listener of the application
            LOG.log(Level.WARNING, ClusterLog.MESSAGE_FAILED.text("failed to handle a message of another server"), e);
        }
    }

    private void act(ClusterMessage message, @Nullable String offset) {
        if (message instanceof ClusterMessage.Broadcast broadcast) {
            if (broadcast.requestId() == null) {
                adapter.deliver(broadcast, offset);
            } else {
                broadcastWithAck(broadcast, broadcast.requestId());
            }
            return;
        }
        adapter.recovery().passed(offset, message);
        if (message instanceof ClusterMessage.Response response) {
            answered(response);
        } else if (message instanceof ClusterMessage.InitialHeartbeat) {
            adapter.beat();
        } else if (message instanceof ClusterMessage.AdapterClose) {
            adapter.gone(message.uid());
        } else if (message instanceof ClusterMessage.SocketsJoin join) {
            rooms.addSockets(join.to(), join.rooms());
        } else if (message instanceof ClusterMessage.SocketsLeave leave) {
            rooms.delSockets(leave.to(), leave.rooms());
        } else if (message instanceof ClusterMessage.DisconnectSockets disconnect) {
            rooms.disconnectSockets(disconnect.to(), disconnect.reason(), disconnect.close());
        } else if (message instanceof ClusterMessage.FetchSockets fetch) {
            fetch(fetch);
        } else if (message instanceof ClusterMessage.ServerSideEmit emit) {
            serverSideEmit(emit);
        }
    }

    private void answered(ClusterMessage.Response response) {
        if (response instanceof ClusterMessage.FetchSocketsResponse found) {
            requests.onSockets(found.requestId(), found.uid(), found.sockets());
        } else if (response instanceof ClusterMessage.ServerSideEmitResponse answer) {
            requests.onAnswer(answer.requestId(), answer.uid(), answer.answer());
        } else if (response instanceof ClusterMessage.BroadcastClientCount count) {
            ClusterRequests.Acks waiting = requests.acks(count.requestId());
            if (waiting != null) {
                waiting.clientCount().accept(count.clientCount());
            }
        } else if (response instanceof ClusterMessage.BroadcastAck ack) {
            ClusterRequests.Acks waiting = requests.acks(ack.requestId());
            if (waiting != null) {
                waiting.ack().accept(ack.answer());
            }
        }
    }

    private void broadcastWithAck(ClusterMessage.Broadcast message, String requestId) {
        String asking = message.uid();
        Runnable forget = rooms.broadcastWithAck(
                new SocketPacket.Event(namespace.name(), SocketPacket.NO_ID, message.event(), message.args()),
                message.to(),
                count -> adapter.respond(
                        asking,
                        new ClusterMessage.BroadcastClientCount(adapter.uid(), namespace.name(), requestId, count)),
                ack -> adapter.respond(
                        asking, new ClusterMessage.BroadcastAck(adapter.uid(), namespace.name(), requestId, ack)));
        Duration timeout = message.to().flags().timeout();
        namespace.schedule(forget, timeout == null ? ACK_TIMEOUT : timeout);
    }

    private void fetch(ClusterMessage.FetchSockets message) {
        var unused = rooms.fetchSockets(message.to())
                .thenAccept(sockets -> adapter.respond(
                        message.uid(),
                        new ClusterMessage.FetchSocketsResponse(
                                adapter.uid(), namespace.name(), message.requestId(), sockets)));
    }

    private void serverSideEmit(ClusterMessage.ServerSideEmit message) {
        String requestId = message.requestId();
        Consumer<Arguments> ack = requestId == null
                ? null
                : args -> adapter.respond(
                        message.uid(),
                        new ClusterMessage.ServerSideEmitResponse(adapter.uid(), namespace.name(), requestId, args));
        namespace.onServerSideEmit(message.event(), message.args(), ack);
    }
}
