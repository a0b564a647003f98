package dev.sockeye.netty;

import dev.sockeye.engineio.host.HttpExchange.BodyListener;

/** Throws when a body is complete. */
final class ThrowingListener implements BodyListener {
    @Override
    public void onBody(byte[] body) {
        throw new IllegalStateException("expected in the log of this test");
    }

    @Override
    public void onTooLarge() {}

    @Override
    public void onAborted() {}
}
