package dev.sockeye.verification.soak;

import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.ClientOptionsBuilder;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.protocol.Arguments;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Many clients in one JVM, at the same time and one after another: which threads, sockets and memory they use and leave behind. */
@Command(
        name = "client-scale",
        description = "10,000 clients on a few threads; 10,000 that connect and close without leaks")
public final class ClientScale implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int AT_A_TIME = 200;
    private static final int LOOPS = 2; // threads of an idle client

    @Option(names = "--clients", defaultValue = "10000", description = "number of concurrent clients; default 10000")
    private int clients = 10_000;

    @Option(
            names = "--cycles",
            defaultValue = "10000",
            description = "number of clients that connect and close; default 10000")
    private int cycles = 10_000;

    @Option(names = "--workers", defaultValue = "8", description = "number of them at a time; default 8")
    private int workers = 8;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final List<String> left = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.sockeye.verification.Verify",
                        "load-target",
                        "--port",
                        "0")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            // it never writes again, and lives until it is closed below
            String line = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))
                    .readLine();
            if (line == null || !line.startsWith("listening ")) {
                throw new IOException("the server did not start: " + line);
            }
            String url = "http://127.0.0.1:" + line.substring("listening ".length());
            comeAndGo(url);
            many(url);
        } finally {
            server.destroy();
        }
        left.forEach(what -> out.println("LEAK: " + what));
        out.println(left.isEmpty() ? "no leaks" : "failed");
        return left.isEmpty() ? 0 : 1;
    }

    // ---- one after another

    private void comeAndGo(String url) throws InterruptedException {
        try (SocketIoClient io = SocketIoClient.create()) {
            run(io, url, Math.max(cycles / 5, 200));
            settle(() -> clientThreads() <= LOOPS, 20);
            int files = files();
            long threads = clientThreads();
            Inventory before = Inventory.take();
            out.printf("after warming up: %d threads, %d files, %s%n", threads, files, before.summary());
            long start = System.nanoTime();
            int failed = run(io, url, cycles);
            double seconds = (System.nanoTime() - start) / 1e9;
            int filesAfter = settledFiles(files);
            long threadsAfter = settledThreads(threads);
            Inventory after = Inventory.take();
            out.printf(
                    "%d connected and closed in %.0f s: %d threads, %d files, %s%n",
                    cycles, seconds, threadsAfter, filesAfter, after.summary());
            left.addAll(after.grownSince(before));
            if (failed > 0) {
                left.add(failed + " cycles failed");
            }
            if (filesAfter > files) {
                left.add((filesAfter - files) + " more files and sockets are open");
            }
            if (threadsAfter > threads) {
                left.add((threadsAfter - threads) + " more threads");
            }
        }
    }

    /** Runs the clients; returns the number of failures. */
    private int run(SocketIoClient shared, String url, int count) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(workers);
        AtomicInteger next = new AtomicInteger();
        LongAdder failed = new LongAdder();
        CountDownLatch ended = new CountDownLatch(workers);
        for (int worker = 0; worker < workers; worker++) {
            pool.execute(() -> {
                for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                    try {
                        cycle(shared, url, i);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        break;
                    } catch (RuntimeException e) {
                        failed.increment();
                        out.println("cycle " + i + ": " + e);
                    }
                }
                ended.countDown();
            });
        }
        ended.await();
        pool.shutdown();
        if (!pool.awaitTermination(10, TimeUnit.SECONDS)) {
            left.add("workers of this program do not end");
        }
        return failed.intValue();
    }

    private static void cycle(SocketIoClient shared, String url, int number) throws InterruptedException {
        if (number % 10 == 9) {
            try (SocketIoClient own = SocketIoClient.create()) {
                own.socket(url).connectBlocking(PATIENCE).call("echo", PATIENCE, number);
            }
            return;
        }
        ClientOptionsBuilder options = ClientOptions.builder().forceNew(number % 2 == 0);
        if (number % 3 == 1) {
            options.transports(TransportName.POLLING);
        } else if (number % 3 == 2) {
            options.transports(TransportName.WEBSOCKET);
        }
        Socket socket = shared.socket(url, options.build()).connectBlocking(PATIENCE);
        socket.call("echo", PATIENCE, number);
        if (number % 4 == 0) {
            socket.io().close();
        } else {
            socket.disconnect();
        }
    }

    // ---- all at the same time

    private void many(String url) throws InterruptedException {
        settledThreads(0);
        int filesBefore = files();
        SocketIoClient io = SocketIoClient.create();
        AtomicInteger most = new AtomicInteger();
        Thread watch = new Thread(() -> {
            while (!Thread.interrupted()) {
                most.accumulateAndGet((int) clientThreads(), Math::max);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        });
        watch.setDaemon(true);
        Inventory before = Inventory.take();
        watch.start();
        long start = System.nanoTime();
        List<Socket> sockets = connect(io, url);
        double connecting = (System.nanoTime() - start) / 1e9;
        long answering = System.nanoTime();
        CountDownLatch answers = new CountDownLatch(clients);
        LongAdder wrong = new LongAdder();
        for (Socket socket : sockets) {
            socket.timeout(PATIENCE).emit("echo", Arguments.of(1), (error, args) -> {
                if (error != null) {
                    wrong.increment();
                }
                answers.countDown();
            });
        }
        boolean answered = answers.await(60, TimeUnit.SECONDS);
        double answer = (System.nanoTime() - answering) / 1e9;
        watch.interrupt();
        watch.join();
        long idle = settledThreads(LOOPS);
        Inventory after = Inventory.take();
        out.printf(
                "%d clients connected in %.1f s, an acknowledgement for each in %.1f s: at most %d threads, %d when idle,"
                        + " %d bytes of heap each%n",
                clients, connecting, answer, most.get(), idle, (after.heap() - before.heap()) / Math.max(1, clients));
        if (!answered || wrong.sum() > 0) {
            left.add(answers.getCount() + " answers are missing, " + wrong.sum() + " failed");
        }
        if (most.get() > 64) {
            left.add(most.get() + " threads are too many");
        }
        long connected = sockets.stream().filter(Socket::connected).count();
        if (connected != clients) {
            left.add("only " + connected + " of " + clients + " are connected");
        }
        sockets.clear();
        io.close();
        long threads = settledThreads(0);
        int files = settledFiles(filesBefore);
        out.printf("closed: %d threads, %d files%n", threads, files);
        if (threads > 0) {
            left.add(threads + " threads of a closed client");
        }
        if (files > filesBefore) {
            left.add((files - filesBefore) + " files and sockets of a closed client");
        }
    }

    private List<Socket> connect(SocketIoClient io, String url) throws InterruptedException {
        ClientOptions options = ClientOptions.builder()
                .forceNew(true)
                .transports(TransportName.WEBSOCKET)
                .build();
        Semaphore room = new Semaphore(AT_A_TIME);
        List<Socket> sockets = new ArrayList<>(clients);
        for (int i = 0; i < clients; i++) {
            room.acquire();
            sockets.add(io.socket(url, options, socket -> socket.onceConnect(room::release)));
        }
        if (!room.tryAcquire(AT_A_TIME, 60, TimeUnit.SECONDS)) {
            left.add("clients that do not connect");
        }
        return sockets;
    }

    // ---- counting

    private static long clientThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("sockeye-client"))
                .count();
    }

    private static int files() {
        String[] names = new File("/proc/self/fd").list();
        return names == null ? 0 : names.length; // not Linux: not counted
    }

    /** Waits until at most this many files are open; returns the number of open files. */
    private static int settledFiles(int wanted) {
        settle(() -> files() <= wanted, 20);
        return files();
    }

    /** The same for the threads of clients; listener threads end after 5 s without work. */
    private static long settledThreads(long wanted) {
        settle(() -> clientThreads() <= wanted, 20);
        return clientThreads();
    }

    private static void settle(BooleanSupplier done, int seconds) {
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!done.getAsBoolean() && System.nanoTime() < patience) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }
}
