package dev.sockeye.examples;

import java.io.IOException;
import redis.embedded.core.ExecutableProvider;

/** Prints the path of the Redis that comes in a jar, for {@code examples/cluster/run}. */
final class EmbeddedRedis {
    private EmbeddedRedis() {}

    public static void main(String[] args) throws IOException {
        System.out.println(ExecutableProvider.newJarResourceProvider().get().getAbsolutePath());
    }
}
