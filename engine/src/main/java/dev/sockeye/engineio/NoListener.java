package dev.sockeye.engineio;

import org.jspecify.annotations.Nullable;

/** Of a session that nobody owns. */
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
