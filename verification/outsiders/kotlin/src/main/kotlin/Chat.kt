import dev.sockeye.socketio.server.SocketIoServer

data class ChatMessage(val from: String, val text: String)

fun chat(): SocketIoServer {
    val io = SocketIoServer.create()
    io.onConnection { socket ->
        socket.on("chat message", ChatMessage::class.java) { message -> io.emit("chat message", message) }
        socket.on("hello", String::class.java) { name, ack -> ack.send("Hello, $name!") }
    }
    return io
}

fun main() {
    val io = chat()
    io.listen(3000)
    println("listening on port ${io.port()}")
}
