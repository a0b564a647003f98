package dev.sockeye.engineio;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sockeye.engineio.protocol.EnginePacket;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records the events of a session. */
final class RecordingListener implements EngineSocketListener, EngineSocketListener.Observer {
    /** Messages and the end: {@code text x}, {@code binary 00ff}, {@code close reason}. */
    final List<String> events = new ArrayList<>();
    /** What observers see. */
    final List<String> observed = new ArrayList<>();

    @Nullable
    Object description;

    @Override
    public void onText(byte[] buffer, int offset, int length) {
        events.add("text " + new String(buffer, offset, length, UTF_8));
    }

    @Override
    public void onBinary(byte[] data) {
        events.add("binary " + HexFormat.of().formatHex(data));
    }

    @Override
    public void onDrain() {
        observed.add("drain");
    }

    @Override
    public void onClose(CloseReason reason, @Nullable Object why) {
        events.add("close " + reason.text());
        description = why;
    }

    @Override
    public void onPacket(EnginePacket packet) {
        observed.add("packet " + packet);
    }

    @Override
    public void onPacketCreate(EnginePacket packet) {
        observed.add("packetCreate " + packet);
    }

    @Override
    public void onHeartbeat() {
        observed.add("heartbeat");
    }

    @Override
    public void onUpgrading(String transport) {
        observed.add("upgrading " + transport);
    }

    @Override
    public void onUpgrade(String transport) {
        observed.add("upgrade " + transport);
    }

    @Override
    public void onFlush(int packets) {
        observed.add("flush " + packets);
    }
}
