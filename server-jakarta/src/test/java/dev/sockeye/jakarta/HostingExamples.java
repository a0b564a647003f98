package dev.sockeye.jakarta;

import dev.sockeye.socketio.server.SocketIoServer;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;

/** The code of docs/hosting.md; HostingDocTest compares and runs it. */
final class HostingExamples {

    private HostingExamples() {}

    // doc: listener
    /** Puts Socket.IO under /socket.io/ of any web application. */
    public static final class ChatListener implements ServletContextListener {
        @Override
        public void contextInitialized(ServletContextEvent event) {
            SocketIoServer io = SocketIoServer.create();
            io.onConnection(socket -> socket.on("chat", String.class, text -> io.emit("chat", text)));
            SockeyeServlet.register(event.getServletContext(), io, "/socket.io/*", JakartaOptions.defaults());
        }
    }
    // end

    static Tomcat tomcat(int port) throws Exception {
        // doc: tomcat
        Path base = Files.createTempDirectory("tomcat");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        tomcat.setPort(port);
        Context context = tomcat.addContext("", base.toString());
        context.addServletContainerInitializer(new WsSci(), null);
        context.addApplicationListener(ChatListener.class.getName());
        tomcat.getConnector();
        tomcat.start();
        // end
        return tomcat;
    }

    static Server jetty(int port) throws Exception {
        // doc: jetty
        Server server = new Server(port);
        ServletContextHandler context = new ServletContextHandler("/", ServletContextHandler.SESSIONS);
        JakartaWebSocketServletContainerInitializer.configure(context, null);
        context.addEventListener(new ChatListener());
        server.setHandler(context);
        server.start();
        // end
        return server;
    }

    record RunningUndertow(Undertow server, DeploymentManager application) {}

    static RunningUndertow undertow(int port) throws Exception {
        // doc: undertow
        DeploymentManager application = Servlets.newContainer()
                .addDeployment(Servlets.deployment()
                        .setClassLoader(ChatListener.class.getClassLoader())
                        .setContextPath("/")
                        .setDeploymentName("chat")
                        .addServletContextAttribute(
                                WebSocketDeploymentInfo.ATTRIBUTE_NAME, new WebSocketDeploymentInfo())
                        .addListener(Servlets.listener(ChatListener.class)));
        application.deploy();
        Undertow undertow = Undertow.builder()
                .addHttpListener(port, "localhost")
                .setHandler(Handlers.path(application.start()))
                .build();
        undertow.start();
        // end
        return new RunningUndertow(undertow, application);
    }
}
