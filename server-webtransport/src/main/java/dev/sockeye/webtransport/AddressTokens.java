package dev.sockeye.webtransport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.quic.Quic;
import io.netty.handler.codec.quic.QuicTokenHandler;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The tokens with which a client proves its address before the server allocates any state for it: the time, a keyed hash of
 * time, address and connection id, and the connection id. Used on one loop only. The loops of an endpoint share the key,
 * because a client may send its token to a different loop.
 */
final class AddressTokens implements QuicTokenHandler {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int TIME = 8;
    private static final int HASH = 32;
    private static final long VALID_MILLIS = 30_000;

    private final Mac mac;
    private final LongSupplier millis;

    AddressTokens(byte[] key, LongSupplier millis) {
        this.millis = millis;
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every Java platform supports it
        }
    }

    static byte[] newKey() {
        byte[] key = new byte[HASH];
        new SecureRandom().nextBytes(key);
        return key;
    }

    @Override
    public boolean writeToken(ByteBuf out, ByteBuf dcid, InetSocketAddress address) {
        long now = millis.getAsLong();
        byte[] id = ByteBufUtil.getBytes(dcid);
        out.writeLong(now).writeBytes(hash(now, id, address)).writeBytes(id);
        return true;
    }

    @Override
    public int validateToken(ByteBuf token, InetSocketAddress address) {
        int idLength = token.readableBytes() - TIME - HASH;
        if (idLength < 0 || idLength > Quic.MAX_CONN_ID_LEN) {
            return -1;
        }
        byte[] all = ByteBufUtil.getBytes(token);
        long time = token.getLong(token.readerIndex());
        long age = millis.getAsLong() - time;
        byte[] id = Arrays.copyOfRange(all, TIME + HASH, all.length);
        byte[] given = Arrays.copyOfRange(all, TIME, TIME + HASH);
        boolean valid = age >= 0 && age <= VALID_MILLIS && MessageDigest.isEqual(given, hash(time, id, address));
        return valid ? TIME + HASH : -1;
    }

    private byte[] hash(long time, byte[] id, InetSocketAddress address) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            mac.update((byte) (time >>> shift));
        }
        mac.update((byte) (address.getPort() >> 8));
        mac.update((byte) address.getPort());
        byte[] ip = address.getAddress().getAddress();
        mac.update((byte) ip.length);
        mac.update(ip);
        return mac.doFinal(id);
    }

    @Override
    public int maxTokenLength() {
        return TIME + HASH + Quic.MAX_CONN_ID_LEN;
    }
}
