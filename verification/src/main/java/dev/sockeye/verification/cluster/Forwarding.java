package dev.sockeye.verification.cluster;

import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.verification.wire.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Clients behind nginx without session affinity: all servers are restarted in turn, and one is killed; also measures the cost
 * of a forwarded poll.
 */
@Command(
        name = "forwarding",
        description = "sessions forwarded between three servers behind nginx: rolling restart, a killed server, cost",
        mixinStandardHelpOptions = true)
public final class Forwarding implements Callable<Integer> {
    @Option(names = "--clients", defaultValue = "1000", description = "a third each: polling, upgrade, WebSocket")
    private int clients = 1000;

    @Option(names = "--seconds", defaultValue = "10", description = "duration of each step in seconds")
    private int seconds = 10;

    @Option(names = "--host", defaultValue = "netty", description = "netty, tomcat, jetty or undertow")
    private String host = "netty";

    @Option(
            names = "--rounds",
            defaultValue = "2000",
            description = "echoes by polling to measure the cost; 0 to skip it")
    private int rounds = 2000;

    private final List<Child> nodes = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();
    private final Map<String, AtomicLong> seen = new ConcurrentHashMap<>();

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("forwarding");
        Process nginx = null;
        try {
            for (int i = 0; i < 3; i++) {
                ports.add(LocalPorts.free());
                nodes.add(start(ports.get(i)));
            }
            if (rounds > 0) {
                cost();
            }
            int port = LocalPorts.free();
            nginx = nginx(folder, port);
            boolean well = clients == 0 || run("http://127.0.0.1:" + port);
            System.out.println(well ? "all well" : "NOT WELL");
            return well ? 0 : 1;
        } finally {
            nodes.forEach(Child::close);
            if (nginx != null) {
                nginx.destroy();
            }
        }
    }

    private Child start(int port) throws IOException, InterruptedException {
        Child child = Child.java("forwarding-node", List.of("--port", Integer.toString(port), "--host", host));
        child.expect("listening");
        return child;
    }

    private Process nginx(Path folder, int port) throws IOException {
        StringBuilder all = new StringBuilder("daemon off;\nmaster_process off;\nworker_rlimit_nofile 20000;\npid ")
                .append(folder.resolve("nginx.pid"))
                .append(";\nevents { worker_connections 10000; }\nhttp {\naccess_log off;\n");
        for (String use : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
            all.append(use).append("_temp_path ").append(folder.resolve(use)).append(";\n");
        }
        String upstream = ports.stream()
                .map(node -> "server 127.0.0.1:" + node + " max_fails=1 fail_timeout=1s;")
                .collect(Collectors.joining("\n"));
        all.append("upstream nodes {\n")
                .append(upstream)
                .append("\nkeepalive 200;\n}\nmap $http_upgrade $up { default upgrade; \"\" \"\"; }\n")
                .append("server {\nlisten 127.0.0.1:")
                .append(port)
                .append(";\nlocation / {\nproxy_pass http://nodes;\nproxy_http_version 1.1;\n")
                .append("proxy_set_header Upgrade $http_upgrade;\nproxy_set_header Connection $up;\n")
                .append(
                        "proxy_set_header X-Forwarded-For $remote_addr;\nproxy_buffering off;\nproxy_next_upstream error timeout http_503;\n}\n}\n}\n");
        Path file = folder.resolve("nginx.conf");
        Files.writeString(file, all);
        String program = Files.isExecutable(Path.of("/usr/sbin/nginx")) ? "/usr/sbin/nginx" : "nginx";
        return new ProcessBuilder(program, "-e", folder.resolve("error.log").toString(), "-c", file.toString())
                .inheritIO()
                .start();
    }

    private boolean run(String url) throws Exception {
        try (SocketIoClient io = SocketIoClient.create()) {
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                sockets.add(connect(io, url, i));
            }
            boolean well = settled(sockets, "connected");
            watch(sockets, "at rest");
            for (int i = 0; i < 3; i++) {
                System.out.println("restarting server " + (i + 1));
                nodes.get(i).say("drain 5");
                nodes.get(i).expect("drained");
                nodes.set(i, start(ports.get(i)));
                watch(sockets, "server " + (i + 1) + " restarted");
            }
            well &= settled(sockets, "after the rolling restart");
            System.out.println("killing server 1");
            nodes.get(0).kill();
            watch(sockets, "server 1 killed");
            well &= settled(sockets, "after the kill");
            nodes.set(0, start(ports.get(0)));
            watch(sockets, "server 1 started again");
            return well && settled(sockets, "at the end");
        }
    }

    private Socket connect(SocketIoClient io, String url, int number) {
        TransportName[] transports = switch (number % 3) {
            case 0 -> new TransportName[] {TransportName.POLLING};
            case 1 -> new TransportName[] {TransportName.POLLING, TransportName.WEBSOCKET};
            default -> new TransportName[] {TransportName.WEBSOCKET};
        };
        ClientOptions options =
                ClientOptions.builder().forceNew(true).transports(transports).build();
        return io.socket(url, options, socket -> {
            socket.onConnectError(error -> count("connect_error: " + first(error.getMessage())));
            socket.onDisconnect((reason, details) -> count("disconnect: " + reason));
            socket.onConnect((id, recovered) -> count("connect"));
        });
    }

    private static String first(@Nullable String text) {
        return String.valueOf(text).lines().findFirst().orElse("");
    }

    private void count(String what) {
        seen.computeIfAbsent(what, added -> new AtomicLong()).incrementAndGet();
    }

    /** Lets all clients request echoes for some time and prints the results. */
    private void watch(List<Socket> sockets, String step) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        while (System.nanoTime() - end < 0) {
            for (Socket socket : sockets) {
                if (socket.connected()) {
                    var unused = socket.emitWithAck("echo", "hello")
                            .whenComplete((answer, error) -> count(
                                    error == null
                                            ? "echo"
                                            : "echo failed: " + error.getClass().getSimpleName()));
                }
            }
            LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
        }
        print(step);
    }

    private void print(String step) throws IOException, InterruptedException {
        System.out.println(step + ": " + new TreeMap<>(seen));
        seen.clear();
        for (Child node : nodes) {
            try {
                node.say("counts");
                System.out.println("   local forwarded failed refused received sessions: " + node.expect("counts"));
            } catch (IOException e) {
                System.out.println("   gone");
            }
        }
    }

    /** Whether all clients receive a response within two minutes; clients that are disconnected in the meantime ask again. */
    private static boolean settled(List<Socket> sockets, String when) {
        long start = System.nanoTime();
        long end = start + Duration.ofMinutes(2).toNanos();
        List<CompletableFuture<?>> asked = new ArrayList<>();
        sockets.forEach(socket -> asked.add(socket.emitWithAck("echo", "settled")));
        long answered = 0;
        while (answered < sockets.size() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            for (int i = 0; i < sockets.size(); i++) {
                if (asked.get(i).isCompletedExceptionally()) {
                    asked.set(i, sockets.get(i).emitWithAck("echo", "settled"));
                }
            }
            answered = asked.stream()
                    .filter(answer -> answer.isDone() && !answer.isCompletedExceptionally())
                    .count();
        }
        System.out.println(when + ": " + answered + " of " + sockets.size() + " clients received an answer after "
                + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
        return answered == sockets.size();
    }

    /** One polling client, alternately on the server of its session and on another one. */
    private void cost() throws Exception {
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        String path = "/socket.io/?EIO=4&transport=polling";
        String sid = Wire.sid(get(http, ports.get(0), path));
        path += "&sid=" + sid;
        post(http, ports.get(0), path, "40");
        get(http, ports.get(0), path);
        echoes(http, ports.get(0), path, rounds);
        echoes(http, ports.get(1), path, rounds);
        for (int i = 0; i < 3; i++) {
            for (int node = 0; node < 2; node++) {
                long first = nodes.get(0).cpuMicros();
                long second = nodes.get(1).cpuMicros();
                long[] took = echoes(http, ports.get(node), path, rounds);
                Arrays.sort(took);
                System.out.printf(
                        "%s: a POST and a poll take %d us (median), CPU-us of the session's server %d, of the other %d%n",
                        node == 0 ? "at its server" : "forwarded    ",
                        took[took.length / 2] / 1000,
                        (nodes.get(0).cpuMicros() - first) / rounds,
                        (nodes.get(1).cpuMicros() - second) / rounds);
            }
        }
    }

    private static long[] echoes(HttpClient http, int port, String path, int count) throws Exception {
        long[] took = new long[count];
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            post(http, port, path, "421[\"echo\",\"hello\"]");
            String answer = get(http, port, path);
            took[i] = System.nanoTime() - start;
            if (List.of(answer.split("\u001e", -1)).contains("2")) {
                post(http, port, path, "3");
            }
        }
        return took;
    }

    private static String get(HttpClient http, int port, String path) throws Exception {
        return http.send(request(port, path).build(), BodyHandlers.ofString()).body();
    }

    private static void post(HttpClient http, int port, String path, String body) throws Exception {
        String answer = http.send(
                        request(port, path)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString())
                .body();
        if (!answer.equals("ok")) {
            throw new IOException("refused: " + answer);
        }
    }

    private static HttpRequest.Builder request(int port, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }
}
