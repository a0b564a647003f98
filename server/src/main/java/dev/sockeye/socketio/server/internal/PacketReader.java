package dev.sockeye.socketio.server.internal;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineSocketListener;
import dev.sockeye.runtime.ByteBudget;
import dev.sockeye.runtime.Mailbox;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.Parser;
import dev.sockeye.socketio.protocol.SocketPacket;
import dev.sockeye.socketio.server.DisconnectReason;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Decodes what a session receives, on its loop, and posts the packets to the client's mailbox. Stops reading from the session while
 * too much waits there.
 *
 * <p>States: reading, stopped (after a malformed packet or the end of the session). Reading may be paused.
 */
final class PacketReader implements EngineSocketListener, Mailbox.Owner {
    private static final QuietLog LOG = new QuietLog(PacketReader.class);

    private final ClientCore client;
    private final Parser.Decoder decoder;

    // on the loop
    private boolean deaf;
    private int partBytes; // received of a packet whose attachments are still to come
    private int countedPart; // the part of them that the total knows

    private volatile boolean paused; // written on the loop

    PacketReader(ClientCore client, Parser.Decoder decoder) {
        this.client = client;
        this.decoder = decoder;
    }

    /** Ignores what is received from now on, if this is the loop. */
    void deafen() {
        if (client.conn().loop().inLoop()) {
            deaf = true;
        }
    }

    @Override
    public void onText(byte[] buffer, int offset, int length) {
        if (!deaf) {
            try {
                partBytes += length;
                received(decoder.text(buffer, offset, length));
            } catch (DecodeException e) {
                fault(e);
            } catch (RuntimeException | Error e) {
                fault(e);
            }
        }
    }

    @Override
    public void onBinary(byte[] data) {
        if (!deaf) {
            try {
                partBytes += data.length;
                received(decoder.binary(data));
            } catch (DecodeException e) {
                fault(e);
            } catch (RuntimeException | Error e) {
                fault(e);
            }
        }
    }

    @Override
    public void onClose(CloseReason reason, @Nullable Object description) {
        stop();
        client.onSessionClosed(DisconnectReason.of(reason), details(description));
    }

    @Override
    public void relieved() {
        if (paused) {
            try {
                client.conn().loop().execute(this::resumeIfDrained);
            } catch (RejectedExecutionException e) {
                LOG.debug(() -> "the loop of a paused session has ended");
            }
        }
    }

    @Override
    public void abandoned() {
        client.onMailboxAbandoned();
    }

    private void received(@Nullable SocketPacket packet) {
        if (packet == null) {
            awaitAttachments();
        } else {
            deliver(packet);
        }
    }

    /**
     * A packet is incomplete: its bytes count towards the total. It can be completed only by reading more, so the
     * session is closed if the total is exhausted.
     */
    private void awaitAttachments() {
        ByteBudget inboundTotal = client.context().inboundTotal();
        inboundTotal.change(countedPart, partBytes);
        countedPart = partBytes;
        if (partBytes >= ByteBudget.STEP && inboundTotal.full()) {
            stop();
            client.conn()
                    .closeNow(
                            CloseReason.FORCED_CLOSE,
                            "too many bytes of all clients wait (maxTotalInboundBytes), some of them for attachments"
                                    + " of this one");
        }
    }

    private void deliver(SocketPacket packet) {
        int bytes = partBytes;
        forgetPart();
        if (!client.takeAck(packet)) {
            client.post(packet, bytes);
            if (!paused && client.mailbox().full()) {
                paused = true;
                client.conn().pauseReading(true);
                resumeIfDrained();
            }
        }
    }

    private void resumeIfDrained() {
        if (paused && client.mailbox().relieved()) {
            paused = false;
            client.conn().pauseReading(false);
        }
    }

    private void fault(DecodeException error) {
        stop();
        LOG.debug(() -> "not a packet: " + error.description());
        client.mailbox().post(() -> client.onError(error));
    }

    /** A parser of the application has failed. */
    private void fault(Throwable error) {
        fault(new DecodeException("the parser failed: " + error));
    }

    private void stop() {
        deaf = true;
        forgetPart();
        try {
            decoder.reset();
        } catch (RuntimeException | Error e) { // the connection must end nevertheless
            LOG.debug(() -> "the decoder of the parser failed in reset: " + e);
        }
    }

    private void forgetPart() {
        partBytes = 0;
        if (countedPart != 0) {
            client.context().inboundTotal().change(countedPart, 0);
            countedPart = 0;
        }
    }

    private static DisconnectDetails details(@Nullable Object description) {
        if (description == null) {
            return DisconnectDetails.NONE;
        }
        if (description instanceof DisconnectDetails details) {
            return details;
        }
        return description instanceof Throwable error
                ? DisconnectDetails.of(error)
                : DisconnectDetails.of(description.toString());
    }
}
