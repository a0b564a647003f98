package dev.sockeye.jakarta;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** The contracts in Jetty. */
@DisplayName("Jetty")
final class JettyHostTest {
    @Nested
    class Requests extends RequestContract {
        Requests() {
            super(Container.Kind.JETTY);
        }
    }

    @Nested
    class WebSockets extends WebSocketContract {
        WebSockets() {
            super(Container.Kind.JETTY);
        }
    }

    @Nested
    class WithCompression extends CompressionContract {
        WithCompression() {
            super(Container.Kind.JETTY);
        }
    }

    @Nested
    class WithoutContextTakeover extends NoContextTakeoverContract {
        WithoutContextTakeover() {
            super(Container.Kind.JETTY);
        }
    }
}
