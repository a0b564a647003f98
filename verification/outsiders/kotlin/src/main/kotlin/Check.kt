import dev.sockeye.socketio.client.SocketIoClient
import dev.sockeye.socketio.protocol.Arguments
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import kotlin.system.exitProcess

/** Starts the chat on a free port, uses it as a client does, prints the answer and ends. */
object Check {
    @JvmStatic
    fun main(args: Array<String>) {
        val server = chat()
        server.listen(0)
        SocketIoClient.create().use { io ->
            val said = CompletableFuture<Arguments>()
            val socket = io.socket("http://localhost:${server.port()}")
            socket.on("chat message") { message, _ -> said.complete(message) }
            val answer = socket.emitWithAck("hello", "outsider").get(20, TimeUnit.SECONDS).get(0, String::class.java)
            socket.emit("chat message", mapOf("from" to "Kotlin", "text" to "hi"))
            val message = said.get(20, TimeUnit.SECONDS).get(0, Map::class.java)
            check(message == mapOf("from" to "Kotlin", "text" to "hi")) { "got $message" }
            println(answer)
        }
        exitProcess(0)
    }
}
