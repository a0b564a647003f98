package dev.sockeye.examples;

import dev.sockeye.netty.NettyHost;
import dev.sockeye.socketio.server.SocketIoServer;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** Socket.IO on the port of a reactor-netty server, which Spring WebFlux uses too, together with a route of the application. */
public final class ReactorNettyChat {

    /** Starts both on one port; 0 for any free port. */
    static DisposableServer start(SocketIoServer io, int port) {
        io.onConnection(socket -> socket.on("chat message", String.class, text -> io.emit("chat message", text)));
        return HttpServer.create()
                .port(port)
                .doOnChannelInit(
                        (observer, channel, address) -> NettyHost.attach(channel.pipeline(), io.hostedEngine()))
                .route(routes -> routes.post(
                        "/say",
                        (request, response) -> response.sendString(request.receive()
                                .aggregate()
                                .asString()
                                .doOnNext(text -> io.emit("chat message", text))
                                .map(text -> "said: " + text))))
                .bindNow();
    }

    public static void main(String[] args) {
        DisposableServer server = start(SocketIoServer.create(), args.length > 0 ? Integer.parseInt(args[0]) : 3000);
        System.out.println("listening on port " + server.port());
        server.onDispose().block();
    }
}
