package dev.sockeye.netty;

import dev.sockeye.engineio.host.HostRequest;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A request's headers in one byte array, because a session keeps them for life: for each header the size of what follows, seven bits
 * a byte, its name in lower case, a colon, its value. Strings are made when asked for.
 */
abstract sealed class NettyRequest implements HostRequest {

    private final String method;
    private final byte[] facts;
    private final @Nullable InetAddress remote;
    private final @Nullable SSLSession tls;

    private NettyRequest(String method, byte[] facts, @Nullable InetAddress remote, @Nullable SSLSession tls) {
        this.method = method;
        this.facts = facts;
        this.remote = remote;
        this.tls = tls;
    }

    /** Has the target before the headers, in the same array. */
    private static final class Compact extends NettyRequest {
        private final int targetLength;

        Compact(String method, byte[] facts, int targetLength, @Nullable InetAddress remote, @Nullable SSLSession tls) {
            super(method, facts, remote, tls);
            this.targetLength = targetLength;
        }

        @Override
        public String uri() {
            return text(0, targetLength);
        }

        @Override
        int headersFrom() {
            return targetLength;
        }
    }

    /** Shares the array with other requests of the connection. */
    private static final class Whole extends NettyRequest {
        private final String uri;

        Whole(WholeRequest request, @Nullable InetAddress remote, @Nullable SSLSession tls) {
            super(request.method(), request.headers().facts(), remote, tls);
            this.uri = request.uri();
        }

        @Override
        public String uri() {
            return uri;
        }

        @Override
        int headersFrom() {
            return 0;
        }
    }

    static NettyRequest of(WholeRequest request, @Nullable SocketAddress remote, @Nullable SSLSession tls) {
        return new Whole(request, address(remote), tls);
    }

    static NettyRequest of(HttpRequest request, @Nullable SocketAddress remote, @Nullable SSLSession tls) {
        String uri = request.uri();
        int length = uri.length();
        Iterator<Map.Entry<CharSequence, CharSequence>> headers =
                request.headers().iteratorCharSequence();
        while (headers.hasNext()) {
            int line = line(headers.next());
            length += sizeBytes(line) + line;
        }
        byte[] facts = new byte[length];
        int at = put(facts, 0, uri, false);
        headers = request.headers().iteratorCharSequence();
        while (headers.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = headers.next();
            int line = line(header);
            putSize(facts, at, line);
            at = put(facts, at + sizeBytes(line), header.getKey(), true);
            facts[at++] = ':';
            at = put(facts, at, header.getValue(), false);
        }
        return new Compact(request.method().name(), facts, uri.length(), address(remote), tls);
    }

    private static @Nullable InetAddress address(@Nullable SocketAddress remote) {
        return remote instanceof InetSocketAddress address ? address.getAddress() : null;
    }

    private static int line(Map.Entry<CharSequence, CharSequence> header) {
        return header.getKey().length() + 1 + header.getValue().length();
    }

    private static int put(byte[] to, int at, CharSequence text, boolean lower) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n') {
                c = ' ';
            } else if (lower && c >= 'A' && c <= 'Z') {
                c = (char) (c + 32);
            }
            to[at++] = (byte) c;
        }
        return at;
    }

    /** How many bytes the size of a header takes. */
    static int sizeBytes(int size) {
        int bytes = 1;
        for (int rest = size >>> 7; rest != 0; rest >>>= 7) {
            bytes++;
        }
        return bytes;
    }

    /** Writes the size of a header, the low bits first; all bytes but the last are negative. */
    static void putSize(byte[] facts, int at, int size) {
        int rest = size;
        int to = at;
        while (rest > 127) {
            facts[to++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        facts[to] = (byte) rest;
    }

    private int size(int at) {
        int size = facts[at];
        if (size >= 0) {
            return size;
        }
        size &= 0x7f;
        for (int from = at + 1, shift = 7; ; from++, shift += 7) {
            size |= (facts[from] & 0x7f) << shift;
            if (facts[from] >= 0) {
                return size;
            }
        }
    }

    @Override
    public String method() {
        return method;
    }

    /** The index of the first header. */
    abstract int headersFrom();

    @Override
    public @Nullable String header(String name) {
        int at = headersFrom();
        while (at < facts.length) {
            int size = size(at);
            at += sizeBytes(size);
            if (matches(at, size, name)) {
                return text(at + name.length() + 1, at + size);
            }
            at += size;
        }
        return null;
    }

    private boolean matches(int at, int size, String name) {
        int length = name.length();
        if (length >= size || facts[at + length] != ':') {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = name.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                c = (char) (c + 32);
            }
            if (facts[at + i] != (byte) c) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Map<String, List<String>> headers() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        int at = headersFrom();
        while (at < facts.length) {
            int size = size(at);
            at += sizeBytes(size);
            int colon = at;
            while (facts[colon] != ':') {
                colon++;
            }
            all.computeIfAbsent(text(at, colon).toLowerCase(Locale.ROOT), k -> new ArrayList<>(1))
                    .add(text(colon + 1, at + size));
            at += size;
        }
        return all;
    }

    @Override
    public String remoteAddress() {
        return remote == null ? "" : NetUtil.toAddressString(remote);
    }

    @Override
    public boolean secure() {
        return tls != null;
    }

    /** {@code sslSession}: the {@link SSLSession} of a TLS connection, with the client's certificates. */
    @Override
    public @Nullable Object attribute(String name) {
        return name.equals("sslSession") ? tls : null;
    }

    String text(int from, int to) {
        return new String(facts, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
