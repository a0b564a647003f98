package dev.sockeye.jakarta;

import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.handlers.PathHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletContainer;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;
import java.io.File;
import java.net.InetSocketAddress;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EventListener;
import org.apache.catalina.Context;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;

/**
 * Deploys the application of docs/hosting.md with Sockeye among its own classes, uses it, undeploys it while clients are
 * connected, three times; prints the remaining threads. In a separate JVM, in which nothing else has started threads.
 */
final class RedeployProgram {

    private RedeployProgram() {}

    /** A container; deploying returns an object that undeploys the application. */
    interface Place {
        AutoCloseable deploy(ClassLoader application) throws Exception;

        int port();
    }

    /** Loads Sockeye and the application separately from the container, like WEB-INF. */
    private static final class ApplicationLoader extends URLClassLoader {
        ApplicationLoader(URL[] urls) {
            super("application", urls, RedeployProgram.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("dev.sockeye.")) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> known = findLoadedClass(name);
                return known == null ? findClass(name) : known;
            }
        }
    }

    public static void main(String[] args) {
        try {
            run(Container.Kind.valueOf(args[0]));
        } catch (Exception | Error e) {
            e.printStackTrace();
            System.exit(1);
        }
        System.exit(0);
    }

    private static void run(Container.Kind kind) throws Exception {
        Place place = switch (kind) {
            case TOMCAT -> tomcat();
            case JETTY -> jetty();
            case UNDERTOW -> undertow();
        };
        for (int i = 1; i <= 3; i++) {
            deployAndUndeploy(place);
            System.out.println("deployment " + i + " has ended");
        }
    }

    private static void deployAndUndeploy(Place place) throws Exception {
        ApplicationLoader loader = new ApplicationLoader(classPath());
        AutoCloseable application = place.deploy(loader);
        use(place.port());
        application.close();
        // listed immediately: no thread may be about to end
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            String name = thread.getName();
            if (thread.isAlive() && (name.startsWith("sockeye") || name.startsWith("CompletableFuture"))) {
                System.out.println("THREAD LEFT " + name);
            }
        }
        loader.close();
    }

    /** A WebSocket that stays, and a poll that waits, when the application goes. */
    private static void use(int port) throws Exception {
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        String address = "://localhost:" + port + "/socket.io/?EIO=4&transport=";
        RecordingClient socket = new RecordingClient(client, "ws" + address + "websocket");
        expect("0{", socket.next());
        socket.send("40");
        expect("40{", socket.next());
        for (int i = 0; i < 200; i++) {
            socket.send("42[\"chat\",\"hello\"]");
        }
        for (int i = 0; i < 200; i++) {
            expect("42[\"chat\",\"hello\"]", socket.next());
        }
        String poll = "http" + address + "polling";
        String open = client.send(HttpRequest.newBuilder(URI.create(poll)).build(), BodyHandlers.ofString())
                .body();
        URI session = URI.create(poll + "&sid=" + open.replaceAll(".*\"sid\":\"([^\"]+)\".*", "$1"));
        client.send(
                HttpRequest.newBuilder(session)
                        .POST(HttpRequest.BodyPublishers.ofString("40"))
                        .build(),
                BodyHandlers.ofString());
        HttpRequest get = HttpRequest.newBuilder(session).build();
        expect("40{", client.send(get, BodyHandlers.ofString()).body());
        var unused = client.sendAsync(get, BodyHandlers.ofString());
    }

    private static void expect(String beginning, Object got) {
        if (!got.toString().startsWith(beginning)) {
            throw new IllegalStateException("expected " + beginning + ", got " + got);
        }
    }

    private static URL[] classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> {
                    try {
                        return Path.of(entry).toUri().toURL();
                    } catch (MalformedURLException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .toArray(URL[]::new);
    }

    private static EventListener listener(ClassLoader application) throws ReflectiveOperationException {
        return (EventListener) application
                .loadClass(HostingExamples.ChatListener.class.getName())
                .getConstructor()
                .newInstance();
    }

    private static Place tomcat() throws Exception {
        Path base = Files.createTempDirectory("tomcat");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        tomcat.setPort(0);
        tomcat.getConnector();
        tomcat.getHost();
        tomcat.start();
        return new Place() {
            @Override
            public AutoCloseable deploy(ClassLoader application) {
                Context context = new StandardContext();
                context.setPath("");
                context.setDocBase(base.toString());
                context.addLifecycleListener(new Tomcat.FixContextListener());
                context.setParentClassLoader(application);
                context.addServletContainerInitializer(new WsSci(), null);
                context.addApplicationListener(HostingExamples.ChatListener.class.getName());
                tomcat.getHost().addChild(context);
                return () -> tomcat.getHost().removeChild(context);
            }

            @Override
            public int port() {
                return tomcat.getConnector().getLocalPort();
            }
        };
    }

    private static Place jetty() throws Exception {
        Server server = new Server(0);
        ContextHandlerCollection contexts = new ContextHandlerCollection();
        server.setHandler(contexts);
        server.start();
        return new Place() {
            @Override
            public AutoCloseable deploy(ClassLoader application) throws Exception {
                ServletContextHandler context = new ServletContextHandler("/", ServletContextHandler.SESSIONS);
                context.setClassLoader(application);
                JakartaWebSocketServletContainerInitializer.configure(context, null);
                context.addEventListener(listener(application));
                contexts.addHandler(context);
                context.start();
                return () -> {
                    context.stop();
                    contexts.removeHandler(context);
                };
            }

            @Override
            public int port() {
                return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
            }
        };
    }

    private static Place undertow() {
        ServletContainer container = Servlets.newContainer();
        PathHandler paths = Handlers.path();
        Undertow undertow = Undertow.builder()
                .addHttpListener(0, "localhost")
                .setHandler(paths)
                .build();
        undertow.start();
        return new Place() {
            @Override
            public AutoCloseable deploy(ClassLoader application) throws Exception {
                DeploymentManager manager = container.addDeployment(Servlets.deployment()
                        .setClassLoader(application)
                        .setContextPath("/")
                        .setDeploymentName("chat")
                        .addServletContextAttribute(
                                WebSocketDeploymentInfo.ATTRIBUTE_NAME, new WebSocketDeploymentInfo())
                        .addListener(Servlets.listener(listener(application).getClass())));
                manager.deploy();
                paths.addPrefixPath("/", manager.start());
                return () -> {
                    paths.removePrefixPath("/");
                    manager.stop();
                    DeploymentInfo deployed = manager.getDeployment().getDeploymentInfo();
                    manager.undeploy();
                    container.removeDeployment(deployed);
                };
            }

            @Override
            public int port() {
                return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
            }
        };
    }
}
