package dev.sockeye.engineio;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Lets several servers run behind a load balancer without session affinity. A session id contains the address of its
 * server, in a form that only servers with the same secret can read or create. A server that receives a request for a
 * session of another server forwards it there, for long-polling as well as for WebSocket upgrades. Immutable. Sockeye's
 * own.
 *
 * <pre>{@code
 * SocketIoServerOptions.builder()
 *     .sessionForwarding(forwarding -> forwarding.secret(secret).address("http://10.0.0.1:3000"))
 * }</pre>
 *
 * <p>No adapter is needed for this, and the servers need no list of each other, because the id contains the address.
 */
public final class SessionForwarding {
    private static final int SHORTEST_SECRET = 16;
    private static final int LONGEST_ADDRESS = 200;

    private final Builder values;
    private final URI address;

    private SessionForwarding(Builder values, URI address) {
        this.values = values;
        this.address = address;
    }

    /** A builder; {@link Builder#secret} and {@link Builder#address} are required. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return values.copy();
    }

    byte[] secret() {
        return values.secret.getBytes(StandardCharsets.UTF_8);
    }

    /** Where the other servers reach this one. */
    public URI address() {
        return address;
    }

    /** How long connecting to another server may take. Default 1 second. */
    public Duration connectTimeout() {
        return values.connectTimeout;
    }

    /**
     * The maximum number of concurrently forwarded requests and WebSockets; further requests are refused with 503.
     * Default 20,000.
     */
    public int maxConcurrent() {
        return values.maxConcurrent;
    }

    /** The SSL context for {@code https} addresses; {@code null} for the default of the JVM. Default {@code null}. */
    public @Nullable SSLContext sslContext() {
        return values.sslContext;
    }

    /** Contains the address, but not the secret. */
    @Override
    public String toString() {
        return "SessionForwarding[" + address + "]";
    }

    /** Builds {@link SessionForwarding}. Not thread-safe. */
    public static final class Builder {
        private String secret = "";
        private String address = "";
        private Duration connectTimeout = Duration.ofSeconds(1);
        private int maxConcurrent = 20_000;
        private @Nullable SSLContext sslContext;

        private Builder() {}

        private Builder copy() {
            Builder copy = new Builder();
            copy.secret = secret;
            copy.address = address;
            copy.connectTimeout = connectTimeout;
            copy.maxConcurrent = maxConcurrent;
            copy.sslContext = sslContext;
            return copy;
        }

        /**
         * The secret shared by all servers: at least 16 characters, preferably 32 random ones. Anyone who knows it can
         * make servers send requests anywhere, and can forge the address of any client. Required.
         */
        @CanIgnoreReturnValue
        public Builder secret(String value) {
            secret = Objects.requireNonNull(value);
            return this;
        }

        /**
         * The address at which other servers reach this one: {@code http://host:port} or {@code https://host:port},
         * followed by the context path in a servlet container. It must be specific to this server: not the address of
         * the load balancer or a name shared by several servers. Required.
         */
        @CanIgnoreReturnValue
        public Builder address(String value) {
            address = Objects.requireNonNull(value);
            return this;
        }

        /**
         * How long connecting to another server may take; after that the session is treated as unknown. Default 1
         * second.
         */
        @CanIgnoreReturnValue
        public Builder connectTimeout(Duration value) {
            connectTimeout = Objects.requireNonNull(value);
            return this;
        }

        /**
         * The maximum number of concurrently forwarded requests and WebSockets; further requests are refused with 503.
         * Default 20,000.
         */
        @CanIgnoreReturnValue
        public Builder maxConcurrent(int value) {
            maxConcurrent = value;
            return this;
        }

        /**
         * The SSL context for {@code https} addresses: the trusted certificates, and this server's certificate for
         * mutual TLS. Default the default of the JVM.
         */
        @CanIgnoreReturnValue
        public Builder sslContext(@Nullable SSLContext value) {
            sslContext = value;
            return this;
        }

        /**
         * Checks and builds.
         *
         * @throws IllegalArgumentException if a value is missing or out of its range; the message names option, value
         *     and range
         */
        public SessionForwarding build() {
            if (secret.length() < SHORTEST_SECRET) {
                throw new IllegalArgumentException("sessionForwarding.secret must have " + SHORTEST_SECRET
                        + " or more characters, the same on all servers; it has " + secret.length());
            }
            OptionChecks.positive("sessionForwarding.connectTimeout", connectTimeout);
            if (maxConcurrent < 1) {
                throw new IllegalArgumentException(
                        "sessionForwarding.maxConcurrent must be 1 or more, was " + maxConcurrent);
            }
            return new SessionForwarding(copy(), checked(address));
        }

        private static URI checked(String text) {
            URI uri;
            try {
                uri = parse(text);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "sessionForwarding.address must be the address at which other servers reach this one, such as"
                                + " http://10.0.0.1:3000, was \"" + text + "\"",
                        e);
            }
            return uri;
        }
    }

    /**
     * Parses the address of a server.
     *
     * @throws IllegalArgumentException if it is not valid
     */
    static URI parse(String text) {
        URI uri = URI.create(text);
        String scheme = String.valueOf(uri.getScheme());
        String path = String.valueOf(uri.getRawPath());
        boolean valid = (scheme.equals("http") || scheme.equals("https"))
                && uri.getHost() != null
                && uri.getPort() > 0
                && uri.getPort() <= 0xffff
                && uri.getRawUserInfo() == null
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null
                && !path.endsWith("/")
                && text.length() <= LONGEST_ADDRESS;
        if (!valid) {
            throw new IllegalArgumentException("not the address of a server: " + text);
        }
        return uri;
    }
}
