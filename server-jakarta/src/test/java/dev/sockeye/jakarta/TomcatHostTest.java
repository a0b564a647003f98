package dev.sockeye.jakarta;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** The contracts in Tomcat. */
@DisplayName("Tomcat")
final class TomcatHostTest {
    @Nested
    class Requests extends RequestContract {
        Requests() {
            super(Container.Kind.TOMCAT);
        }
    }

    @Nested
    class WebSockets extends WebSocketContract {
        WebSockets() {
            super(Container.Kind.TOMCAT);
        }
    }

    @Nested
    class WithCompression extends CompressionContract {
        WithCompression() {
            super(Container.Kind.TOMCAT);
        }
    }

    @Nested
    class WithoutContextTakeover extends NoContextTakeoverContract {
        WithoutContextTakeover() {
            super(Container.Kind.TOMCAT);
        }
    }
}
