package shop;

import dev.sockeye.socketio.client.SocketIoClient;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** Starts the application on a free port, sends it an order as a client does, prints a greeting and ends. */
public final class Check {
    public static void main(String[] args) throws Exception {
        var context = (ServletWebServerApplicationContext)
                SpringApplication.run(Class.forName("shop.Shop"), "--server.port=0");
        int port = context.getWebServer().getPort();
        try (SocketIoClient io = SocketIoClient.create()) {
            String answer = io.socket("http://localhost:" + port)
                    .emitWithAck("order", String.class, Map.of("id", "salmon", "amount", 2))
                    .get(20, TimeUnit.SECONDS);
            if (!answer.equals("ordered 2 of salmon")) {
                throw new IllegalStateException(answer);
            }
        }
        System.out.println("Hello, outsider!");
        context.close();
        System.exit(0);
    }
}
