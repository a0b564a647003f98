package dev.sockeye.test;

import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.DisconnectReason;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.Namespace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A client of a {@link SockeyeTest}: the real client, which also records what it receives. Its methods complete all
 * resulting work before they return. Must be used on the thread of the test.
 */
public final class TestSocket {
    /** An offset in the format of {@code SessionAwareAdapter}. */
    private static final Pattern OFFSET = Pattern.compile("[0-9a-z]{6,}\\.[0-9a-z]+");

    private final SockeyeTest test;
    private final MemoryNetwork network;
    private final Socket socket;
    private final String name;
    private final List<ReceivedEvent> received = new ArrayList<>();
    private final List<ConnectErrorException> connectErrors = new CopyOnWriteArrayList<>();
    private final List<DisconnectReason> disconnects = new CopyOnWriteArrayList<>();

    TestSocket(SockeyeTest test, MemoryNetwork network, Socket socket, String name) {
        this.test = test;
        this.network = network;
        this.socket = socket;
        this.name = name;
        socket.prependAny(this::record);
        socket.onConnectError(connectErrors::add);
        socket.onDisconnect((reason, details) -> disconnects.add(reason));
        socket.onError(test::failed);
    }

    private void record(String event, Arguments args) {
        ReceivedEvent got = new ReceivedEvent(event, test.recovers() ? withoutOffset(args) : args);
        synchronized (received) {
            received.add(got);
        }
    }

    /** With recovery, most events have an additional argument at the end, the offset. */
    private Arguments withoutOffset(Arguments args) {
        int last = args.size() - 1;
        if (last < 0
                || !(args.get(last) instanceof String text)
                || !OFFSET.matcher(text).matches()
                || !isOfThisServer(text)) {
            return args;
        }
        Object[] kept = new Object[last];
        Arrays.setAll(kept, args::payload);
        return Arguments.of(kept);
    }

    /** Whether a text is an offset of the adapter; if the adapter has other offsets, any text of that form is. */
    private boolean isOfThisServer(String text) {
        Namespace namespace = test.server().namespaces().get(socket.namespaceName());
        String current = namespace == null ? null : namespace.adapter().currentOffset();
        return current == null
                || !OFFSET.matcher(current).matches()
                || text.startsWith(current.substring(0, current.indexOf('.') + 1));
    }

    /** The client itself, for adding listeners and for everything that has no method here. Its blocking methods throw an exception. */
    public Socket socket() {
        return socket;
    }

    /** The public id; {@code null} if the client is not connected. */
    public @Nullable String id() {
        test.settle();
        return socket.id();
    }

    /** Whether the client is connected now. */
    public boolean connected() {
        test.settle();
        return socket.connected();
    }

    /** Connects to another namespace on the same connection. Call this once for each namespace. */
    public TestSocket of(String namespace) {
        Socket other = socket.io()
                .socket(namespace, ClientOptions.builder().autoConnect(false).build());
        TestSocket made = new TestSocket(test, network, other, name);
        other.connect();
        test.settle();
        return made;
    }

    /** Emits an event. {@code socket.emit()}. */
    public void emit(String event, @Nullable Object... args) {
        socket.emit(event, args);
        test.settle();
    }

    /** Emits a typed event. */
    public <T> void emit(Event<T> event, T value) {
        socket.emit(event, value);
        test.settle();
    }

    /**
     * Emits an event and waits for its acknowledgement. {@code socket.emitWithAck()}.
     *
     * @throws AssertionError if there was none; the message contains the reason
     */
    public Arguments call(String event, @Nullable Object... args) {
        CompletableFuture<Arguments> answer = socket.emitWithAck(event, args);
        if (!test.await(answer::isDone)) {
            throw new AssertionError(this + " got no acknowledgement of \"" + event + "\"" + problems());
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw new AssertionError(
                    this + " got no acknowledgement of \"" + event + "\": " + e.getCause() + problems(), e.getCause());
        }
    }

    /**
     * Emits a typed request; see {@link #call(String, Object...)}.
     *
     * @throws dev.sockeye.socketio.AckErrorException if the server answered with an error
     */
    public <Q, A> A call(Request<Q, A> request, Q question) {
        return request.answer(call(request.name(), question));
    }

    /** Disconnects. {@code socket.disconnect()}. */
    public void disconnect() {
        socket.disconnect();
        test.settle();
    }

    /** Reconnects after {@link #disconnect()}. {@code socket.connect()}. */
    public void connect() {
        socket.connect();
        test.settle();
    }

    /**
     * Breaks the connection; both ends detect it immediately. The client reconnects after its delay: {@code
     * sockeye.clock().advance(Duration.ofSeconds(1))} with the default options.
     */
    public void loseConnection() {
        test.loop().execute(network::cut);
        test.settle();
    }

    /**
     * The connection stops transferring data without notifying either end, as when a phone loses its network. The
     * heartbeat detects it.
     */
    public void freeze() {
        test.loop().execute(network::silence);
        test.settle();
    }

    /** Breaks the connection; new connections fail until {@link #goOnline()}. */
    public void goOffline() {
        test.loop().execute(() -> network.reachable(false));
        test.settle();
    }

    /** Makes the server reachable again, from the next attempt on. */
    public void goOnline() {
        test.loop().execute(() -> network.reachable(true));
        test.settle();
    }

    /** A snapshot of all received events, in order. */
    public List<ReceivedEvent> received() {
        test.settle();
        return receivedSoFar();
    }

    List<ReceivedEvent> receivedSoFar() {
        synchronized (received) {
            return List.copyOf(received);
        }
    }

    /** Clears the received events. */
    public void clearReceived() {
        test.settle();
        synchronized (received) {
            received.clear();
        }
    }

    /** A snapshot of the reasons why connection attempts failed, in order. */
    public List<ConnectErrorException> connectErrors() {
        test.settle();
        return List.copyOf(connectErrors);
    }

    /** A snapshot of the reasons why the socket was disconnected, in order. */
    public List<DisconnectReason> disconnects() {
        test.settle();
        return List.copyOf(disconnects);
    }

    SockeyeTest test() {
        return test;
    }

    /** For failure messages: the state, and what went wrong so far. */
    String problems() {
        StringBuilder text =
                new StringBuilder("\nThe socket is ").append(socket.connected() ? "connected." : "not connected.");
        disconnects.forEach(reason -> text.append("\nIt was disconnected: ").append(reason.text()));
        connectErrors.forEach(error -> text.append("\nIt could not connect: ").append(error.getMessage()));
        test.errorsSoFar()
                .forEach(
                        error -> text.append("\nA handler or listener failed: ").append(error));
        return text.toString();
    }

    /** The client and its namespace. */
    @Override
    public String toString() {
        return name + " (" + socket.namespaceName() + ")";
    }
}
