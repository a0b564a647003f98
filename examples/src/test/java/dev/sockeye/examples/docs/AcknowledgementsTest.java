package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.examples.Client;
import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.server.SocketIoServer;
import io.socket.client.Ack;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.json.JSONObject;
import org.junit.jupiter.api.Test;

class AcknowledgementsTest {
    private final List<String> log = new CopyOnWriteArrayList<>();

    // tag::records
    record Order(String id, int amount) {}

    record Receipt(String orderId) {}
    // end::records

    @Test
    void acknowledgements() throws Exception {
        try (Server server = Server.started()) {
            SocketIoServer io = server.io;
            // tag::answer
            io.onConnection(socket -> {
                socket.on("order", Order.class, (order, ack) -> {
                    if (order.amount() < 1) {
                        ack.error("amount must be 1 or more");
                    } else {
                        ack.send(new Receipt(order.id()));
                    }
                });
            });
            // end::answer
            io.onConnection(socket -> {
                // tag::ask
                socket.timeout(Duration.ofSeconds(5))
                        .emitWithAck("deliver", Receipt.class, new Order("o1", 3))
                        .whenComplete((receipt, failure) -> {
                            if (failure == null) {
                                log("delivered " + receipt.orderId());
                            } else {
                                log("not delivered: " + failure.getMessage());
                            }
                        });
                // end::ask
            });
            JSONObject receipt = new JSONObject("{\"orderId\": \"o1\"}");
            Client anna = server.client(Map.of());
            anna.socket.on("deliver", args -> ((Ack) args[1]).call(receipt));
            anna.socket.on("ready?", args -> ((Ack) args[0]).call("yes"));
            await().until(() -> log.contains("delivered o1"));
            assertThat(anna.ask("order", new JSONObject("{\"id\": \"o2\", \"amount\": 1}")))
                    .isEqualTo("[{\"orderId\":\"o2\"}]");
            assertThat(anna.ask("order", new JSONObject("{\"id\": \"o2\", \"amount\": 0}")))
                    .contains("amount must be 1 or more");
            assertThat(anna.ask("order", "no object")).contains("error");

            Client silent = server.client();
            assertThat(silent.socket.connected()).isTrue();
            // tag::broadcast
            io.timeout(Duration.ofSeconds(1))
                    .emitWithAck("ready?")
                    .thenAccept(answers -> log("all " + answers.size() + " answered"))
                    .exceptionally(failure -> {
                        if (failure.getCause() instanceof AckTimeoutException timeout) {
                            log("only " + timeout.responses().size() + " answered in time");
                        }
                        return null;
                    });
            // end::broadcast
            await().until(() -> log.contains("only 1 answered in time"));
        }
    }

    private void log(String line) {
        log.add(line);
    }
}
