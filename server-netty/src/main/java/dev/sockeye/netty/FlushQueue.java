package dev.sockeye.netty;

import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadEventLoop;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * The WebSockets of an event loop that have something to write. There are two kinds:
 *
 * <ul>
 *   <li>Answers, that is messages to one client, and whatever is written to a client that has sent something since its
 *       last flush. All of them are flushed at the end of the loop iteration.
 *   <li>Broadcasts to the other clients. They are flushed in the order in which they came, a portion for each iteration. Between
 *       two portions the loop reads, so that a broadcast to many clients does not delay everybody else's messages
 *       until its last receiver, and what is broadcast meanwhile is written with the same system call.
 * </ul>
 *
 * <p>A portion grows with the number of answers and of broadcast messages of the iteration, so that neither can delay the receivers: at
 * least about half of the time is spent on them. The loop does not block while receivers are waiting. A client that waits with more than
 * {@value #MERGE_LIMIT} bytes is flushed at the end of the iteration, which bounds the memory.
 *
 * <p>All methods must be called on the loop's thread.
 */
final class FlushQueue {

    /**
     * The number of receivers of a broadcast in an iteration, and the maximum number of answers that wait for its end;
     * with more, the first ones would have left the processor's cache.
     */
    private static final int PORTION = 128;

    /** About how many messages can be appended for waiting receivers in the time of one system call. */
    private static final int MESSAGES_PER_FLUSH = 16;

    /** The number of bytes up to which messages of several iterations are written together. */
    static final int MERGE_LIMIT = 2 * 1024;

    private final EventLoop eventLoop;
    private final Runnable flushed;
    private final Runnable endTurn = this::endTurn;
    private final Runnable nextTurn = this::nextTurn;
    private final ArrayDeque<FrameWriter> receivers = new ArrayDeque<>();
    private FrameWriter[] answers = new FrameWriter[64];
    private FrameWriter[] spare = new FrameWriter[64];
    private int answerCount;
    private int answersOfTurn;
    private int messagesOfTurn;
    private boolean scheduled;
    private boolean flushing;
    private byte turn;

    /**
     * @param flushed is run after each flush at the end of an iteration
     */
    FlushQueue(EventLoop eventLoop, Runnable flushed) {
        this.eventLoop = eventLoop;
        this.flushed = flushed;
    }

    /** Flushes the WebSocket at the end of this iteration, or earlier if many are waiting. */
    void addAnswer(FrameWriter socket) {
        if (answerCount >= PORTION && !flushing) {
            flushAnswers();
        }
        if (answerCount == answers.length) {
            answers = Arrays.copyOf(answers, answerCount * 2);
        }
        answers[answerCount++] = socket;
        schedule();
    }

    /** Flushes the WebSocket after all earlier receivers. */
    void addReceiver(FrameWriter socket) {
        messagesOfTurn++;
        receivers.add(socket);
        schedule();
    }

    /** A message was added for a receiver that is waiting already. */
    void addedMessage() {
        messagesOfTurn++;
    }

    /** Identifies the current iteration among the latest 256. */
    byte turn() {
        return turn;
    }

    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            if (flushing) {
                eventLoop.execute(nextTurn); // messages written while flushing wait for the next iteration
            } else {
                nextTurn();
            }
        }
    }

    private void nextTurn() {
        if (eventLoop instanceof SingleThreadEventLoop loop) {
            loop.executeAfterEventLoopIteration(endTurn);
        } else {
            eventLoop.execute(endTurn);
        }
    }

    private void endTurn() {
        scheduled = false;
        try {
            flushAnswers();
            flushPortion(portion());
        } finally {
            answersOfTurn = 0;
            messagesOfTurn = 0;
            turn++;
            flushed.run();
            if (!receivers.isEmpty() && !scheduled) {
                scheduled = true;
                eventLoop.execute(nextTurn); // the loop reads before, without blocking
            }
        }
    }

    private int portion() {
        return eventLoop.isShuttingDown()
                ? receivers.size() // there may be no other turn
                : Math.max(PORTION, answersOfTurn + messagesOfTurn / MESSAGES_PER_FLUSH);
    }

    private void flushAnswers() {
        FrameWriter[] batch = answers;
        int count = answerCount;
        answers = spare;
        answerCount = 0;
        answersOfTurn += count;
        flushing = true;
        try {
            for (int i = 0; i < count; i++) {
                FrameWriter socket = batch[i];
                batch[i] = null;
                try {
                    socket.flushAnswer();
                } catch (RuntimeException | Error e) {
                    socket.flushFailed(e); // the others must be flushed nevertheless
                }
            }
        } finally {
            flushing = false;
            spare = batch;
        }
    }

    private void flushPortion(int portion) {
        flushing = true;
        try {
            for (int i = 0; i < portion; i++) {
                FrameWriter socket = receivers.poll();
                if (socket == null) {
                    return;
                }
                try {
                    socket.flushReceiver();
                } catch (RuntimeException | Error e) {
                    socket.flushFailed(e);
                }
            }
        } finally {
            flushing = false;
        }
    }
}
