package dev.sockeye.jakarta;

/** The contract in Jetty. */
final class JettyHostTest extends ServletHostContract {
    JettyHostTest() {
        super(Container.Kind.JETTY);
    }
}
