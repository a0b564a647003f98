package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.Retention;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A direct send from a handler thread")
class DirectSendsTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final BlockingQueue<EngineSocket> sessions = new LinkedBlockingQueue<>();
    private final AtomicInteger wakeups = new AtomicInteger();
    private NettyHost host;
    private EventLoopGroup group;
    private SocketIoServer io;
    private volatile boolean done;

    @BeforeEach
    void onEpoll() {
        assumeTrue(Epoll.isAvailable(), "epoll is not available here");
    }

    @AfterEach
    void stop() throws Exception {
        done = true;
        if (host != null) {
            host.close();
        }
        if (io != null) {
            io.closeAsync().get(10, TimeUnit.SECONDS);
        }
        if (group != null) {
            group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    private void startEngine() throws Exception {
        EngineServer engine = new EngineServer(EngineOptions.builder().build());
        engine.onConnection(sessions::add);
        host = NettyHost.listen(
                ANY,
                engine,
                NettyHostOptions.builder().io(NettyIo.EPOLL).loops(1).build());
    }

    private RawClient connect(InetSocketAddress address, String path) throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(address);
        RawClient client = new RawClient(socket);
        assertThat(client.upgrade(path).status()).isEqualTo(101);
        return client;
    }

    private static Thread start(Runnable action) {
        Thread thread = new Thread(action, "sender");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void sendNow(EngineSocket session, Message... messages) {
        session.sendNow(List.of(messages), false, Retention.KEEP);
    }

    @Test
    void keepsTheOrderOfEachThreadDuringConcurrentSends() throws Exception {
        startEngine();
        RawClient client = connect(host.address(), "/engine.io/?EIO=4&transport=websocket");
        EngineSocket session = sessions.poll(10, TimeUnit.SECONDS);
        int each = 400;
        List<Thread> senders = new ArrayList<>();
        for (String name : List.of("a", "b")) {
            Random random = new Random(name.hashCode());
            senders.add(start(() -> {
                for (int i = 0; i < each; i++) {
                    byte[] attachment = new byte[random.nextInt(3000)];
                    sendNow(session, Message.text(name + i + ":" + attachment.length), Message.binary(attachment));
                }
            }));
        }
        senders.add(start(() -> {
            for (int i = 0; i < each; i++) {
                int number = i;
                session.loop()
                        .execute(() -> session.send(
                                List.of(Message.text("l" + number + ":0"), Message.binary(new byte[0])), false, null));
            }
        }));
        assertThat(client.frame().text()).startsWith("0{");
        int[] next = new int[128];
        for (int i = 0; i < 3 * each; i++) {
            String text = client.frame().text();
            int colon = text.indexOf(':');
            assertThat(text.substring(2, colon)).isEqualTo("" + next[text.charAt(1)]++);
            RawClient.Frame attachment = client.frame();
            assertThat(attachment.first() & 15).isEqualTo(2);
            assertThat(attachment.payload()).hasSize(Integer.parseInt(text.substring(colon + 1)));
        }
        for (Thread sender : senders) {
            sender.join(10_000);
        }
        Awaitility.await().until(() -> session.bufferedBytes() == 0);
        client.close();
    }

    @Test
    void doesNotSuppressWhenDrainedCallbacks() throws Exception {
        startEngine();
        RawClient client = connect(host.address(), "/engine.io/?EIO=4&transport=websocket");
        EngineSocket session = sessions.poll(10, TimeUnit.SECONDS);
        Thread sender = start(() -> {
            while (!done) {
                if (session.bufferedBytes() == 0) {
                    sendNow(session, Message.text("x"));
                }
            }
        });
        Thread reader = start(() -> {
            try {
                while (!done) {
                    client.frame();
                }
            } catch (IOException e) {
                // closed
            }
        });
        for (int i = 0; i < 1000; i++) {
            CountDownLatch drained = new CountDownLatch(1);
            session.whenDrained(drained::countDown);
            assertThat(drained.await(10, TimeUnit.SECONDS)).isTrue();
        }
        done = true;
        sender.join(10_000);
        client.close();
        reader.join(10_000);
    }

    @Test
    void neverReachesAnotherClientWhenConnectionsClose() throws Exception {
        startEngine();
        List<EngineSocket> open = new CopyOnWriteArrayList<>();
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int seed = i;
            senders.add(start(() -> {
                Random random = new Random(seed);
                while (!done) {
                    Object[] now = open.toArray();
                    if (now.length > 0) {
                        EngineSocket session = (EngineSocket) now[random.nextInt(now.length)];
                        if (session.bufferedBytes() == 0) {
                            sendNow(session, Message.text(session.id()));
                        }
                    }
                }
            }));
        }
        Random random = new Random(1);
        for (int i = 0; i < 150; i++) {
            RawClient client = connect(host.address(), "/engine.io/?EIO=4&transport=websocket");
            EngineSocket session = sessions.poll(10, TimeUnit.SECONDS);
            String opened = client.frame().text();
            assertThat(opened).contains(session.id());
            open.add(session);
            for (int j = random.nextInt(5); j >= 0; j--) {
                assertThat(client.frame().text()).isEqualTo("4" + session.id());
            }
            switch (random.nextInt(3)) {
                case 0 -> client.socket.setSoLinger(true, 0); // a reset
                case 1 -> session.close();
                default -> {}
            }
            client.close();
            if (open.size() > 3) {
                open.remove(random.nextInt(open.size()));
            }
        }
        done = true;
        for (Thread sender : senders) {
            sender.join(10_000);
        }
    }

    @Test
    void doesNotWakeTheEventLoopForASingleReply() throws Exception {
        group = new MultiThreadIoEventLoopGroup(1, SocketGuard.factory(counting(EpollIoHandler.newFactory(), wakeups)));
        io = SocketIoServer.create(SocketIoServerOptions.builder().build());
        io.onConnection(socket -> {
            socket.on("echo", (args, ack) -> ack.send(args.payload(0)));
            socket.on("event", (args, ack) -> socket.emit("event", args.payload(0)));
        });
        host = NettyHost.listen(
                ANY,
                io.hostedEngine(),
                NettyHostOptions.builder()
                        .io(NettyIo.EPOLL)
                        .eventLoopGroup(group)
                        .build());
        RawClient client = connect(host.address(), "/socket.io/?EIO=4&transport=websocket");
        assertThat(client.frame().text()).startsWith("0{");
        client.text("40");
        assertThat(client.frame().text()).startsWith("40{");
        client.text("420[\"echo\",0]");
        assertThat(client.frame().text()).isEqualTo("430[0]");
        group.next().submit(() -> {}).get(10, TimeUnit.SECONDS);
        int before = wakeups.get();
        for (int i = 1; i <= 20; i++) {
            client.text("42" + i + "[\"echo\"," + i + "]");
            assertThat(client.frame().text()).isEqualTo("43" + i + "[" + i + "]");
            client.text("42[\"event\"," + i + "]");
            assertThat(client.frame().text()).isEqualTo("42[\"event\"," + i + "]");
        }
        // one for each if a message comes before the handler's thread has ended the turn of the last one; 40 if all
        // change to the loop
        assertThat(wakeups.get() - before).isLessThan(20);
        client.close();
    }

    private static IoHandlerFactory counting(IoHandlerFactory handlers, AtomicInteger wakeups) {
        return executor -> {
            IoHandler handler = handlers.newHandler(executor);
            return new IoHandler() {
                @Override
                public void initialize() {
                    handler.initialize();
                }

                @Override
                public int run(IoHandlerContext context) {
                    return handler.run(context);
                }

                @Override
                public void prepareToDestroy() {
                    handler.prepareToDestroy();
                }

                @Override
                public void destroy() {
                    handler.destroy();
                }

                @Override
                public IoRegistration register(IoHandle handle) throws Exception {
                    return handler.register(handle);
                }

                @Override
                public void wakeup() {
                    if (!executor.isExecutorThread(Thread.currentThread())) {
                        wakeups.incrementAndGet();
                    }
                    handler.wakeup();
                }

                @Override
                public boolean isCompatible(Class<? extends IoHandle> type) {
                    return handler.isCompatible(type);
                }
            };
        };
    }
}
