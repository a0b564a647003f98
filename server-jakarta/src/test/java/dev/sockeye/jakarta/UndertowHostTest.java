package dev.sockeye.jakarta;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;

/** The contracts in Undertow. */
@DisplayName("Undertow")
final class UndertowHostTest {
    @Nested
    class Requests extends RequestContract {
        Requests() {
            super(Container.Kind.UNDERTOW);
        }
    }

    @Nested
    class WebSockets extends WebSocketContract {
        WebSockets() {
            super(Container.Kind.UNDERTOW);
        }
    }

    @Nested
    class WithCompression extends CompressionContract {
        WithCompression() {
            super(Container.Kind.UNDERTOW);
        }
    }

    @Nested
    class WithoutContextTakeover extends NoContextTakeoverContract {
        WithoutContextTakeover() {
            super(Container.Kind.UNDERTOW);
        }
    }
}
