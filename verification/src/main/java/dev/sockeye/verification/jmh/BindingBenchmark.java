package dev.sockeye.verification.jmh;

import dev.sockeye.socketio.protocol.JacksonBinding;
import dev.sockeye.socketio.protocol.PayloadBinding;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Payloads to Java and back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BindingBenchmark {
    private final PayloadBinding binding = JacksonBinding.shared();
    private final byte[] chat = Messages.utf8(Messages.CHAT_JSON);
    private final byte[] text = Messages.utf8('"' + Messages.text(32) + '"');
    private final List<byte[]> none = new ArrayList<>();
    private final String value = Messages.text(32);

    /** A JSON object to a record. */
    @Benchmark
    public @Nullable Object readRecord() {
        return binding.read(chat, 0, chat.length, none, Messages.Chat.class);
    }

    /** A JSON object to a map. */
    @Benchmark
    public @Nullable Object readNatural() {
        return binding.read(chat, 0, chat.length, none, Object.class);
    }

    /** A text of 32 characters. */
    @Benchmark
    public @Nullable Object readText() {
        return binding.read(text, 0, text.length, none, String.class);
    }

    /** A record to JSON. */
    @Benchmark
    public byte[] writeRecord() {
        return binding.write(Messages.CHAT, none);
    }

    /** A text of 32 characters to JSON. */
    @Benchmark
    public byte[] writeText() {
        return binding.write(value, none);
    }
}
