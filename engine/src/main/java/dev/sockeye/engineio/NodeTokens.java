package dev.sockeye.engineio;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Appends the address of its server to a session id: the id, a dot, then, in URL-safe Base64, a tag of 16 bytes and the
 * encrypted address. The tag authenticates id and address and is the initialization vector of the encryption, so that
 * the scheme remains secure if an id is generated twice. Immutable and thread-safe.
 */
final class NodeTokens {
    private static final int TAG = 16;
    private static final int LONGEST = 300;
    private static final String HTTP = "http://";
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final byte[] authentication;
    private final SecretKeySpec encryption;

    NodeTokens(byte[] secret) {
        authentication = derive(secret, "sockeye session id: authentication");
        encryption = new SecretKeySpec(Arrays.copyOf(derive(secret, "sockeye session id: encryption"), 16), "AES");
    }

    /** Derives a key for one purpose. */
    static byte[] derive(byte[] secret, String purpose) {
        return hmac(secret, purpose.getBytes(StandardCharsets.UTF_8));
    }

    /** HMAC-SHA256 of the concatenated parts. */
    static byte[] hmac(byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // required on every Java platform
        }
    }

    String append(String id, URI node) {
        String text = node.toString();
        byte[] address =
                (text.startsWith(HTTP) ? text.substring(HTTP.length()) : text).getBytes(StandardCharsets.UTF_8);
        byte[] tag = tag(id, address);
        byte[] token = Arrays.copyOf(tag, TAG + address.length);
        System.arraycopy(crypt(Cipher.ENCRYPT_MODE, tag, address), 0, token, TAG, address.length);
        return id + '.' + ENCODER.encodeToString(token);
    }

    /** Whether an id has the format of an id with an address, regardless of the secret. */
    static boolean hasForm(String sid) {
        int dot = sid.lastIndexOf('.');
        return dot > 0 && sid.length() - dot > TAG * 4 / 3 + 1;
    }

    /** The address of the session's server; {@code null} if the id has none, or was not created with this secret. */
    @Nullable
    URI node(String sid) {
        if (sid.length() > 2 * LONGEST || !hasForm(sid)) {
            return null;
        }
        int dot = sid.lastIndexOf('.');
        try {
            byte[] token = Base64.getUrlDecoder().decode(sid.substring(dot + 1));
            byte[] tag = Arrays.copyOf(token, TAG);
            byte[] address = crypt(Cipher.DECRYPT_MODE, tag, Arrays.copyOfRange(token, TAG, token.length));
            if (!MessageDigest.isEqual(tag, tag(sid.substring(0, dot), address))) {
                return null;
            }
            String text = new String(address, StandardCharsets.UTF_8);
            return SessionForwarding.parse(text.contains("://") ? text : HTTP + text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private byte[] tag(String id, byte[] address) {
        return Arrays.copyOf(
                hmac(authentication, id.getBytes(StandardCharsets.UTF_8), new byte[] {'\n'}, address), TAG);
    }

    private byte[] crypt(int mode, byte[] vector, byte[] text) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(mode, encryption, new IvParameterSpec(vector));
            return cipher.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // required on every Java platform
        }
    }
}
