import dev.sockeye.socketio.protocol.JacksonBinding
import dev.sockeye.socketio.protocol.JsonParser
import dev.sockeye.socketio.server.SocketIoServer
import dev.sockeye.socketio.server.SocketIoServerOptions
import tools.jackson.module.kotlin.KotlinModule

data class ChatMessage(val from: String, val text: String)

fun chat(): SocketIoServer {
    // data classes need Jackson's Kotlin module
    val mapper = JacksonBinding.shared().mapper().rebuild().addModule(KotlinModule.Builder().build()).build()
    val io = SocketIoServer.create(
        SocketIoServerOptions.builder().parser(JsonParser.with(JacksonBinding.of(mapper))).build())
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
