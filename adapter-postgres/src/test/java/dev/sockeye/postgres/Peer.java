package dev.sockeye.postgres;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server of the cluster, Sockeye or the official one. Binary results are returned as the text {@code bin:<hex>}. */
interface Peer extends AutoCloseable {

    /** The target of an operation. */
    record To(String namespace, List<String> rooms, List<String> except, boolean local) {
        static final To ALL = new To("/", List.of(), List.of(), false);

        static To room(String... rooms) {
            return new To("/", List.of(rooms), List.of(), false);
        }

        static To except(String... rooms) {
            return new To("/", List.of(), List.of(rooms), false);
        }

        static To here() {
            return new To("/", List.of(), List.of(), true);
        }

        static To namespace(String name) {
            return new To(name, List.of(), List.of(), false);
        }
    }

    /** The answers, and the error if there was one. */
    record Answers(List<?> values, @Nullable String error) {}

    int port();

    default String url() {
        return "http://127.0.0.1:" + port();
    }

    void emit(To to, String event, Object... args);

    Answers emitWithAck(To to, Duration timeout, String event, Object... args);

    List<Map<String, Object>> fetchSockets(To to);

    void join(To to, String... rooms);

    void leave(To to, String... rooms);

    void disconnect(To to, boolean close);

    void serverSideEmit(String event, Object... args);

    Answers serverSideEmitWithAck(String event, Object... args);

    /** Records the events with this name, and answers them unless silent. */
    void answer(String event, Object value, boolean silent);

    List<?> serverEvents();

    @Override
    void close();
}
