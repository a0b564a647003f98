package shop;

import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.spring.OnEvent;
import dev.sockeye.spring.SocketIoController;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** An application with one handler: sends it a request as a client, prints the response and exits. */
@SpringBootApplication
public class Shop {
    record Order(String id, int amount) {}

    @SocketIoController("/orders")
    static class Orders {
        @OnEvent("order")
        String order(Order order) {
            return "Hello, " + order.id() + "!";
        }
    }

    public static void main(String[] args) throws Exception {
        var context = (ServletWebServerApplicationContext) SpringApplication.run(Shop.class, "--server.port=0");
        int port = context.getWebServer().getPort();
        try (SocketIoClient io = SocketIoClient.create()) {
            System.out.println(io.socket("http://localhost:" + port + "/orders")
                    .emitWithAck("order", String.class, Map.of("id", "outsider", "amount", 1))
                    .get(20, TimeUnit.SECONDS));
        }
        context.close();
        System.exit(0);
    }
}
