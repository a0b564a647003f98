package dev.sockeye.socketio.client.webtransport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * After each test class asks Netty's leak detector (paranoid in the build) and fails the class when a buffer was not released.
 * Found by JUnit through {@code META-INF/services}.
 */
public final class LeakedBuffersFail implements AfterAllCallback {
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

    static {
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Reporting());
    }

    @Override
    public void afterAll(ExtensionContext context) throws InterruptedException {
        // when the collector has reported one dead object, it has reported the buffers that died before
        ReferenceQueue<Object> dead = new ReferenceQueue<>();
        PhantomReference<Object> canary = new PhantomReference<>(new Object(), dead);
        System.gc();
        assertThat(dead.remove(10_000)).isSameAs(canary);
        PooledByteBufAllocator.DEFAULT
                .directBuffer(1)
                .release(); // the detector looks when it has something new to track
        List<String> found = new ArrayList<>();
        for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
            found.add(leak);
        }
        assertThat(found).as("buffers that were not released").isEmpty();
    }

    private static final class Reporting extends ResourceLeakDetectorFactory {
        @Override
        @Deprecated
        @SuppressWarnings({"deprecation", "InlineMeSuggester"})
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                Class<T> resource, int samplingInterval, long maxActive) {
            return newResourceLeakDetector(resource, samplingInterval);
        }

        @Override
        public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int samplingInterval) {
            return new ResourceLeakDetector<>(resource, samplingInterval) {
                @Override
                protected void reportTracedLeak(String resourceType, String records) {
                    LEAKS.add(resourceType + records);
                    super.reportTracedLeak(resourceType, records);
                }

                @Override
                protected void reportUntracedLeak(String resourceType) {
                    LEAKS.add(resourceType);
                    super.reportUntracedLeak(resourceType);
                }
            };
        }
    }
}
