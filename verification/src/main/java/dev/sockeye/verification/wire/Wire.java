package dev.sockeye.verification.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client that works with raw packets, for tests of the protocol. */
public final class Wire {
    /** Longer than anything a test waits for. */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    /** The separator of packets in a payload of protocol 4. */
    public static final String RS = "\u001e";

    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    private static final Pattern SID = Pattern.compile("\"sid\":\"([^\"]+)\"");

    private final String origin;
    private final String path;

    public Wire(int port, String path) {
        this.origin = "http://127.0.0.1:" + port;
        this.path = path;
    }

    /** The engine's path with a query. */
    public URI uri(String query) {
        return URI.create(origin + path + "?" + query);
    }

    /** Another path on the same server. */
    public URI at(String other) {
        return URI.create(origin + other);
    }

    static HttpRequest.Builder request(URI uri, String... headers) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(uri).timeout(PATIENCE);
        if (headers.length > 0) {
            builder.headers(headers);
        }
        return builder;
    }

    /** Sends a request and waits for the response. */
    public static HttpResponse<byte[]> send(HttpRequest request) {
        try {
            return HTTP.send(request, BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public HttpResponse<byte[]> get(String query, String... headers) {
        return send(request(uri(query), headers).GET().build());
    }

    public CompletableFuture<HttpResponse<byte[]>> getLater(String query) {
        return HTTP.sendAsync(request(uri(query)).GET().build(), BodyHandlers.ofByteArray());
    }

    public HttpResponse<byte[]> getPath(String other, String... headers) {
        return send(request(at(other), headers).GET().build());
    }

    public HttpResponse<byte[]> post(String query, String body, String... headers) {
        HttpRequest.Builder builder = request(uri(query), headers);
        return send(builder.POST(BodyPublishers.ofString(body)).build());
    }

    public HttpResponse<byte[]> method(String method, String query, String... headers) {
        return send(request(uri(query), headers)
                .method(method, BodyPublishers.noBody())
                .build());
    }

    /** Opens a session over polling. */
    public Polling polling() {
        return polling("");
    }

    /** Opens a session over polling with additional query parameters. */
    public Polling polling(String more) {
        String query = "EIO=4&transport=polling" + more;
        HttpResponse<byte[]> response = get(query);
        if (response.statusCode() != 200) {
            throw new IllegalStateException("handshake refused: " + response.statusCode() + " " + text(response));
        }
        return new Polling(this, query, sid(text(response)), text(response));
    }

    /** Opens a session over WebSocket. */
    public WireSocket webSocket() {
        return webSocket("EIO=4&transport=websocket");
    }

    /** Opens a WebSocket with another query. */
    public WireSocket webSocket(String query, String... headers) {
        return WireSocket.open(HTTP, URI.create(uri(query).toString().replaceFirst("http", "ws")), headers);
    }

    /** The session id in a handshake. */
    public static String sid(String handshake) {
        Matcher matcher = SID.matcher(handshake);
        if (!matcher.find()) {
            throw new IllegalStateException("no sid in " + handshake);
        }
        return matcher.group(1);
    }

    /** A body as text. */
    public static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    /** Waits for a future. */
    public static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException("nothing within " + PATIENCE, e);
        }
    }

    /** A session over polling. */
    public static final class Polling {
        private final Wire wire;
        private final String query;
        private final String sid;
        private final String handshake;

        Polling(Wire wire, String query, String sid, String handshake) {
            this.wire = wire;
            this.query = query + "&sid=" + sid;
            this.sid = sid;
            this.handshake = handshake;
        }

        public String sid() {
            return sid;
        }

        /** The body of the first response. */
        public String handshake() {
            return handshake;
        }

        public String query() {
            return query;
        }

        /** Polls once and returns the whole response. */
        public HttpResponse<byte[]> get(String... headers) {
            return wire.get(query, headers);
        }

        /** Polls once and returns the body. */
        public String poll() {
            return text(get());
        }

        /** Starts a poll without waiting for its response. */
        public CompletableFuture<HttpResponse<byte[]>> pollLater() {
            return wire.getLater(query);
        }

        /** Polls until a packet with this prefix is received, answering pings; returns the whole body. */
        public String pollUntil(String beginning) {
            for (int i = 0; i < 50; i++) {
                String body = poll();
                for (String packet : body.split(RS, -1)) {
                    if (packet.equals("2")) {
                        post("3");
                    }
                    if (packet.startsWith(beginning)) {
                        return body;
                    }
                }
            }
            throw new IllegalStateException("no packet " + beginning);
        }

        public HttpResponse<byte[]> post(String body, String... headers) {
            return wire.post(query, body, headers);
        }

        /** Opens the WebSocket for an upgrade of the polling transport. */
        public WireSocket upgrade() {
            return wire.webSocket(query.replace("transport=polling", "transport=websocket"));
        }
    }
}
