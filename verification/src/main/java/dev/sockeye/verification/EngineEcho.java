package dev.sockeye.verification;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.EngineSocketListener;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends each message back: text as text, binary data as binary data. */
record EngineEcho(EngineSocket socket) implements EngineSocketListener {

    static void attach(EngineSocket socket) {
        socket.listen(new EngineEcho(socket));
    }

    @Override
    public void onText(byte[] buffer, int offset, int length) {
        socket.send(List.of(Message.text(Arrays.copyOfRange(buffer, offset, offset + length))), true, null);
    }

    @Override
    public void onBinary(byte[] data) {
        socket.send(List.of(Message.binary(data)), true, null);
    }

    @Override
    public void onClose(CloseReason reason, @Nullable Object description) {}
}
