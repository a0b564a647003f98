package dev.sockeye.jakarta;

import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.socketio.server.SocketIoServer;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.server.ServerContainer;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Enumeration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Runs a Socket.IO server in a servlet container (Servlet 6.0, WebSocket 2.1): long-polling, client bundle and
 * WebSocket on one path of the application's own port. Official counterpart: {@code io.attach(httpServer)}.
 *
 * <p>Register it with {@link #register}, or manually: with asynchronous support, loaded on startup, and mapped to the
 * engine's path (below the context path), {@code /socket.io/*}. Filters in front of it must support asynchronous
 * processing too. From {@code web.xml} it is created without arguments and uses the server in the attribute {@link
 * #SERVER} of the servlet context, which a {@code ServletContextListener} sets.
 *
 * <p>Handlers can read these attributes with {@code Handshake.attribute}: {@code principal}, {@code session} (the
 * {@code HttpSession} that existed at the handshake), and request attributes by their names, for example those set by
 * filters.
 *
 * <p>Lifecycle: created; in service after {@code init}; destroyed. {@code destroy} closes the server if the servlet was created
 * with a {@link SocketIoServer}, and aborts all remaining connections. When it returns, all threads have ended, except those of
 * handlers that do not end within {@link JakartaOptions.Builder#closeTimeout}. An engine stays open, and a thread for the
 * timers of its polling sessions continues until these sessions have ended. A destroyed servlet may be initialized again.
 */
public final class SockeyeServlet extends HttpServlet {

    /** The attribute of the servlet context with the {@link SocketIoServer}, for a servlet made by the container. */
    public static final String SERVER = "dev.sockeye.server";

    /** The attribute of the servlet context with the {@link JakartaOptions}; the defaults are used if it is not set. */
    public static final String OPTIONS = "dev.sockeye.options";

    private static final System.Logger LOG = System.getLogger(SockeyeServlet.class.getName());
    private static final Pattern KEY = Pattern.compile("[+/0-9A-Za-z]{22}==");

    private transient @Nullable SocketIoServer server;
    private transient @Nullable HostedEngine engine;
    private transient JakartaOptions options = JakartaOptions.defaults();
    private transient @Nullable ServerContainer container;
    private transient @Nullable LoopGroup group;

    /** Creates a servlet for {@code web.xml}, which uses the server in {@link #SERVER}. */
    public SockeyeServlet() {}

    /** Creates a servlet for this server, which is closed when the servlet is destroyed. */
    public SockeyeServlet(SocketIoServer server, JakartaOptions options) {
        this.server = Objects.requireNonNull(server);
        this.options = Objects.requireNonNull(options);
    }

    /** Creates a servlet for an engine, which stays open when the servlet is destroyed. */
    public SockeyeServlet(HostedEngine engine, JakartaOptions options) {
        this.engine = Objects.requireNonNull(engine);
        this.options = Objects.requireNonNull(options);
    }

    /**
     * Registers a servlet for a server with the required settings. Call this while the context starts, for example in a
     * {@code ServletContextListener}.
     *
     * @param urlPattern the server's path and all paths below it, {@code /socket.io/*} for the default path
     * @throws IllegalStateException if the context has started already, or has a servlet named {@code sockeye}, or the
     *     container does not support the server's options; the message names the required setting
     */
    public static ServletRegistration.Dynamic register(
            ServletContext context, SocketIoServer server, String urlPattern, JakartaOptions options) {
        if (context.getAttribute(ServerContainer.class.getName()) instanceof ServerContainer container) {
            String impossible = Compression.impossible(
                    server.engine().options().perMessageDeflate(), container.getInstalledExtensions());
            if (impossible != null) {
                throw new IllegalStateException(impossible);
            }
        }
        ServletRegistration.Dynamic registration = context.addServlet("sockeye", new SockeyeServlet(server, options));
        if (registration == null) {
            throw new IllegalStateException("this context has a servlet named sockeye already");
        }
        registration.setAsyncSupported(true);
        registration.setLoadOnStartup(1);
        registration.addMapping(urlPattern);
        return registration;
    }

    /**
     * Finds the server and the container's WebSocket support, and starts the loops.
     *
     * @throws ServletException if something is missing; the message explains the fix
     */
    @Override
    public void init() throws ServletException {
        ServletContext context = getServletContext();
        if (server == null && engine == null) {
            if (!(context.getAttribute(SERVER) instanceof SocketIoServer given)) {
                throw new ServletException("no Socket.IO server: set the attribute " + SERVER
                        + " of the servlet context to a SocketIoServer in a ServletContextListener");
            }
            server = given;
            if (context.getAttribute(OPTIONS) instanceof JakartaOptions set) {
                options = set;
            }
        }
        if (!(context.getAttribute(ServerContainer.class.getName()) instanceof ServerContainer found)) {
            throw new ServletException("this servlet context has no WebSocket support. Tomcat: add tomcat-websocket (or"
                    + " tomcat-embed-websocket and its WsSci). Jetty: call"
                    + " JakartaWebSocketServletContainerInitializer.configure(context, null), or deploy the module"
                    + " ee11-websocket-jakarta. Undertow: add a WebSocketDeploymentInfo to the deployment");
        }
        String impossible = Compression.impossible(wantedCompression(), found.getInstalledExtensions());
        if (impossible != null) {
            throw new ServletException(impossible);
        }
        SocketIoServer started = server;
        if (started != null) {
            engine = started.hostedEngine();
        }
        container = found;
        group = new LoopGroup(options);
    }

    private @Nullable PerMessageDeflate wantedCompression() {
        SocketIoServer io = server;
        if (io != null) {
            return io.engine().options().perMessageDeflate();
        }
        return engine instanceof EngineServer alone ? alone.options().perMessageDeflate() : null;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        HostedEngine to = engine;
        LoopGroup loops = group;
        ServerContainer sockets = container;
        if (to == null || loops == null || sockets == null) {
            throw new ServletException("not initialised");
        }
        if (request.getDispatcherType() == DispatcherType.ASYNC) {
            if (request.getAttribute(ServletUpgrade.ATTRIBUTE) instanceof ServletUpgrade upgrade) {
                request.removeAttribute(ServletUpgrade.ATTRIBUTE);
                upgrade.finish(request, response);
            }
            return;
        }
        if (!to.matches(ServletFacts.uriOf(request))) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        if (!request.isAsyncSupported()) {
            throw new ServletException("set async-supported to true for the servlet " + getServletName()
                    + " and for each filter in front of it");
        }
        SerialLoop loop = loops.loop(request.getRemoteAddr(), request.getRemotePort());
        if (!asksForWebSocket(request)) {
            ServletExchange exchange = new ServletExchange(request, response, loop, loops, to);
            loop.executeHere(() -> to.handle(exchange));
            return;
        }
        String wrong = malformed(request);
        if (wrong == null) {
            new ServletUpgrade(request, loop, loops, options, sockets, to).start(request, response);
        } else {
            response.setStatus(HttpServletResponse.SC_BAD_REQUEST);
            response.setHeader("Sec-WebSocket-Version", "13");
            response.setContentType("text/html");
            response.getOutputStream().print(wrong);
        }
    }

    /** The number of open requests and WebSockets. */
    int openConnections() {
        LoopGroup loops = group;
        return loops == null ? 0 : loops.openConnections();
    }

    private static boolean asksForWebSocket(HttpServletRequest request) {
        return names(request.getHeaders("Upgrade"), "websocket") && names(request.getHeaders("Connection"), "upgrade");
    }

    private static boolean names(Enumeration<String> values, String token) {
        while (values.hasMoreElements()) {
            for (String value : values.nextElement().split(",", -1)) {
                if (value.strip().equalsIgnoreCase(token)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static @Nullable String malformed(HttpServletRequest request) {
        String key = request.getHeader("Sec-WebSocket-Key");
        if (!request.getMethod().equals("GET")) {
            return "Invalid HTTP method";
        } else if (key == null || !KEY.matcher(key).matches()) {
            return "Missing or invalid Sec-WebSocket-Key header";
        } else if (!"13".equals(request.getHeader("Sec-WebSocket-Version"))) {
            return "Missing or invalid Sec-WebSocket-Version header";
        }
        return null;
    }

    /** Closes the server (if this servlet was created with one), aborts all connections, and waits for the threads to end. */
    @Override
    public void destroy() {
        SocketIoServer open = server;
        LoopGroup loops = group;
        group = null;
        if (loops == null) {
            return;
        }
        try {
            if (open != null) {
                close(open);
            }
        } finally {
            loops.close(open == null);
        }
        try {
            if (open != null && !open.awaitTermination(options.closeTimeout())) {
                LOG.log(
                        Level.WARNING,
                        JakartaLog.HANDLERS_STILL_RUN.text("after " + options.closeTimeout()
                                + " a handler still runs, or something waits for its timeout"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void close(SocketIoServer open) {
        try {
            open.closeAsync().get(options.closeTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            LOG.log(Level.DEBUG, "the application has closed the server already", e);
        } catch (TimeoutException e) {
            LOG.log(
                    Level.WARNING,
                    JakartaLog.CLOSE_TIMED_OUT.text("the server was not closed within " + options.closeTimeout()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
