package dev.sockeye.kafka;

import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A namespace with recovery, of which nothing else is asked. */
final class RecoveringReceiver implements ClusterTransport.Receiver {
    @Override
    public void onMessage(ClusterMessage message, @Nullable String offset) {}

    @Override
    public InMemoryAdapter local() {
        throw new UnsupportedOperationException();
    }

    @Override
    public AdapterNamespace namespace() {
        return (AdapterNamespace) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {AdapterNamespace.class}, (proxy, method, args) -> {
                    if (method.getName().equals("recovery")) {
                        return Duration.ofMinutes(2);
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    @Override
    public String uid() {
        return "0".repeat(16);
    }
}
