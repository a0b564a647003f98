package dev.sockeye.spring;

import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import java.time.Duration;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts applications, connects clients. */
final class Clients {
    static final Duration SOON = Duration.ofSeconds(10);

    private Clients() {}

    static ConfigurableApplicationContext run(Class<?> application, String... args) {
        return run(new Class<?>[] {application}, args);
    }

    static ConfigurableApplicationContext run(Class<?>[] sources, String... args) {
        SpringApplication spring = new SpringApplication(sources);
        spring.setRegisterShutdownHook(false);
        String[] all = new String[args.length + 3];
        System.arraycopy(args, 0, all, 3, args.length);
        all[0] = "--server.port=0";
        all[1] = "--spring.main.banner-mode=off";
        all[2] = "--logging.level.root=warn";
        return spring.run(all);
    }

    static String url(ConfigurableApplicationContext context) {
        return "http://localhost:" + context.getEnvironment().getProperty("local.server.port");
    }

    static Socket connect(SocketIoClient client, String url, TransportName transport) throws InterruptedException {
        return client.socket(
                        url,
                        ClientOptions.builder()
                                .transports(transport)
                                .forceNew(true)
                                .build())
                .connectBlocking(SOON);
    }
}
