package dev.sockeye.cli.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** Lines of a pipe. A separate thread reads them, because reading cannot be interrupted. */
final class PipedLines implements Console.Lines {
    private static final int MOST_WAITING = 16;

    /** Both are {@code null} at the end of the input. */
    private record Result(@Nullable String line, @Nullable IOException error) {}

    private static final Result END = new Result(null, null);

    private final BufferedReader in;
    private final BlockingQueue<Result> results = new ArrayBlockingQueue<>(MOST_WAITING);
    private volatile boolean ended;

    PipedLines(BufferedReader in) {
        this.in = in;
        Thread thread = new Thread(this::read, "sockeye-input");
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        try {
            Result result;
            do {
                result = readNext();
                results.put(result);
            } while (result.line != null);
        } catch (InterruptedException e) {
            // nobody interrupts this thread
        }
    }

    private Result readNext() {
        try {
            return new Result(in.readLine(), null);
        } catch (IOException e) {
            return new Result(null, e);
        }
    }

    @Override
    public @Nullable String next() throws IOException, InterruptedException {
        if (ended) {
            return null;
        }
        Result result = results.take();
        if (ended) {
            return null;
        }
        if (result.error != null) {
            throw result.error;
        }
        return result.line;
    }

    /** No line is returned any more. Any thread; does not block. */
    void end() {
        ended = true;
        boolean unused = results.offer(END); // if there is no room, nobody waits
    }
}
