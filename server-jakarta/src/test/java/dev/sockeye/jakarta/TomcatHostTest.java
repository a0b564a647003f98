package dev.sockeye.jakarta;

/** The contract in Tomcat. */
final class TomcatHostTest extends ServletHostContract {
    TomcatHostTest() {
        super(Container.Kind.TOMCAT);
    }
}
