package dev.sockeye.verification;

import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The echo server of the Engine.IO 3 suite. */
@Command(name = "eio3", description = "the server of the Engine.IO protocol 3 suite")
final class Eio3Server implements Callable<Integer> {
    @Mixin
    private final ServerArguments arguments = new ServerArguments();

    @Override
    public Integer call() throws Exception {
        EngineServer engine = new EngineServer(arguments
                .engine(EngineOptions.builder().path("/engine.io"), 300, 200)
                .allowEIO3(true)
                .maxHttpBufferSize(1_000_000)
                .build());
        engine.onConnection(EngineEcho::attach);
        return arguments.serve(new LateOpen(engine));
    }
}
