package dev.sockeye.webtransport;

import dev.sockeye.engineio.host.HostRequest;
import io.netty.handler.codec.http3.Http3Headers;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The data of a CONNECT request; its authority is available as the header {@code host}. */
final class ConnectFacts implements HostRequest {
    private final String uri;
    private final Map<String, List<String>> headers = new LinkedHashMap<>();
    private final String remoteAddress;
    private final @Nullable SSLSession tls;

    ConnectFacts(Http3Headers request, QuicChannel channel) {
        uri = String.valueOf(request.path());
        headers.put("host", List.of(String.valueOf(request.authority())));
        for (Map.Entry<CharSequence, CharSequence> header : request) {
            String name = header.getKey().toString();
            if (!name.startsWith(":") && !name.equals("host")) {
                headers.computeIfAbsent(name, k -> new ArrayList<>(1))
                        .add(header.getValue().toString());
            }
        }
        SocketAddress peer = channel.remoteSocketAddress();
        remoteAddress = peer instanceof InetSocketAddress inet && inet.getAddress() != null
                ? NetUtil.toAddressString(inet.getAddress())
                : "";
        SSLEngine engine = channel.sslEngine();
        tls = engine == null ? null : engine.getSession();
    }

    @Override
    public String method() {
        return "CONNECT";
    }

    @Override
    public String uri() {
        return uri;
    }

    @Override
    public @Nullable String header(String name) {
        List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
        return values == null ? null : values.get(0);
    }

    @Override
    public Map<String, List<String>> headers() {
        return headers;
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public boolean secure() {
        return true;
    }

    /** {@code sslSession}: the {@link SSLSession} of the connection. */
    @Override
    public @Nullable Object attribute(String name) {
        return name.equals("sslSession") ? tls : null;
    }
}
