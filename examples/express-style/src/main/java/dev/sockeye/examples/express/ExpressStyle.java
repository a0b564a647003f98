package dev.sockeye.examples.express;

import dev.sockeye.jakarta.JakartaOptions;
import dev.sockeye.jakarta.SockeyeServlet;
import dev.sockeye.socketio.server.SocketIoServer;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Function;
import org.eclipse.jetty.ee11.servlet.DefaultServlet;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.resource.ResourceFactory;

/** HTTP routes, a page and Socket.IO on one port: {@code ExpressStyle [port]}. */
public final class ExpressStyle {
    public static void main(String[] args) throws Exception {
        start(args.length > 0 ? Integer.parseInt(args[0]) : 3000);
        System.out.println("listening");
    }

    static Server start(int port) throws Exception {
        SocketIoServer io = SocketIoServer.create();
        io.onConnection(socket -> socket.on("note", String.class, text -> io.emit("note", text)));
        ServletContextHandler app = new ServletContextHandler("/");
        app.setBaseResource(ResourceFactory.of(app).newClassLoaderResource("page/"));
        app.addServlet(DefaultServlet.class, "/");
        route(app, "GET", "/api/clients", request -> io.engine().clientsCount() + "\n");
        route(app, "POST", "/api/notes", request -> {
            io.emit("note", request.getParameter("text"));
            return "sent\n";
        });
        JakartaWebSocketServletContainerInitializer.configure(
                app, (context, ws) -> SockeyeServlet.register(context, io, "/socket.io/*", JakartaOptions.defaults()));
        Server server = new Server(port);
        server.setHandler(app);
        server.setStopAtShutdown(true);
        server.start();
        return server;
    }

    static void route(
            ServletContextHandler app, String method, String path, Function<HttpServletRequest, String> answer) {
        HttpServlet servlet = new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                if (request.getMethod().equals(method)) {
                    response.getWriter().print(answer.apply(request));
                } else {
                    response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
                }
            }
        };
        app.addServlet(servlet, path);
    }
}
