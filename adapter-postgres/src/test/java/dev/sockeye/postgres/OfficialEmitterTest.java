package dev.sockeye.postgres;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code @socket.io/postgres-emitter} and servers with {@link PostgresAdapter}. All servers are Java servers, because those of
 * the official adapter 0.5 ignore its messages, which do not contain their namespace.
 */
class OfficialEmitterTest extends EmitterContract {
    @Override
    Peer java() throws Exception {
        return new JavaPeer(PostgresAdapter.create(postgres.source(database)), null);
    }

    @Override
    Peer node() throws Exception {
        return java();
    }

    @Override
    List<Sender> senders() {
        return List.of(official());
    }

    @Test
    @Tag("pgemit.index.01")
    @Tag("pgemit.index.03")
    @Tag("pgemit.index.04")
    void broadcastsReachClients() throws Exception {
        each(this::broadcasts);
    }

    @Test
    @Tag("pgemit.index.02")
    void broadcastsStayInTheirNamespace() throws Exception {
        each(this::namespaces);
    }

    @Test
    @Tag("pgemit.index.05")
    @Tag("pgemit.index.06")
    @Tag("pgemit.index.07")
    @Tag("pgemit.index.08")
    @Tag("pgemit.index.09")
    @Tag("pgemit.index.10")
    void socketsJoinAndLeave() throws Exception {
        each(this::moves);
    }

    @Test
    @Tag("pgemit.index.11")
    void socketsAreDisconnected() throws Exception {
        each(this::disconnects);
    }

    @Test
    @Tag("pgemit.index.12")
    void serverSideEmitReachesAllServers() throws Exception {
        each(this::tells);
    }
}
