package dev.sockeye.jakarta;

import dev.sockeye.engineio.host.PerMessageDeflate;
import jakarta.websocket.Extension;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The container's permessage-deflate: maps our settings to what the container supports. */
final class Compression {

    private static final String NAME = "permessage-deflate";
    private static final String SERVER_FORGETS = "server_no_context_takeover";
    private static final String CLIENT_FORGETS = "client_no_context_takeover";

    private Compression() {}

    private record Deflate(List<Parameter> getParameters) implements Extension {
        @Override
        public String getName() {
            return NAME;
        }
    }

    private record Flag(String getName) implements Extension.Parameter {
        @Override
        public @Nullable String getValue() {
            return null;
        }
    }

    static boolean isDeflate(Extension extension) {
        return extension.getName().equals(NAME);
    }

    /**
     * The settings that a container does not support, as a sentence that explains what to set; {@code null} if it supports all of them.
     *
     * @param installed the container's extensions
     */
    static @Nullable String impossible(@Nullable PerMessageDeflate wanted, Collection<Extension> installed) {
        if (wanted == null) {
            return null;
        } else if (installed.stream().noneMatch(Compression::isDeflate)) {
            return "perMessageDeflate is on, but this container has no " + NAME + ". Undertow: call"
                    + " addExtension(new PerMessageDeflateHandshake()) of the deployment's WebSocketDeploymentInfo; or set"
                    + " perMessageDeflate to false";
        } else if (wanted.threshold() != 0) {
            return "a servlet container compresses every message, so perMessageDeflate.threshold must be 0, was "
                    + wanted.threshold() + "; or set perMessageDeflate to false";
        } else if (wanted.level() != -1) {
            return "a servlet container chooses the level of compression, so perMessageDeflate.level must be -1, was "
                    + wanted.level();
        } else if (wanted.clientMaxWindowBits() != 15) {
            return "a servlet container cannot limit the client's window, so perMessageDeflate.clientMaxWindowBits must be"
                    + " 15, was " + wanted.clientMaxWindowBits();
        }
        return null;
    }

    /**
     * The client's offer with the parameters that this side adds. A client's permission to reset its context is only a hint,
     * and is ignored unless requested here: Undertow would apply it to all later connections.
     */
    static Extension answer(Extension offer, PerMessageDeflate wanted) {
        List<Extension.Parameter> parameters = new ArrayList<>(offer.getParameters());
        parameters.removeIf(parameter -> parameter.getName().equals(CLIENT_FORGETS));
        add(parameters, SERVER_FORGETS, wanted.serverNoContextTakeover());
        add(parameters, CLIENT_FORGETS, wanted.clientNoContextTakeover());
        return new Deflate(List.copyOf(parameters));
    }

    private static void add(List<Extension.Parameter> parameters, String name, boolean wanted) {
        if (wanted && parameters.stream().noneMatch(known -> known.getName().equals(name))) {
            parameters.add(new Flag(name));
        }
    }
}
