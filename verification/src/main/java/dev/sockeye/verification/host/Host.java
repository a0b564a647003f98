package dev.sockeye.verification.host;

import dev.sockeye.engineio.host.EngineHost;
import dev.sockeye.engineio.host.EngineHostProvider;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.jakarta.JakartaOptions;
import dev.sockeye.jakarta.SockeyeServlet;
import dev.sockeye.netty.NettyHost;
import dev.sockeye.netty.NettyHostOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/** The hosts of an engine. A servlet container is started with a single servlet in the root context. */
public enum Host implements EngineHostProvider {
    NETTY {
        @Override
        public EngineHost listen(InetSocketAddress address, HostedEngine engine) throws IOException {
            return NettyHost.listen(address, engine, NettyHostOptions.defaults());
        }
    },
    TOMCAT {
        @Override
        public EngineHost listen(InetSocketAddress address, SockeyeServlet servlet) throws IOException {
            return started(() -> Containers.tomcat(address, servlet));
        }
    },
    JETTY {
        @Override
        public EngineHost listen(InetSocketAddress address, SockeyeServlet servlet) throws IOException {
            return started(() -> Containers.jetty(address, servlet));
        }
    },
    UNDERTOW {
        @Override
        public EngineHost listen(InetSocketAddress address, SockeyeServlet servlet) throws IOException {
            return started(() -> Containers.undertow(address, servlet));
        }
    };

    /** The name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public EngineHost listen(InetSocketAddress address, HostedEngine engine) throws IOException {
        return listen(address, new SockeyeServlet(engine, JakartaOptions.defaults()));
    }

    /** Starts this container with the servlet. */
    public EngineHost listen(InetSocketAddress address, SockeyeServlet servlet) throws IOException {
        throw new UnsupportedOperationException(this + " has no servlets");
    }

    private static EngineHost started(Start start) throws IOException {
        try {
            return start.start();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("the container did not start", e);
        }
    }

    private interface Start {
        Running start() throws Exception;
    }

    interface Stop {
        void stop() throws Exception;
    }

    record Running(InetSocketAddress address, Stop stop) implements EngineHost {
        @Override
        public CompletableFuture<Void> closeAsync() {
            CompletableFuture<Void> closed = new CompletableFuture<>();
            Thread closer = new Thread(
                    () -> {
                        try {
                            stop.stop();
                            closed.complete(null);
                        } catch (Exception e) {
                            closed.completeExceptionally(e);
                        }
                    },
                    "container-stop");
            closer.setDaemon(true);
            closer.start();
            return closed;
        }
    }
}
