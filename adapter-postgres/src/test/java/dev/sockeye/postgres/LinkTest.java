package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens to the connections of the application's pool. */
class LinkTest {
    private static final int USUAL = 7_000;

    /** What was called on the last connection that the thread has opened. */
    private static final ThreadLocal<List<String>> CALLS = new ThreadLocal<>();

    private final Link link = new Link(
            (DataSource) Proxy.newProxyInstance(
                    getClass().getClassLoader(),
                    new Class<?>[] {DataSource.class},
                    (proxy, method, args) -> connection()),
            PostgresOptions.defaults(),
            false);

    private Connection connection() {
        List<String> calls = new CopyOnWriteArrayList<>();
        CALLS.set(calls);
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> {
                    switch (method.getName()) {
                        case "setNetworkTimeout" -> calls.add("timeout " + args[1]);
                        case "close" -> calls.add("close");
                        case "getNetworkTimeout" -> {
                            return USUAL;
                        }
                        case "getAutoCommit", "isValid" -> {
                            return true;
                        }
                        case "isWrapperFor" -> {
                            return false;
                        }
                        default -> throw new SQLException("expected in the log of this test", "42501");
                    }
                    return null;
                });
    }

    @BeforeEach
    void open() {
        link.retain();
    }

    @AfterEach
    void close() {
        link.release().join();
    }

    /** No more threads are allowed. */
    @Test
    void aLinkWhoseThreadsCannotBeStartedHoldsNothingAndCanBeOpenedLater() {
        AtomicBoolean fails = new AtomicBoolean(true);
        Link failing = new Link(unused(), PostgresOptions.defaults(), true) {
            @Override
            ThreadFactory threads() {
                AtomicInteger made = new AtomicInteger();
                ThreadFactory usual = super.threads();
                return task ->
                        made.incrementAndGet() == 2 && fails.get() ? new UnstartableThread() : usual.newThread(task);
            }
        };
        assertThatThrownBy(failing::retain).isInstanceOf(OutOfMemoryError.class);
        assertThat(failing.running()).isNull();
        fails.set(false);
        failing.retain();
        failing.release().join();
        assertThat(failing.running()).isNull();
    }

    private static final class UnstartableThread extends Thread {
        @Override
        public synchronized void start() {
            throw new OutOfMemoryError("expected in this test");
        }
    }

    private DataSource unused() {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, args) -> connection());
    }

    /** PostgreSQL hangs, or a firewall has dropped the connection: the few threads that may block would wait forever. */
    @Test
    void workIsLimitedInTimeAndTheConnectionIsGivenBackAsItWas() {
        List<String> calls = new CopyOnWriteArrayList<>();
        List<String> all = link.work(connection -> {
                    calls.addAll(CALLS.get());
                    return CALLS.get();
                })
                .join();
        assertThat(calls).containsExactly("timeout 10000");
        assertThat(all).containsExactly("timeout 10000", "timeout " + USUAL, "close");
    }

    @Test
    void theConnectionOfFailedWorkIsGivenBackToo() {
        List<List<String>> used = new CopyOnWriteArrayList<>();
        assertThat(link.work(connection -> {
                            used.add(CALLS.get());
                            throw new SQLException("expected in this test");
                        })
                        .handle((value, error) -> error)
                        .join())
                .isInstanceOf(SQLException.class);
        assertThat(used)
                .singleElement()
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.list(String.class))
                .containsExactly("timeout 10000", "timeout " + USUAL, "close");
    }
}
