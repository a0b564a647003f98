package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A message that arrives with the upgrade request and pauses reading")
class EarlyPauseTest {

    private final EchoEngine engine = new EchoEngine();
    private @Nullable NettyHost host;

    @AfterEach
    void stop() {
        if (host != null) {
            host.close();
        }
    }

    /** Otherwise a client could fill the memory while its handlers are busy. */
    @ParameterizedTest
    @EnumSource(
            value = NettyIo.class,
            names = {"AUTO", "NIO"})
    void keepsItPaused(NettyIo io) throws Exception {
        host = NettyHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                engine,
                NettyHostOptions.builder().io(io).loops(1).build());
        engine.onUpgrade = upgrade -> upgrade.accept(List.of(), 1000, null, new MessageListener() {
            private @Nullable MessageConnection connection;

            @Override
            public void onOpen(MessageConnection opened) {
                connection = opened;
                engine.sockets.add(opened);
            }

            @Override
            public void onText(byte[] utf8) {
                connection.autoRead(false);
                engine.events.add(new String(utf8, StandardCharsets.UTF_8));
            }

            @Override
            public void onBinary(byte[] data) {}

            @Override
            public void onDrained() {}

            @Override
            public void onClose(int code, @Nullable Throwable error) {
                engine.events.add("close " + code);
            }
        });
        try (RawClient client = new RawClient(host)) {
            byte[] request = RawClient.upgradeRequest("/engine.io/").getBytes(StandardCharsets.ISO_8859_1);
            byte[] frame = client.masked(0x81, "first".getBytes(StandardCharsets.UTF_8));
            byte[] both = Arrays.copyOf(request, request.length + frame.length);
            System.arraycopy(frame, 0, both, request.length, frame.length);
            client.send(both);
            assertThat(client.response(false).status()).isEqualTo(101);
            assertThat(engine.events.poll(10, TimeUnit.SECONDS)).isEqualTo("first");
            client.text("second");
            assertThat(engine.events.poll(200, TimeUnit.MILLISECONDS)).isNull();
            MessageConnection connection = engine.sockets.poll(10, TimeUnit.SECONDS);
            SocketWireTest.onLoop(connection.loop(), () -> connection.autoRead(true));
            assertThat(engine.events.poll(10, TimeUnit.SECONDS)).isEqualTo("second");
        }
    }
}
