package shop;

import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.spring.OnEvent;
import dev.sockeye.spring.SocketIoController;

@SocketIoController
class Orders {
    record Order(String id, int amount) {}

    private final SocketIoServer io;

    Orders(SocketIoServer io) {
        this.io = io;
    }

    /** The result is the acknowledgement; all clients receive the event. */
    @OnEvent("order")
    String order(Order order) {
        io.emit("ordered", order);
        return "ordered " + order.amount() + " of " + order.id();
    }
}
