package dev.sockeye.cli.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.server.SocketIoServer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A conversation whose lines come from a pipe. */
@Timeout(60)
class ConsoleTest {
    private final Queue<String> shown = new ConcurrentLinkedQueue<>();
    private final Queue<Object> received = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final SocketIoServer io = SocketIoServer.create();

    @BeforeEach
    void start() throws Exception {
        io.use((socket, next) -> {
            if (closed.get()) {
                next.fail("members only");
            } else {
                next.next();
            }
        });
        io.onConnection(socket -> {
            socket.on("kick", () -> socket.disconnect());
            socket.on("say", (args, ack) -> {
                received.add(args.get(0));
                ack.send("ok");
            });
        });
        io.listen(0);
    }

    @AfterEach
    void stop() throws Exception {
        io.closeAsync().get();
    }

    private boolean run(Screen screen, Console.Lines lines) throws Exception {
        ClientOptions options = ClientOptions.builder().autoConnect(false).build();
        try (SocketIoClient client = SocketIoClient.create()) {
            return new Console(screen, event -> {}, Duration.ofSeconds(5))
                    .run(setup -> client.socket("http://127.0.0.1:" + io.port(), options, setup), lines, true);
        }
    }

    private final class Recording extends Screen {
        @Override
        void show(String time, Kind kind, String text) {
            shown.add(text);
        }
    }

    /** Kicks itself, and sends a line when it is disconnected. */
    private class KickedAndBack implements Console.Lines {
        private int next;

        @Override
        public String next() {
            return switch (next++) {
                case 0 -> "kick";
                case 1 -> {
                    await().until(() -> shown.stream().anyMatch(text -> text.startsWith("disconnected")));
                    yield "say 7";
                }
                default -> null;
            };
        }
    }

    @Test
    void theLastLineIsSentAfterTheConnectionIsBack() throws Exception {
        assertThat(run(new Recording(), new KickedAndBack())).isTrue();
        await().untilAsserted(() -> assertThat(received).containsExactly(7));
    }

    @Test
    void aLineThatCannotBeSentIsAFailure() throws Exception {
        boolean good = run(new Recording(), new KickedAndBack() {
            @Override
            public String next() {
                closed.set(true);
                return super.next();
            }
        });
        assertThat(good).isFalse();
        assertThat(shown).anyMatch(text -> text.startsWith("not all lines were sent: members only"));
    }

    @Test
    void anAcknowledgementThatCannotBeShownDoesNotKeepTheCommandWaiting() throws Exception {
        boolean good = run(
                new Screen() {
                    @Override
                    void show(String time, Kind kind, String text) {
                        if (kind == Kind.ANSWER) {
                            throw new IllegalStateException("cannot show it");
                        }
                    }
                },
                new Console.Lines() {
                    private int next;

                    @Override
                    public String next() {
                        return next++ == 0 ? "?say 1" : null;
                    }
                });
        assertThat(good).isFalse();
    }
}
