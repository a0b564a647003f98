package dev.sockeye.jakarta;

import dev.sockeye.engineio.host.HostResponse.Header;
import jakarta.websocket.Endpoint;
import jakarta.websocket.Extension;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.server.HandshakeRequest;
import jakarta.websocket.server.ServerEndpointConfig;
import java.util.ArrayList;
import java.util.List;

/** What the container asks for while it switches one request: the endpoint, the answer's headers, the extensions. */
final class UpgradeConfig extends ServerEndpointConfig.Configurator {

    private final Endpoint endpoint;
    private final List<Header> headers;
    private final boolean compression;

    private UpgradeConfig(Endpoint endpoint, List<Header> headers, boolean compression) {
        this.endpoint = endpoint;
        this.headers = headers;
        this.compression = compression;
    }

    static ServerEndpointConfig of(SessionConnection connection, List<Header> headers, boolean compression) {
        return ServerEndpointConfig.Builder.create(SockeyeEndpoint.class, "/")
                .configurator(new UpgradeConfig(new SockeyeEndpoint(connection), headers, compression))
                .build();
    }

    @Override
    public <T> T getEndpointInstance(Class<T> type) {
        return type.cast(endpoint);
    }

    /** The engine has checked the origin. */
    @Override
    public boolean checkOrigin(String origin) {
        return true;
    }

    @Override
    public String getNegotiatedSubprotocol(List<String> supported, List<String> requested) {
        return "";
    }

    /** The container's compression if ours is on; it compresses all messages, with its own level. */
    @Override
    public List<Extension> getNegotiatedExtensions(List<Extension> installed, List<Extension> requested) {
        if (compression && installed.stream().anyMatch(UpgradeConfig::isDeflate)) {
            for (Extension extension : requested) {
                if (isDeflate(extension)) {
                    return List.of(extension);
                }
            }
        }
        return List.of();
    }

    private static boolean isDeflate(Extension extension) {
        return extension.getName().equals("permessage-deflate");
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
