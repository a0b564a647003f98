package dev.sockeye.verification.host;

import dev.sockeye.jakarta.SockeyeServlet;
import dev.sockeye.verification.host.Host.Running;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import io.undertow.websockets.extensions.PerMessageDeflateHandshake;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Starts each container with one servlet, and with its default settings where possible. */
final class Containers {
    private static final String EVERYTHING = "/*";

    private Containers() {}

    static Running tomcat(InetSocketAddress address, SockeyeServlet servlet) throws IOException, LifecycleException {
        Path base = Files.createTempDirectory("tomcat");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        Connector connector = new Connector();
        connector.setPort(address.getPort());
        connector.setProperty("address", address.getAddress().getHostAddress());
        connector.setThrowOnFailure(true);
        tomcat.setConnector(connector);
        Context context = tomcat.addContext("", base.toString());
        context.addServletContainerInitializer(new WsSci(), null);
        Wrapper wrapper = Tomcat.addServlet(context, "sockeye", servlet);
        wrapper.setAsyncSupported(true);
        wrapper.setLoadOnStartup(1);
        wrapper.addMapping(EVERYTHING);
        tomcat.start();
        return new Running(new InetSocketAddress(address.getAddress(), connector.getLocalPort()), () -> {
            tomcat.stop();
            tomcat.destroy();
        });
    }

    static Running jetty(InetSocketAddress address, SockeyeServlet servlet) throws Exception {
        Server server = new Server(address);
        ServletContextHandler context = new ServletContextHandler("/", ServletContextHandler.NO_SESSIONS);
        JakartaWebSocketServletContainerInitializer.configure(context, null);
        ServletHolder holder = new ServletHolder("sockeye", servlet);
        holder.setAsyncSupported(true);
        holder.setInitOrder(1);
        context.addServlet(holder, EVERYTHING);
        server.setHandler(context);
        server.start();
        int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
        return new Running(new InetSocketAddress(address.getAddress(), port), server::stop);
    }

    static Running undertow(InetSocketAddress address, SockeyeServlet servlet) throws Exception {
        DeploymentManager application = Servlets.newContainer()
                .addDeployment(Servlets.deployment()
                        .setClassLoader(Containers.class.getClassLoader())
                        .setContextPath("/")
                        .setDeploymentName("sockeye")
                        .addServletContextAttribute(
                                WebSocketDeploymentInfo.ATTRIBUTE_NAME,
                                new WebSocketDeploymentInfo().addExtension(new PerMessageDeflateHandshake()))
                        .addServlet(Servlets.servlet(
                                        "sockeye", SockeyeServlet.class, new ImmediateInstanceFactory<>(servlet))
                                .addMapping(EVERYTHING)
                                .setAsyncSupported(true)
                                .setLoadOnStartup(1)));
        application.deploy();
        Undertow undertow = Undertow.builder()
                .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                .addHttpListener(address.getPort(), address.getAddress().getHostAddress())
                .setHandler(Handlers.path(application.start()))
                .build();
        undertow.start();
        InetSocketAddress bound =
                (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
        return new Running(bound, () -> {
            application.stop();
            application.undeploy();
            undertow.stop();
        });
    }
}
