package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import io.undertow.websockets.jsr.WebSocketDeploymentInfo;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Settings that cannot work in a container make the start fail, with a message that names the fix. */
@DisplayName("Startup validation")
@Timeout(30)
final class StartUpTest {

    private static void start(Container.Kind kind, @Nullable PerMessageDeflate deflate) throws Exception {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .engine(engine -> deflate == null ? engine : engine.perMessageDeflate(defaults -> deflate.toBuilder()))
                .build());
        kind.start(new SockeyeServlet(io, JakartaOptions.defaults()), (request, response, chain) -> {})
                .close();
    }

    @ParameterizedTest
    @EnumSource
    void aCompressionThresholdIsRefused(Container.Kind kind) {
        assertThatThrownBy(() -> start(kind, PerMessageDeflate.defaults()))
                .hasStackTraceContaining("perMessageDeflate.threshold must be 0, was 1024");
    }

    @ParameterizedTest
    @EnumSource
    void aCompressionLevelIsRefused(Container.Kind kind) {
        assertThatThrownBy(() -> start(
                        kind, PerMessageDeflate.builder().threshold(0).level(9).build()))
                .hasStackTraceContaining("perMessageDeflate.level must be -1, was 9");
    }

    @ParameterizedTest
    @EnumSource
    void aClientWindowSizeIsRefused(Container.Kind kind) {
        assertThatThrownBy(() -> start(
                        kind,
                        PerMessageDeflate.builder()
                                .threshold(0)
                                .clientMaxWindowBits(10)
                                .build()))
                .hasStackTraceContaining("perMessageDeflate.clientMaxWindowBits must be 15, was 10");
    }

    @ParameterizedTest
    @EnumSource
    void supportedCompressionSettingsAreAccepted(Container.Kind kind) throws Exception {
        start(
                kind,
                PerMessageDeflate.builder()
                        .threshold(0)
                        .serverNoContextTakeover(true)
                        .clientNoContextTakeover(true)
                        .build());
        start(kind, null);
    }

    @Test
    void compressionIsRefusedWhenTheContainerDoesNotSupportIt() throws Exception {
        EngineServer engine = new EngineServer(EngineOptions.builder()
                .perMessageDeflate(deflate -> deflate.threshold(0))
                .build());
        SockeyeServlet servlet = new SockeyeServlet(engine, JakartaOptions.defaults());
        DeploymentManager plain = Servlets.newContainer()
                .addDeployment(Servlets.deployment()
                        .setClassLoader(StartUpTest.class.getClassLoader())
                        .setContextPath("/")
                        .setDeploymentName("plain")
                        .addServletContextAttribute(
                                WebSocketDeploymentInfo.ATTRIBUTE_NAME, new WebSocketDeploymentInfo())
                        .addServlet(Servlets.servlet(
                                        "sockeye", SockeyeServlet.class, new ImmediateInstanceFactory<>(servlet))
                                .setLoadOnStartup(1)));
        plain.deploy();
        plain.start();
        assertThatThrownBy(() -> Container.initialised(plain))
                .hasStackTraceContaining("addExtension(new PerMessageDeflateHandshake())");
    }

    @Test
    void aContextWithoutWebSocketSupportIsRefused() throws Exception {
        SockeyeServlet servlet = new SockeyeServlet(new FakeEngine(), JakartaOptions.defaults());
        DeploymentManager plain = Servlets.newContainer()
                .addDeployment(Servlets.deployment()
                        .setClassLoader(StartUpTest.class.getClassLoader())
                        .setContextPath("/")
                        .setDeploymentName("plain")
                        .addServlet(Servlets.servlet(
                                        "sockeye", SockeyeServlet.class, new ImmediateInstanceFactory<>(servlet))
                                .setLoadOnStartup(1)));
        plain.deploy();
        plain.start();
        assertThatThrownBy(() -> Container.initialised(plain))
                .hasStackTraceContaining("no WebSocket support")
                .hasStackTraceContaining("WebSocketDeploymentInfo");
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("sockeye-loop"));
    }

    /** The start fails for servlets registered while the context starts, even in Undertow, which would continue without such a servlet. */
    @Test
    void anUnsupportedRegistrationFailsTheDeployment() {
        DeploymentManager application = Servlets.newContainer()
                .addDeployment(Servlets.deployment()
                        .setClassLoader(StartUpTest.class.getClassLoader())
                        .setContextPath("/")
                        .setDeploymentName("chat")
                        .addServletContextAttribute(
                                WebSocketDeploymentInfo.ATTRIBUTE_NAME, new WebSocketDeploymentInfo())
                        .addListener(Servlets.listener(
                                CompressingListener.class, new ImmediateInstanceFactory<>(new CompressingListener()))));
        assertThatThrownBy(application::deploy).hasStackTraceContaining("this container has no permessage-deflate");
    }

    /** Registers a server that wants compression. */
    static final class CompressingListener implements ServletContextListener {
        @Override
        public void contextInitialized(ServletContextEvent event) {
            SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                    .engine(engine -> engine.perMessageDeflate(true))
                    .build());
            SockeyeServlet.register(event.getServletContext(), io, "/socket.io/*", JakartaOptions.defaults());
        }
    }
}
