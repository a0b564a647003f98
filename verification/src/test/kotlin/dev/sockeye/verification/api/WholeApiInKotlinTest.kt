package dev.sockeye.verification.api

import dev.sockeye.socketio.AckErrorException
import dev.sockeye.socketio.AckTimeoutException
import dev.sockeye.socketio.Event
import dev.sockeye.socketio.EventHandler
import dev.sockeye.socketio.EventReceiver
import dev.sockeye.socketio.EventSender
import dev.sockeye.socketio.Registration
import dev.sockeye.socketio.Request
import dev.sockeye.socketio.SocketIoException
import dev.sockeye.socketio.client.SocketIoClient
import dev.sockeye.socketio.protocol.TypeRef
import dev.sockeye.socketio.server.BroadcastTarget
import dev.sockeye.socketio.server.Namespace
import dev.sockeye.socketio.server.RemoteSocket
import dev.sockeye.socketio.server.Socket
import dev.sockeye.socketio.server.SocketIoServer
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import java.util.regex.Pattern
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test

/** Uses each part of the API once from Kotlin: that it compiles, and no lambda is ambiguous, is the test. */
class WholeApiInKotlinTest {
    data class Order(val item: String, val count: Int)

    data class Receipt(val id: String)

    private val ordered = Event.of("ordered", Order::class.java)
    private val all = Event.of("all", object : TypeRef<List<Order>>() {})
    private val buy = Request.of("buy", Order::class.java, Receipt::class.java)
    private val list = Request.of("list", Void::class.java, object : TypeRef<List<Order>>() {})
    private val int = Int::class.javaObjectType
    private val soon = Duration.ofSeconds(1)
    private val seen = mutableListOf<Any?>()

    private fun receives(socket: EventReceiver): List<Registration> {
        val handler = EventHandler<Order> { seen.add(it) }
        val added =
            listOf(
                socket.on("plain") { -> seen.add("plain") },
                socket.on("raw") { args, ack -> ack.send(args.get(0), args.size(), ack.expected()) },
                socket.on("ordered", Order::class.java) { order -> seen.add(order.item) },
                socket.on("ordered", Order::class.java) { seen.add(it.count) },
                socket.on("ordered", Order::class.java) { order, ack -> ack.send(order.count) },
                socket.on("ordered", Order::class.java, handler),
                socket.on("all", object : TypeRef<List<Order>>() {}) { orders -> seen.add(orders.size) },
                socket.on("all", object : TypeRef<List<Order>>() {}) { orders, ack -> ack.send(orders.size) },
                socket.on("move", int, int) { x, y -> seen.add(x + y) },
                socket.on("move", int, int) { x, y, ack -> ack.send(x + y) },
                socket.on(ordered) { seen.add(it) },
                socket.on(ordered) { order, ack -> ack.send(order) },
                socket.once(ordered) { order -> seen.add(order) },
                socket.prepend(all) { orders, ack -> ack.send(orders) },
                socket.onRequest("buy", Order::class.java) { it.count },
                socket.onRequest(buy) { order ->
                    if (order.count == 0) throw AckErrorException("nothing ordered")
                    Receipt(order.item)
                },
                socket.onRequestAsync(buy) { order -> CompletableFuture.supplyAsync { Receipt(order.item) } },
                socket.onUnknownEvent { event, _, ack -> ack.error("unknown $event") },
                socket.onAny { event, args -> seen.add(event + args.toList()) },
                socket.onAnyOutgoing { event, _ -> seen.add(event) },
                socket.onError { error -> seen.add(error.message) },
            )
        socket.off("ordered", handler)
        socket.off("plain")
        seen.addAll(socket.eventNames())
        return added
    }

    private fun sends(socket: EventSender): CompletableFuture<*> {
        socket.emit("plain")
        socket.emit("move", 1, 2)
        socket.emit(ordered, Order("tea", 1))
        socket.send("hello")
        val raw = socket.emitWithAck("raw", 1)
        val number: CompletableFuture<Int> = socket.emitWithAck("move", int, 1, 2)
        val orders: CompletableFuture<List<Order>> = socket.emitWithAck("list", object : TypeRef<List<Order>>() {})
        val receipt: CompletableFuture<Receipt> = socket.emitWithAck(buy, Order("tea", 1))
        return CompletableFuture.allOf(raw, number, orders, receipt)
    }

    private fun broadcasts(target: BroadcastTarget): CompletableFuture<*> {
        target.to("room").except("other").local().asVolatile().compress(false).emit(ordered, Order("tea", 2))
        val receipts: CompletableFuture<List<Receipt>> = target.timeout(soon).emitWithAck(buy, Order("tea", 1))
        return receipts.thenCombine(target.fetchSockets()) { one, two -> one.size + two.size }
    }

    private fun connected(socket: Socket) {
        receives(socket).forEach(Registration::close)
        sends(socket).cancel(false)
        sends(socket.timeout(soon).asVolatile()).cancel(false)
        socket.use { _, next -> next.next() }.close()
        socket.onDisconnecting { reason, details -> seen.add(reason.text() + details.description()) }
        socket.onDisconnect { _, details -> seen.add(details.code()) }
        broadcasts(socket.to("room")).cancel(false)
        try {
            val receipt: Receipt = socket.call(buy, soon, Order("tea", 1))
            seen.add(receipt.id + socket.namespaceName())
        } catch (timeout: AckTimeoutException) {
            seen.addAll(timeout.responses())
        } catch (other: SocketIoException) {
            socket.disconnect(true)
        }
    }

    private fun cluster(namespace: Namespace, remote: RemoteSocket) {
        namespace.onServerSideEvent("stock") { args, ack -> ack.send(args.size()) }
        namespace.onServerSideEvent(ordered) { seen.add(it) }
        namespace.onServerSideRequest(list) { listOf() }
        namespace.serverSideEmit(ordered, Order("tea", 3))
        sends(remote.timeout(soon)).cancel(false)
    }

    private fun client(socket: dev.sockeye.socketio.client.Socket) {
        receives(socket).forEach(Registration::close)
        sends(socket).cancel(false)
        sends(socket.timeout(soon).asVolatile()).cancel(false)
        socket.onConnect { -> seen.add("connected") }.close()
        socket.onConnect { id, _ -> seen.add(id) }.close()
        socket.onDisconnect { reason, details -> seen.add(reason.text() + details.description()) }.close()
        socket.clearSendBuffer()
    }

    @Test
    fun theClientApiHasTheSameOverloads() {
        SocketIoClient.create().use { client(it.socket("http://127.0.0.1:1")) }
        assertThat(seen).doesNotContain("connected")
    }

    @Test
    fun theWholeApiCompilesFromKotlin() {
        SocketIoServer.create().use { io ->
            val handler = io.onConnection { socket -> connected(socket) }
            io.use { _, next -> next.next() }.close()
            val parent = io.of(Pattern.compile("^/shop-")) { socket -> connected(socket) }
            io.onNewNamespace { namespace -> seen.add(namespace.name() + parent.name()) }
            io.onHandlerError { _, event, _ -> seen.add(event) }
            io.onAck { _, _, took, _ -> seen.add(took) }
            val shop = io.of("/shop-1")
            io.onServerSideEvent(ordered) { _, ack -> ack.send() }
            assertThat(seen).containsExactly("/shop-1" + parent.name())
            broadcasts(shop).cancel(false)
            io.fetchSockets().join().forEach { remote -> cluster(shop, remote) }
            handler.close()
            io.closeAsync().get(30, TimeUnit.SECONDS)
        }
    }
}
