package dev.sockeye.jakarta;

import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.PerMessageDeflate;
import jakarta.websocket.Endpoint;
import jakarta.websocket.Extension;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The configuration that the container requests during an upgrade: the endpoint, the response headers, the extensions. */
final class UpgradeConfig extends ServerEndpointConfig.Configurator {

    private final Endpoint endpoint;
    private final List<Header> headers;
    private final @Nullable PerMessageDeflate compression;

    private UpgradeConfig(Endpoint endpoint, List<Header> headers, @Nullable PerMessageDeflate compression) {
        this.endpoint = endpoint;
        this.headers = headers;
        this.compression = compression;
    }

    static ServerEndpointConfig of(
            SessionConnection connection, List<Header> headers, @Nullable PerMessageDeflate compression) {
        return ServerEndpointConfig.Builder.create(SockeyeEndpoint.class, "/")
                .configurator(new UpgradeConfig(new SockeyeEndpoint(connection), headers, compression))
                .build();
    }

    @Override
    public <T> T getEndpointInstance(Class<T> type) {
        return type.cast(endpoint);
    }

    /** The engine has already checked the origin. */
    @Override
    public boolean checkOrigin(String origin) {
        return true;
    }

    /** The first one, as on the other hosts: a client that offers subprotocols requires one of them. */
    @Override
    public String getNegotiatedSubprotocol(List<String> supported, List<String> requested) {
        return requested.isEmpty() ? "" : requested.get(0);
    }

    /** Uses the container's compression if it is enabled and the client supports it. */
    @Override
    public List<Extension> getNegotiatedExtensions(List<Extension> installed, List<Extension> requested) {
        PerMessageDeflate wanted = compression;
        if (wanted != null) {
            for (Extension extension : requested) {
                if (Compression.isDeflate(extension)) {
                    return List.of(Compression.answer(extension, wanted));
                }
            }
        }
        return List.of();
    }

    @Override
    public void modifyHandshake(ServerEndpointConfig config, HandshakeRequest request, HandshakeResponse response) {
        for (Header header : headers) {
            response.getHeaders()
                    .computeIfAbsent(header.name(), name -> new ArrayList<>(1))
                    .add(header.value());
        }
    }
}
