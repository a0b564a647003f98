package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;

/** What the sessions of one loop share: their heartbeat queues. Loop-confined but for {@link #sessions}. */
final class LoopState {
    final EngineLoop loop;
    /** Protocol 4: until the next ping. */
    final DeadlineQueue untilPing;
    /** Protocol 4: until the pong has to be here. */
    final DeadlineQueue untilPong;
    /** Protocol 3: until the client's ping has to be here. */
    final DeadlineQueue untilClientPing;
    /** How many sessions use it; changed inside the atomic updates of the server's map. */
    int sessions;

    LoopState(EngineLoop loop, EngineOptions options) {
        this.loop = loop;
        untilPing = new DeadlineQueue(loop, options.pingInterval(), EngineSocket::sendPing);
        untilPong = new DeadlineQueue(loop, options.pingTimeout(), EngineSocket::onPongMissing);
        untilClientPing = new DeadlineQueue(
                loop, options.pingInterval().plus(options.pingTimeout()), EngineSocket::onPongMissing);
    }
}
