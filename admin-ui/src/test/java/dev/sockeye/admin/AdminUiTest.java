package dev.sockeye.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The events that an admin receives, and the effects of the commands; packets as they are on the wire. */
@DisplayName("The Admin UI")
class AdminUiTest {
    private final SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.defaults());
    private final List<AutoCloseable> open = new ArrayList<>();

    private AdminUiOptions.Builder options() {
        return AdminUiOptions.builder().auth(AdminAuth.none()).serverId("one");
    }

    private void start(AdminUiOptions.Builder options) throws IOException {
        open.add(AdminUi.instrument(io, options.build()));
        io.listen(0);
    }

    private <T extends AutoCloseable> T later(T closed) {
        open.add(closed);
        return closed;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        io.close();
    }

    @Test
    @Tag("admin.index.01")
    @Tag("admin.index.03")
    @Tag("admin.index.08")
    void aNamespaceWithoutAuthAcceptsEveryoneAndReportsItsFeatures() throws Exception {
        start(options());
        RawClient admin = later(RawClient.admin(io));
        assertThat(admin.take(text -> text.startsWith("42/admin,[\"config\""), "config"))
                .isEqualTo("42/admin,[\"config\",{\"supportedFeatures\":[\"EMIT\",\"JOIN\",\"LEAVE\",\"DISCONNECT\","
                        + "\"MJOIN\",\"MLEAVE\",\"MDISCONNECT\",\"AGGREGATED_EVENTS\",\"ALL_EVENTS\"]}]");
    }

    @Test
    @Tag("admin.index.02")
    void theNamespaceNameIsConfigurable() throws Exception {
        start(options().namespaceName("custom"));
        RawClient client = later(RawClient.open(io));
        assertThat(client.join("/custom", "")).startsWith("40/custom,");
        assertThat(client.join("/admin", "")).isEqualTo("44/admin,{\"message\":\"Invalid namespace\"}");
    }

    @Test
    @Tag("admin.index.09")
    void readonlyModeIgnoresCommands() throws Exception {
        start(options().readonly(true));
        RawClient client = later(RawClient.connect(io));
        RawClient admin = later(RawClient.admin(io));
        assertThat(admin.event("config").toString())
                .isEqualTo("[{\"supportedFeatures\":[\"AGGREGATED_EVENTS\",\"ALL_EVENTS\"]}]");
        admin.send("42/admin,[\"_disconnect\",\"/\",false]");
        admin.send("42/admin,[\"emit\",\"/\",null,\"hi\"]");
        admin.send("40/unknown"); // answered after what came before
        admin.take(text -> text.startsWith("44/unknown"), "an answer");
        io.emit("last");
        client.take(text -> text.equals("42[\"last\"]"), "the event");
        assertThat(client.received()).noneMatch(text -> text.startsWith("41") || text.contains("hi"));
    }

    @Test
    @Tag("admin.index.10")
    void productionModeReportsOnlyStats() throws Exception {
        start(options().readonly(true).mode(AdminUiOptions.Mode.PRODUCTION));
        RawClient admin = later(RawClient.admin(io));
        assertThat(admin.event("config").toString()).isEqualTo("[{\"supportedFeatures\":[\"AGGREGATED_EVENTS\"]}]");
        RawClient client = later(RawClient.connect(io));
        client.send("42[\"hello\"]");
        JsonNode stats = admin.event(
                "server_stats", args -> args.get(0).get("clientsCount").asInt() == 2);
        assertThat(stats.get(0).propertyNames())
                .containsExactly(
                        "serverId",
                        "hostname",
                        "pid",
                        "uptime",
                        "clientsCount",
                        "pollingClientsCount",
                        "aggregatedEvents",
                        "namespaces");
        assertThat(admin.received()).noneMatch(text -> text.contains("socket_") || text.contains("event_"));
        assertThat(io.sockets().sockets().values())
                .allMatch(socket -> socket.data().isEmpty());
    }

    @Test
    void theStatsMatchTheServer() throws Exception {
        io.of("/chat");
        start(options().mode(AdminUiOptions.Mode.PRODUCTION));
        RawClient admin = later(RawClient.admin(io));
        RawClient client = later(RawClient.connect(io));
        client.send("42[\"héllo\"]");
        client.send("41");
        client.close();
        Map<String, Long> sums = new ConcurrentHashMap<>();
        await().atMost(RawClient.LIMIT).until(() -> {
            JsonNode stats = admin.event("server_stats").get(0);
            for (JsonNode event : stats.get("aggregatedEvents")) {
                assertThat(event.get("timestamp").asLong() % 1000).isZero();
                String subType =
                        event.has("subType") ? " " + event.get("subType").asString() : "";
                sums.merge(
                        event.get("type").asString() + subType,
                        event.get("count").asLong(),
                        Long::sum);
            }
            assertThat(stats.get("serverId").asString()).isEqualTo("one");
            assertThat(stats.get("pid").asLong())
                    .isEqualTo(ProcessHandle.current().pid());
            return sums.keySet().stream().anyMatch(type -> type.startsWith("rawDisconnection"))
                    && stats.get("namespaces")
                            .toString()
                            .equals("[{\"name\":\"/\",\"socketsCount\":0},{\"name\":\"/admin\",\"socketsCount\":1},"
                                    + "{\"name\":\"/chat\",\"socketsCount\":0}]");
        });
        // CONNECT to /admin, CONNECT, the event of ten bytes and DISCONNECT: without the digits of
        // the Engine.IO packets
        assertThat(sums)
                .containsEntry("rawConnection", 2L)
                .containsEntry("packetsIn", 4L)
                .containsEntry("bytesIn", (long) ("0/admin," + "0" + "2[\"héllo\"]" + "1").length() + 1)
                .containsEntry("rawDisconnection transport close", 1L);
    }

    @Test
    @Tag("admin.index.11")
    void anAdminReceivesAllSocketsOnConnect() throws Exception {
        io.of("/chat");
        start(options());
        RawClient client = later(RawClient.connect(io, "Authorization", "secret", "Cookie", "a=b", "X-Test", "1"));
        client.join("/chat", "{\"token\":\"secret\"}");
        await().atMost(RawClient.LIMIT)
                .until(() -> io.of("/chat").sockets().size() == 1
                        && io.sockets().sockets().size() == 1);
        RawClient admin = later(RawClient.admin(io));
        JsonNode all = admin.event("all_sockets").get(0);
        assertThat(all).extracting(socket -> socket.get("nsp").asString()).containsExactly("/", "/admin", "/chat");
        JsonNode socket = all.get(0);
        var known = io.sockets().sockets().values().iterator().next();
        assertThat(socket.propertyNames())
                .containsExactly("id", "clientId", "transport", "nsp", "data", "handshake", "rooms");
        assertThat(socket.get("id").asString()).isEqualTo(known.id());
        assertThat(socket.get("clientId").asString())
                .isEqualTo(known.conn().id().substring(0, 12));
        assertThat(socket.get("transport").asString()).isEqualTo("websocket");
        assertThat(socket.get("data").toString()).isEqualTo("{}");
        assertThat(socket.get("rooms").toString()).isEqualTo("[\"" + known.id() + "\"]");
        JsonNode handshake = socket.get("handshake");
        assertThat(handshake.propertyNames())
                .containsExactly("address", "headers", "query", "issued", "secure", "time", "url", "xdomain");
        assertThat(handshake.get("headers").propertyNames())
                .contains("x-test", "upgrade")
                .doesNotContain("authorization", "cookie");
        assertThat(all.toString()).doesNotContain("secret");
    }

    @Test
    void credentialHeadersAreShownWhenEnabled() throws Exception {
        start(options().credentialHeaders(true));
        later(RawClient.connect(io, "Cookie", "a=b", "X-Forwarded-For", "1.2.3.4"));
        RawClient admin = later(RawClient.admin(io));
        JsonNode handshake = admin.event("all_sockets").get(0).get(0).get("handshake");
        assertThat(handshake.get("headers").get("cookie").asString()).isEqualTo("a=b");
        assertThat(handshake.get("address").asString()).isEqualTo("1.2.3.4");
    }

    @Test
    @Tag("admin.index.12")
    void socketLifecycleEventsAreReported() throws Exception {
        io.onConnection(socket -> socket.join("room1"));
        start(options());
        RawClient admin = later(RawClient.admin(io));
        admin.event("all_sockets");
        RawClient client = later(RawClient.open(io));
        String sid = RawClient.sid(client.join("/", ""));
        admin.event("room_joined", args -> args.get(1).asString().equals("room1"));
        client.send("41");
        admin.event("room_left", args -> args.get(1).asString().equals("room1"));
        // in this order; those of the room were read above
        start(admin, sid);
    }

    private void start(RawClient admin, String sid) {
        JsonNode joined =
                admin.event("room_joined", args -> args.get(2).asString().equals(sid));
        assertThat(joined.get(0).asString()).isEqualTo("/");
        assertThat(joined.get(1).asString()).isEqualTo(sid);
        assertThat(joined.get(3).asString()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        JsonNode connected = admin.event(
                "socket_connected", args -> args.get(0).get("id").asString().equals(sid));
        assertThat(connected.get(0).get("rooms").toString()).isEqualTo("[\"" + sid + "\"]");
        List<String> end = admin.received().stream()
                .filter(text -> text.contains("socket_disconnected") || text.contains("room_left"))
                .toList();
        assertThat(end).hasSize(2);
        assertThat(end.get(0))
                .startsWith(
                        "42/admin,[\"socket_disconnected\",\"/\",\"" + sid + "\",\"client namespace disconnect\",\"");
        assertThat(end.get(1)).startsWith("42/admin,[\"room_left\",\"/\",\"" + sid + "\",\"" + sid + "\",\"");
    }

    @Test
    @Tag("admin.index.13")
    void changesOfSocketDataAreReportedIncludingNestedOnes() throws Exception {
        Map<String, Object> nested = new ConcurrentHashMap<>(Map.of("count", 1));
        start(options());
        RawClient admin = later(RawClient.admin(io));
        RawClient client = later(RawClient.connect(io));
        var socket = io.sockets().sockets().values().iterator().next();
        JsonNode connected = admin.event("socket_connected").get(0);
        while (!connected.get("id").asString().equals(socket.id())) { // the admin is reported, too
            connected = admin.event("socket_connected").get(0);
        }
        socket.data().put("nested", nested); // not before: it would be part of that report
        JsonNode first = admin.event("socket_updated").get(0);
        assertThat(first.toString())
                .isEqualTo("{\"id\":\"" + socket.id() + "\",\"nsp\":\"/\",\"data\":{\"nested\":{\"count\":1}}}");
        nested.put("count", 2);
        assertThat(admin.event("socket_updated").get(0).get("data").toString()).isEqualTo("{\"nested\":{\"count\":2}}");
        socket.data().remove("nested");
        assertThat(admin.event("socket_updated").get(0).get("data").toString()).isEqualTo("{}");
        assertThat(client.closed()).isFalse();
    }

    @Test
    void anErrorInSocketDataDoesNotEndTheReports() throws Exception {
        start(options());
        RawClient admin = later(RawClient.admin(io));
        RawClient client = later(RawClient.connect(io));
        var socket = io.sockets().sockets().values().iterator().next();
        AtomicInteger reads = new AtomicInteger();
        socket.data().put("broken", new AbstractMap<String, Object>() {
            @Override
            public Set<Entry<String, Object>> entrySet() {
                reads.incrementAndGet();
                throw new LinkageError("expected in this test");
            }
        });
        await().atMost(RawClient.LIMIT).until(() -> reads.get() > 0);
        socket.data().remove("broken");
        socket.data().put("count", 1);
        assertThat(admin.event("socket_updated").get(0).get("data").toString()).isEqualTo("{\"count\":1}");
        assertThat(client.closed()).isFalse();
    }

    @Test
    void sessionsThatWereOpenedBeforeAreCounted() throws Exception {
        io.listen(0);
        PollingClient before = new PollingClient(io);
        PollingClient closed = new PollingClient(io);
        open.add(AdminUi.instrument(io, options().build()));
        RawClient admin = later(RawClient.admin(io));
        admin.event(
                "server_stats", args -> args.get(0).get("pollingClientsCount").asInt() == 2);
        closed.post("1");
        admin.event(
                "server_stats", args -> args.get(0).get("pollingClientsCount").asInt() == 1);
        before.post("1");
        new PollingClient(io);
        admin.event(
                "server_stats",
                args -> args.get(0).get("clientsCount").asInt() == 2
                        && args.get(0).get("pollingClientsCount").asInt() == 1);
    }

    @Test
    void aTransportUpgradeIsReported() throws Exception {
        start(options());
        RawClient admin = later(RawClient.admin(io));
        admin.event("all_sockets");
        PollingClient polling = new PollingClient(io);
        polling.post("40");
        JsonNode connected = admin.event(
                "socket_connected", args -> args.get(0).get("nsp").asString().equals("/"));
        assertThat(connected.get(0).get("transport").asString()).isEqualTo("polling");
        JsonNode stats = admin.event(
                "server_stats", args -> args.get(0).get("pollingClientsCount").asInt() == 1);
        assertThat(stats.get(0).get("clientsCount").asInt()).isEqualTo(2);
        RawClient upgraded = later(RawClient.upgrading(io, polling.sid()));
        upgraded.send("2probe");
        upgraded.take(text -> text.equals("3probe"), "the answer to the probe");
        upgraded.send("5");
        assertThat(admin.event("socket_updated").get(0).toString())
                .isEqualTo("{\"id\":\"" + connected.get(0).get("id").asString()
                        + "\",\"nsp\":\"/\",\"transport\":\"websocket\"}");
        admin.event(
                "server_stats", args -> args.get(0).get("pollingClientsCount").asInt() == 0);
        var socket = io.sockets().sockets().values().iterator().next();
        assertThat(socket.data().get("_admin"))
                .isEqualTo(Map.of("clientId", polling.sid().substring(0, 12), "transport", "websocket"));
    }

    @Test
    @Tag("admin.events.01")
    @Tag("admin.events.02")
    @Tag("admin.events.03")
    @Tag("admin.events.04")
    void eventsInBothDirectionsAreReportedWithoutTheirAcknowledgements() throws Exception {
        io.onConnection(socket -> socket.on("hello", (args, ack) -> {
            ack.send("ok");
            socket.emit("bye", 1, Map.of("x", new byte[] {1, 2}));
            var unused = socket.emitWithAck("question", "?");
        }));
        start(options());
        RawClient admin = later(RawClient.admin(io));
        admin.event("all_sockets");
        RawClient client = later(RawClient.open(io));
        String sid = RawClient.sid(client.join("/", ""));
        client.send("420[\"hello\",{\"a\":1}]");
        client.send("42[\"other\"]");
        JsonNode received = admin.event("event_received");
        assertThat(received.get(0).asString()).isEqualTo("/");
        assertThat(received.get(1).asString()).isEqualTo(sid);
        assertThat(received.get(2).toString()).isEqualTo("[\"hello\",{\"a\":1}]");
        assertThat(admin.event("event_received").get(2).toString()).isEqualTo("[\"other\"]");
        JsonNode sent = admin.event("event_sent");
        assertThat(sent.get(1).asString()).isEqualTo(sid);
        assertThat(sent.get(2).toString()).isEqualTo("[\"bye\",1,{\"x\":{\"_placeholder\":true,\"num\":0}}]");
        assertThat(admin.event("event_sent").get(2).toString()).isEqualTo("[\"question\",\"?\"]");
        await().atMost(RawClient.LIMIT).until(() -> admin.binaries() == 1);
        io.emit("all", List.of(1, 2));
        assertThat(admin.event("event_sent").get(2).toString()).isEqualTo("[\"all\",[1,2]]");
    }

    @Test
    @Tag("admin.index.14")
    void commandsApplyToTheSocketsOfARoomOrToAllSockets() throws Exception {
        start(options());
        RawClient admin = later(RawClient.admin(io));
        RawClient one = later(RawClient.open(io));
        RawClient two = later(RawClient.open(io));
        String first = RawClient.sid(one.join("/", ""));
        String second = RawClient.sid(two.join("/", ""));
        admin.send("42/admin,[\"join\",\"/\",\"room1\",\"" + first + "\"]");
        admin.event("room_joined", args -> args.get(1).asString().equals("room1"));
        admin.send("42/admin,[\"emit\",\"/\",\"room1\",\"hi\",1,{\"b\":[true]}]");
        assertThat(one.take(text -> text.startsWith("42"), "the event")).isEqualTo("42[\"hi\",1,{\"b\":[true]}]");
        admin.send("42/admin,[\"join\",\"/\",\"room2\"]");
        admin.event(
                "room_joined",
                args -> args.get(1).asString().equals("room2")
                        && args.get(2).asString().equals(second));
        admin.send("42/admin,[\"leave\",\"/\",\"room2\",\"room1\"]");
        admin.event(
                "room_left",
                args -> args.get(1).asString().equals("room2")
                        && args.get(2).asString().equals(first));
        assertThat(io.sockets().adapter().socketRooms(second)).contains("room2");
        admin.send("42/admin,[\"emit\",\"/\",null,\"everybody\"]");
        one.take(text -> text.equals("42[\"everybody\"]"), "the event");
        two.take(text -> text.equals("42[\"everybody\"]"), "the event");
        admin.send("42/admin,[\"_disconnect\",\"/\",false,\"room1\"]");
        one.take(text -> text.equals("41"), "DISCONNECT");
        admin.send("42/admin,[\"_disconnect\",\"/\",true]");
        await().atMost(RawClient.LIMIT).until(two::closed);
        assertThat(one.received()).noneMatch(text -> text.contains("question"));
    }

    @Test
    void invalidCommandsAreIgnored() throws Exception {
        start(options());
        RawClient client = later(RawClient.connect(io));
        RawClient admin = later(RawClient.admin(io));
        for (String wrong : List.of(
                "[\"emit\"]",
                "[\"emit\",\"/\"]",
                "[\"emit\",\"/\",null,\"connect\"]",
                "[\"emit\",\"/nowhere\",null,\"x\"]",
                "[\"join\",\"/\",5]",
                "[\"join\",\"/\",\"room\",7]",
                "[\"leave\",null,\"room\"]",
                "[\"_disconnect\",\"/nowhere\",true]",
                "[\"_disconnect\",\"/\",\"yes\"]",
                "[\"_disconnect\",\"/\",true,{}]")) {
            admin.send("42/admin," + wrong);
        }
        admin.send("42/admin,[\"emit\",\"/\",null,\"last\"]");
        client.take(text -> text.equals("42[\"last\"]"), "the event");
        assertThat(client.received()).noneMatch(text -> text.startsWith("4"));
        assertThat(io.namespaces()).containsOnlyKeys("/", "/admin");
        assertThat(io.sockets().adapter().rooms()).doesNotContainKey("room");
    }

    @Test
    @Tag("admin.index.15")
    void dynamicNamespacesAreReported() throws Exception {
        io.of(Pattern.compile("^/dynamic-\\d+$")).onConnection(socket -> socket.join("room"));
        start(options());
        RawClient admin = later(RawClient.admin(io));
        RawClient client = later(RawClient.open(io));
        client.join("/dynamic-101", "");
        JsonNode connected = admin.event(
                "socket_connected", args -> args.get(0).get("nsp").asString().equals("/dynamic-101"));
        assertThat(connected.get(0).get("rooms")).hasSize(1);
        admin.event("room_joined", args -> args.get(1).asString().equals("room"));
    }

    @Test
    void nothingIsReportedAfterClose() throws Exception {
        start(options());
        RawClient admin = later(RawClient.admin(io));
        ((AdminUi) open.get(0)).close();
        admin.take(text -> text.equals("41/admin,"), "DISCONNECT");
        later(RawClient.connect(io));
        assertThat(io.sockets().sockets().values())
                .allMatch(socket -> socket.data().isEmpty());
        assertThat(admin.join("/admin", "")).startsWith("40/admin,");
        admin.take(text -> text.equals("41/admin,"), "DISCONNECT");
    }

    /** For instance with other options, while the server is running. */
    @Test
    void aServerCanBeInstrumentedAgainAfterClosing() throws Exception {
        AdminUi first = AdminUi.instrument(
                io, options().auth(AdminAuth.of((name, password) -> false)).build());
        io.listen(0);
        first.close();
        RawClient refused = later(RawClient.open(io));
        assertThat(refused.join("/admin", "")).contains("the Admin UI is closed");
        open.add(AdminUi.instrument(io, options().build()));
        RawClient admin = later(RawClient.admin(io));
        assertThat(admin.take(text -> text.startsWith("42/admin,[\"config\""), "config"))
                .contains("supportedFeatures");
        RawClient client = later(RawClient.connect(io));
        assertThat(admin.event("socket_connected").get(1)).isNotNull();
        assertThat(client.closed()).isFalse();
    }

    @Test
    void invalidOptionsAreRefused() {
        assertThatThrownBy(() -> AdminUiOptions.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("the `auth` option must be specified");
        assertThatIllegalArgumentException().isThrownBy(() -> AdminAuth.basic("admin", "changeit"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().namespaceName("/").build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().pagePath("a/b").build());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options().maxLoginAttempts(0).build());
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> options().loginWindow(Duration.ofDays(200_000)).build())
                .withMessageContaining("loginWindow");
    }
}
