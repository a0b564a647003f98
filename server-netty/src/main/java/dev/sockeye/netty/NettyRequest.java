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
 * A request's facts in one byte array, because a session keeps them for life: the target, a line feed, then for each header
 * its name in lower case, a colon, its value, a line feed. Strings are made when asked for.
 */
final class NettyRequest implements HostRequest {

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

    static NettyRequest of(HttpRequest request, @Nullable SocketAddress remote, @Nullable SSLSession tls) {
        String uri = request.uri();
        int length = uri.length() + 1;
        Iterator<Map.Entry<CharSequence, CharSequence>> headers =
                request.headers().iteratorCharSequence();
        while (headers.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = headers.next();
            length += header.getKey().length() + header.getValue().length() + 2;
        }
        byte[] facts = new byte[length];
        int at = put(facts, 0, uri, false);
        facts[at++] = '\n';
        headers = request.headers().iteratorCharSequence();
        while (headers.hasNext()) {
            Map.Entry<CharSequence, CharSequence> header = headers.next();
            at = put(facts, at, header.getKey(), true);
            facts[at++] = ':';
            at = put(facts, at, header.getValue(), false);
            facts[at++] = '\n';
        }
        return new NettyRequest(
                request.method().name(),
                facts,
                remote instanceof InetSocketAddress address ? address.getAddress() : null,
                tls);
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

    @Override
    public String method() {
        return method;
    }

    @Override
    public String uri() {
        return text(0, lineEnd(0));
    }

    @Override
    public @Nullable String header(String name) {
        int at = lineEnd(0) + 1;
        while (at < facts.length) {
            int end = lineEnd(at);
            if (matches(at, name)) {
                return text(at + name.length() + 1, end);
            }
            at = end + 1;
        }
        return null;
    }

    private boolean matches(int at, String name) {
        int colon = at + name.length();
        if (colon >= facts.length || facts[colon] != ':') {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
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
        int at = lineEnd(0) + 1;
        while (at < facts.length) {
            int end = lineEnd(at);
            int colon = at;
            while (facts[colon] != ':') {
                colon++;
            }
            all.computeIfAbsent(text(at, colon).toLowerCase(Locale.ROOT), k -> new ArrayList<>(1))
                    .add(text(colon + 1, end));
            at = end + 1;
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

    private int lineEnd(int at) {
        while (facts[at] != '\n') {
            at++;
        }
        return at;
    }

    private String text(int from, int to) {
        return new String(facts, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
