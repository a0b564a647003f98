package dev.sockeye.jakarta;

/** The contract in Undertow. */
final class UndertowHostTest extends ServletHostContract {
    UndertowHostTest() {
        super(Container.Kind.UNDERTOW);
    }
}
