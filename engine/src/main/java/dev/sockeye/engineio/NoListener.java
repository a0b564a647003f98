package dev.sockeye.engineio;

import org.jspecify.annotations.Nullable;

/** The listener of a session without an owner. */
final class NoListener implements EngineSocketListener {
    static final NoListener INSTANCE = new NoListener();

    private NoListener() {}

    @Override
    public void onText(byte[] buffer, int offset, int length) {}

    @Override
    public void onBinary(byte[] data) {}

    @Override
    public void onClose(CloseReason reason, @Nullable Object description) {}
}
