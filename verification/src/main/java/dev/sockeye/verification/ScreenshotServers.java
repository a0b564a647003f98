package dev.sockeye.verification;

import dev.sockeye.examples.Chat;
import dev.sockeye.examples.TutorialChat;
import dev.sockeye.examples.WhoIsHere;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;

/** The servers that {@code docs/screenshots} makes pictures of. Prints a line {@code NAME ADDRESS} for each, then {@code ready}. */
@Command(name = "screenshot-servers", description = "the servers for docs/screenshots")
final class ScreenshotServers implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
        print("tutorial", TutorialChat.start(0));
        print("chat", Chat.start(0));
        print("presence", WhoIsHere.start(0, SocketIoServerOptions.builder().build()));
        System.out.println("ready");
        new CountDownLatch(1).await();
        return 0;
    }

    private static void print(String name, SocketIoServer io) {
        System.out.println(name + " http://localhost:" + io.port());
    }
}
