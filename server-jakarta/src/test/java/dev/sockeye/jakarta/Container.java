package dev.sockeye.jakarta;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import io.undertow.websockets.extensions.PerMessageDeflateHandshake;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.apache.tomcat.websocket.server.WsSci;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** A started container with HTTP/1.1 and HTTP/2, and with one servlet at {@code /app/socket.io/*} behind one filter. */
record Container(int port, AutoCloseable end) implements AutoCloseable {

    private static final String MAPPING = "/socket.io/*";

    enum Kind {
        TOMCAT,
        JETTY,
        UNDERTOW;

        Container start(SockeyeServlet servlet, Filter filter) throws Exception {
            return switch (this) {
                case TOMCAT -> tomcat(servlet, filter);
                case JETTY -> jetty(servlet, filter, 30_000);
                case UNDERTOW -> undertow(servlet, filter);
            };
        }
    }

    private static Container tomcat(SockeyeServlet servlet, Filter filter) throws Exception {
        Path base = Files.createTempDirectory("tomcat");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        tomcat.setPort(0);
        Context context = tomcat.addContext("/app", base.toString());
        context.addServletContainerInitializer(new WsSci(), null);
        FilterDef definition = new FilterDef();
        definition.setFilterName("filter");
        definition.setFilter(filter);
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        FilterMap mapping = new FilterMap();
        mapping.setFilterName("filter");
        mapping.addURLPattern("/*");
        context.addFilterMap(mapping);
        Wrapper wrapper = Tomcat.addServlet(context, "sockeye", servlet);
        wrapper.setAsyncSupported(true);
        wrapper.setLoadOnStartup(1);
        wrapper.addMapping(MAPPING);
        tomcat.getConnector().addUpgradeProtocol(new Http2Protocol());
        tomcat.start();
        try {
            wrapper.load(); // Tomcat has logged what failed, this throws it
        } catch (Exception e) {
            tomcat.stop();
            tomcat.destroy();
            throw e;
        }
        return new Container(tomcat.getConnector().getLocalPort(), () -> {
            tomcat.stop();
            tomcat.destroy();
        });
    }

    /** Jetty, which closes connections that are idle for this time. */
    static Container jetty(SockeyeServlet servlet, Filter filter, int idleMillis) throws Exception {
        Server server = new Server();
        HttpConfiguration http = new HttpConfiguration();
        ServerConnector connector =
                new ServerConnector(server, new HttpConnectionFactory(http), new HTTP2CServerConnectionFactory(http));
        server.addConnector(connector);
        connector.setIdleTimeout(idleMillis);
        ServletContextHandler context = new ServletContextHandler("/app", ServletContextHandler.SESSIONS);
        JakartaWebSocketServletContainerInitializer.configure(context, null);
        FilterHolder held = new FilterHolder(filter);
        held.setAsyncSupported(true);
        context.addFilter(held, "/*", EnumSet.of(DispatcherType.REQUEST));
        ServletHolder holder = new ServletHolder("sockeye", servlet);
        holder.setAsyncSupported(true);
        holder.setInitOrder(1);
        context.addServlet(holder, MAPPING);
        server.setHandler(context);
        server.start();
        return new Container(connector.getLocalPort(), server::stop);
    }

    private static Container undertow(SockeyeServlet servlet, Filter filter) throws Exception {
        DeploymentInfo deployment = Servlets.deployment()
                .setClassLoader(Container.class.getClassLoader())
                .setContextPath("/app")
                .setDeploymentName("app")
                .addServletContextAttribute(
                        WebSocketDeploymentInfo.ATTRIBUTE_NAME,
                        new WebSocketDeploymentInfo().addExtension(new PerMessageDeflateHandshake()))
                .addFilter(Servlets.filter("filter", Filter.class, new ImmediateInstanceFactory<>(filter))
                        .setAsyncSupported(true))
                .addFilterUrlMapping("filter", "/*", DispatcherType.REQUEST)
                .addServlet(Servlets.servlet("sockeye", SockeyeServlet.class, new ImmediateInstanceFactory<>(servlet))
                        .addMapping(MAPPING)
                        .setAsyncSupported(true)
                        .setLoadOnStartup(1));
        DeploymentManager manager = Servlets.newContainer().addDeployment(deployment);
        manager.deploy();
        HttpHandler handler = manager.start();
        initialised(manager);
        Undertow undertow = Undertow.builder()
                .addHttpListener(0, "localhost")
                .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
                .setHandler(Handlers.path().addPrefixPath("/app", handler))
                .build();
        undertow.start();
        InetSocketAddress address =
                (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
        return new Container(address.getPort(), () -> {
            manager.stop();
            manager.undeploy();
            undertow.stop();
        });
    }

    /** Undertow has logged what failed, this throws it. */
    static void initialised(DeploymentManager manager) throws ServletException {
        manager.getDeployment()
                .getServlets()
                .getManagedServlet("sockeye")
                .getServlet()
                .release();
    }

    @Override
    public void close() throws Exception {
        end.close();
    }
}
