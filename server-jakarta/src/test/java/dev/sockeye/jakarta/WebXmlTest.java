package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.Handshake;
import dev.sockeye.socketio.server.SocketIoServer;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.ContextConfig;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.scan.StandardJarScanner;
import org.eclipse.jetty.ee11.webapp.WebAppContext;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An application that is described by a web.xml, at a context path, behind a filter, with its own login. */
@DisplayName("An application with a web.xml")
@Timeout(60)
final class WebXmlTest {

    @TempDir
    Path base;

    /** Creates the server when the application starts. */
    public static final class ChatListener implements ServletContextListener {
        @Override
        public void contextInitialized(ServletContextEvent event) {
            SocketIoServer io = SocketIoServer.create();
            io.onConnection(socket -> {
                Handshake handshake = socket.handshake();
                HttpSession session = (HttpSession) handshake.attribute("session");
                socket.emit(
                        "you",
                        session == null ? "nobody" : String.valueOf(session.getAttribute("user")),
                        String.valueOf(handshake.attribute("tenant")),
                        handshake.url().replaceAll("\\?.*", ""));
            });
            event.getServletContext().setAttribute(SockeyeServlet.SERVER, io);
            event.getServletContext()
                    .setAttribute(
                            SockeyeServlet.OPTIONS,
                            JakartaOptions.builder().loops(1).build());
        }
    }

    /** Sets a request attribute. */
    public static final class TenantFilter implements Filter {
        @Override
        public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            request.setAttribute("tenant", "blue");
            chain.doFilter(request, response);
        }
    }

    /** Opens an HttpSession. */
    public static final class LoginServlet extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            request.getSession(true).setAttribute("user", request.getParameter("user"));
            response.getWriter().print("welcome");
        }
    }

    private void webXml() throws IOException {
        Path folder = Files.createDirectories(base.resolve("app/WEB-INF"));
        Files.writeString(folder.resolve("web.xml"), """
            <?xml version="1.0" encoding="UTF-8"?>
            <web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0" metadata-complete="true">
              <listener><listener-class>%1$s$ChatListener</listener-class></listener>
              <filter>
                <filter-name>tenant</filter-name>
                <filter-class>%1$s$TenantFilter</filter-class>
                <async-supported>true</async-supported>
              </filter>
              <filter-mapping><filter-name>tenant</filter-name><url-pattern>/*</url-pattern></filter-mapping>
              <servlet>
                <servlet-name>login</servlet-name>
                <servlet-class>%1$s$LoginServlet</servlet-class>
              </servlet>
              <servlet-mapping><servlet-name>login</servlet-name><url-pattern>/login</url-pattern></servlet-mapping>
              <servlet>
                <servlet-name>sockeye</servlet-name>
                <servlet-class>dev.sockeye.jakarta.SockeyeServlet</servlet-class>
                <load-on-startup>1</load-on-startup>
                <async-supported>true</async-supported>
              </servlet>
              <servlet-mapping>
                <servlet-name>sockeye</servlet-name>
                <url-pattern>/socket.io/*</url-pattern>
              </servlet-mapping>
            </web-app>
            """.formatted(WebXmlTest.class.getName()));
    }

    @Test
    void runsInTomcat() throws Exception {
        webXml();
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        tomcat.setPort(0);
        StandardContext context = new StandardContext();
        context.setPath("/shop");
        context.setDocBase(base.resolve("app").toString());
        context.setParentClassLoader(WebXmlTest.class.getClassLoader());
        context.setContainerSciFilter("jetty|undertow"); // of the other containers on this class path
        StandardJarScanner scanner = new StandardJarScanner();
        scanner.setScanClassPath(false); // to read all classes of the test takes a minute on a busy machine
        context.setJarScanner(scanner);
        ContextConfig config = new ContextConfig();
        config.setDefaultWebXml(tomcat.noDefaultWebXmlPath());
        context.addLifecycleListener(config);
        tomcat.getHost().addChild(context);
        tomcat.getConnector();
        tomcat.start();
        try {
            converse(tomcat.getConnector().getLocalPort());
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    @Test
    void runsInJetty() throws Exception {
        webXml();
        Server server = new Server(0);
        WebAppContext context = new WebAppContext(base.resolve("app").toString(), "/shop");
        context.setParentLoaderPriority(true);
        context.setAttribute(
                "org.eclipse.jetty.containerInitializerExclusionPattern", "org\\.apache\\..*|io\\.undertow.*");
        JakartaWebSocketServletContainerInitializer.configure(context, null);
        server.setHandler(context);
        server.start();
        try {
            converse(((ServerConnector) server.getConnectors()[0]).getLocalPort());
        } finally {
            server.stop();
        }
    }

    /** A client without a login and one with, on each transport; the last one is there when the application stops. */
    private static void converse(int port) throws Exception {
        String origin = "://localhost:" + port + "/shop";
        HttpClient stranger = client(new CookieManager());
        HttpClient ada = client(new CookieManager());
        get(ada, "http" + origin + "/login?user=ada");
        for (HttpClient client : new HttpClient[] {stranger, ada}) {
            String you = "42[\"you\",\"" + (client == ada ? "ada" : "nobody") + "\",\"blue\",\"/socket.io/\"]";
            RecordingClient socket =
                    new RecordingClient(client, "ws" + origin + "/socket.io/?EIO=4&transport=websocket");
            assertThat((String) socket.next()).startsWith("0{");
            socket.send("40");
            assertThat((String) socket.next()).startsWith("40{");
            assertThat(socket.next()).isEqualTo(you);

            String poll = "http" + origin + "/socket.io/?EIO=4&transport=polling";
            String sid = get(client, poll).replaceAll(".*\"sid\":\"([^\"]+)\".*", "$1");
            HttpRequest connect = HttpRequest.newBuilder(URI.create(poll + "&sid=" + sid))
                    .POST(HttpRequest.BodyPublishers.ofString("40"))
                    .build();
            assertThat(client.send(connect, BodyHandlers.ofString()).body()).isEqualTo("ok");
            StringBuilder received = new StringBuilder();
            while (received.indexOf("42") < 0) {
                received.append(get(client, poll + "&sid=" + sid)).append('\u001e');
            }
            assertThat(received.toString()).startsWith("40{").contains(you);
            socket.close(1000, "");
            assertThat(closed(socket)).isEqualTo("1000:");
        }
    }

    private static String closed(RecordingClient socket) throws Exception {
        try {
            return socket.closed.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            return "1000:"; // the server has closed the connection after the response
        }
    }

    private static HttpClient client(CookieManager cookies) {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .cookieHandler(cookies)
                .build();
    }

    private static String get(HttpClient client, String uri) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString())
                .body();
    }
}
