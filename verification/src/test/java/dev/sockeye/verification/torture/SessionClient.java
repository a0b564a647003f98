package dev.sockeye.verification.torture;

import dev.sockeye.engineio.CloseReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A random client of a session: it polls, sends, upgrades, gives up upgrades, and leaves in some way. It knows what it must receive,
 * and what the server must have received.
 */
final class SessionClient {

    private static final long TIMEOUT = Long.getLong("torture.timeout", 60) * 1_000_000_000L;
    private static final char RS = '\u001e';

    /** How the session ends. */
    enum End {
        /** A close packet of the client. */
        CLOSE,
        /** A close frame, or a close packet if it polls. */
        CLOSE_FRAME,
        SERVER_CLOSE,
        LEAVE,
        MALFORMED,
        TOO_LARGE,
        OVERLAP
    }

    private enum Upgrade {
        NONE,
        CONNECTING,
        PROBING,
        /** Waits for the end of the last poll. */
        PAUSING,
        DONE
    }

    final Random random;
    final End end;
    private final Link link;
    private final String path;
    private final String better;
    private final SessionServer.Peer peer;
    private final boolean mayUpgrade;
    private final boolean webSocketOnly;
    /** Without the last exchange, in which everything must have arrived. */
    final boolean abrupt;

    private final Link.Leave leave;
    private int budget;

    private @Nullable String sid;
    private Link.@Nullable Call opening;
    private Link.@Nullable Call poll;
    private final List<Link.Call> posts = new ArrayList<>();
    private final List<Integer> postMessages = new ArrayList<>();
    private Link.@Nullable Call last;
    private @Nullable Duplex socket;
    private Upgrade upgrade = Upgrade.NONE;
    private boolean webSocket; // is the transport
    private boolean pong;
    private boolean confirmed; // by a message of the server
    private boolean asked; // whether everything has arrived
    private boolean ending;
    private boolean left;
    private boolean over;
    private boolean endedByServer;

    final List<String> wrong = new ArrayList<>();
    final SessionModel model;
    private int certain; // messages, because their POST was answered

    /** @param better the transport of an upgrade */
    SessionClient(Random random, Link link, String name, SessionServer.Peer peer, String better) {
        this.random = random;
        this.model = new SessionModel(random, wrong);
        this.better = better;
        this.link = link;
        this.path = "/engine.io/?EIO=4&name=" + name + "&transport=";
        this.peer = peer;
        webSocketOnly = random.nextInt(4) == 0;
        mayUpgrade = random.nextInt(3) > 0;
        end = End.values()[random.nextInt(End.values().length)];
        abrupt = random.nextInt(3) == 0 && end != End.OVERLAP;
        leave = leaving();
        budget = random.nextInt(random.nextInt(6) == 0 ? 80 : 15);
    }

    private Link.Leave leaving() {
        Link.Leave[] all = Link.Leave.values();
        return all[random.nextInt(all.length)];
    }

    void run() throws IOException {
        if (webSocketOnly) {
            socket = link.open(path + better);
            webSocket = true;
        } else {
            opening = link.call("GET", path + "polling", null);
        }
        long start = System.nanoTime();
        if (random.nextInt(4) == 0) {
            Refusal.check(random, link, TIMEOUT, wrong);
        }
        while (!over) {
            boolean progress = act();
            progress |= link.step();
            progress |= handle();
            if (!progress) {
                link.await();
            }
            if (System.nanoTime() - start > TIMEOUT) {
                wrong.add("no end: " + state());
                return;
            }
        }
    }

    String state() {
        return end + (abrupt ? " abrupt " : " ") + leave + ", budget " + budget + ", webSocket " + webSocket
                + ", upgrade " + upgrade
                + ", opening " + opening + ", poll " + poll + ", posts " + posts + ", last " + last + ", socket "
                + (socket == null ? null : socket.open + " " + socket.ended + " " + socket.closeCode) + ", asked "
                + asked
                + ", ending " + ending + ", sent " + model.sent.size() + ", certain " + certain + ", received "
                + model.received.size() + " of "
                + model.expected.size() + ", threads " + model.threadsReceived + " of " + model.threads;
    }

    /** The reasons with which the session may end; empty: only by the test. */
    Set<CloseReason> reasons(boolean container) {
        // a container may report a write that fails because of a close frame before the close frame
        if (left || (container && end == End.CLOSE_FRAME)) {
            return Set.of(CloseReason.TRANSPORT_CLOSE, CloseReason.TRANSPORT_ERROR);
        }
        return switch (end) {
            case CLOSE, CLOSE_FRAME -> Set.of(CloseReason.TRANSPORT_CLOSE);
            case SERVER_CLOSE -> Set.of(CloseReason.FORCED_CLOSE);
            case MALFORMED -> Set.of(CloseReason.PARSE_ERROR);
            case TOO_LARGE ->
                Set.of(
                        better.equals("webtransport") && webSocket
                                ? CloseReason.PARSE_ERROR
                                : CloseReason.TRANSPORT_ERROR);
            default -> Set.of(CloseReason.TRANSPORT_ERROR);
        };
    }

    /** Whether the server may not know that the client has left. */
    boolean mayBeUnnoticed() {
        return left && !webSocketOnly && !confirmed;
    }

    // ---- what the client does

    private boolean act() throws IOException {
        if (opening != null || sid == null || random.nextInt(3) == 0) {
            return false;
        }
        if (ending) {
            if (end == End.SERVER_CLOSE && !left && !webSocket && !endedByServer && poll == null) {
                poll = link.call("GET", path + "polling&sid=" + sid, null);
                return true;
            }
            return false;
        }
        if (abrupt && budget == 0 && end == End.LEAVE) {
            leaveNow();
            return true;
        }
        boolean acted = false;
        if (!webSocket && poll == null && upgrade != Upgrade.PAUSING && random.nextInt(3) > 0) {
            String target = path + "polling&sid=" + sid;
            poll = follows() ? link.pipelined("GET", target, null) : link.call("GET", target, null);
            acted = true;
        }
        if (upgrade == Upgrade.NONE && !webSocket && mayUpgrade && random.nextInt(6) == 0) {
            upgrade = Upgrade.CONNECTING;
            socket = link.open(path + better + "&sid=" + sid);
            acted = true;
        } else if (upgrade != Upgrade.NONE && upgrade != Upgrade.DONE && random.nextInt(60) == 0) {
            socket.leave(leaving());
            upgrade = Upgrade.NONE;
            socket = null;
        }
        if (upgrade == Upgrade.PAUSING && poll == null && posts.isEmpty()) {
            socket.send(false, new byte[] {'5'});
            upgrade = Upgrade.DONE;
            webSocket = true;
            acted = true;
        }
        if (maySend()) {
            acted |= sendSome();
        }
        return acted;
    }

    private boolean maySend() {
        return webSocket
                ? socket.open && !socket.ended
                : upgrade != Upgrade.PAUSING && (posts.isEmpty() || (random.nextInt(4) == 0 && follows()));
    }

    /** Whether a request can be sent right behind the last POST. */
    private boolean follows() {
        return !posts.isEmpty() && link.follows(posts.get(posts.size() - 1));
    }

    private boolean sendSome() throws IOException {
        if (budget > 0) {
            if (random.nextInt(4) > 0) {
                return false;
            }
            int n = Math.min(budget, 1 + random.nextInt(3));
            budget -= n;
            List<Duplex.Message> some = new ArrayList<>();
            for (int i = 0; i < n; i++) {
                some.add(model.command());
            }
            send(some);
            return true;
        }
        if (pong) {
            send(List.of());
            return true;
        }
        if (upgrade != Upgrade.NONE && upgrade != Upgrade.DONE) {
            return false;
        }
        if (!webSocket && !posts.isEmpty()) {
            return false;
        }
        if (!abrupt && !model.complete) {
            if (!asked) {
                asked = true;
                send(List.of(model.counted("f", false)));
            }
            return false;
        }
        finish();
        return true;
    }

    private void send(List<Duplex.Message> messages) throws IOException {
        if (webSocket) {
            if (pong) {
                pong = false;
                socket.send(false, new byte[] {'3'});
            }
            for (Duplex.Message each : messages) {
                socket.send(each.binary(), each.binary() ? each.data() : SessionModel.typed(each.data()));
            }
            return;
        }
        StringBuilder body = new StringBuilder(pong ? "3" : "");
        pong = false;
        for (Duplex.Message each : messages) {
            body.append(body.isEmpty() ? "" : RS);
            body.append(
                    each.binary()
                            ? "b" + Base64.getEncoder().encodeToString(each.data())
                            : "4" + new String(each.data(), StandardCharsets.UTF_8));
        }
        post(body.toString().getBytes(StandardCharsets.UTF_8), model.sent.size());
    }

    private Link.Call post(byte[] body, int messages) throws IOException {
        String target = path + "polling&sid=" + sid;
        Link.Call call = posts.isEmpty() ? link.call("POST", target, body) : link.pipelined("POST", target, body);
        posts.add(call);
        postMessages.add(messages);
        return call;
    }

    private void leaveNow() throws IOException {
        ending = true;
        left = true;
        link.leave(leave);
        if (leave != Link.Leave.HALF_CLOSE || !webSocket) {
            over = true;
        }
    }

    private void finish() throws IOException {
        if (end == End.LEAVE) {
            leaveNow();
            return;
        }
        if (end == End.SERVER_CLOSE) {
            ending = true;
            send(List.of(model.counted("c", false)));
            return;
        }
        if (end == End.OVERLAP && (webSocket || poll == null)) {
            if (webSocket) { // has no overlaps
                leaveNow();
            }
            return;
        }
        ending = true;
        switch (end) {
            case CLOSE -> packet("1");
            case CLOSE_FRAME -> {
                if (webSocket) {
                    socket.sendClose(1000 + random.nextInt(2));
                } else {
                    packet("1");
                }
            }
            case MALFORMED -> packet("x");
            case TOO_LARGE -> {
                byte[] large = new byte[SessionServer.MAX + 1];
                Arrays.fill(large, (byte) '4');
                if (webSocket) {
                    socket.send(random.nextBoolean(), large);
                } else {
                    last = post(large, model.sent.size());
                }
            }
            default -> last = link.call("GET", path + "polling&sid=" + sid, null);
        }
    }

    private void packet(String text) throws IOException {
        byte[] data = text.getBytes(StandardCharsets.US_ASCII);
        if (webSocket) {
            socket.send(false, data);
        } else {
            last = post(data, model.sent.size());
        }
    }

    // ---- what it receives

    private boolean handle() throws IOException {
        boolean progress = false;
        Link.Call first = opening;
        if (first != null && (first.done || first.lost)) {
            opening = null;
            if (first.status != 200) {
                wrong.add("the handshake was answered with " + first);
                over = true;
                return true;
            }
            payload(first.body);
            progress = true;
        }
        while (!posts.isEmpty() && (posts.get(0).done || posts.get(0).lost)) {
            answered(posts.remove(0), postMessages.remove(0));
            progress = true;
        }
        Link.Call polled = poll;
        if (polled != null && (polled.done || polled.lost)) {
            poll = null;
            progress = true;
            if (polled.done && polled.status == 200) {
                payload(polled.body);
                Link.Call second = last;
                if (ending && end == End.OVERLAP && !endedByServer && second != null && !second.done && !second.lost) {
                    poll = second; // the first one was answered before
                    last = null;
                    ending = false;
                }
            } else if (!left && (!ending || polled.status != 400)) {
                wrong.add(
                        "a poll was answered with " + polled + ": " + new String(polled.body, StandardCharsets.UTF_8));
                over = true;
            } else {
                endedByServer = true;
            }
        }
        progress |= handleSocket();
        if (ending && !over && isOver()) {
            over = true;
        }
        return progress;
    }

    private boolean isOver() {
        if (left) { // by half
            return socket.ended;
        }
        if (webSocket) {
            return socket.ended;
        }
        if (end == End.SERVER_CLOSE) {
            return endedByServer && posts.isEmpty();
        }
        return last != null && (last.done || last.lost) && posts.isEmpty() && poll == null;
    }

    private void answered(Link.Call post, int messages) {
        String body = new String(post.body, StandardCharsets.UTF_8);
        boolean ok = post.status == 200 && body.equals("ok");
        if (ok) {
            certain = messages;
        }
        boolean tooLarge = post == last && end == End.TOO_LARGE;
        if (tooLarge ? post.status != 413 : (!ok && !left && end != End.SERVER_CLOSE)) {
            wrong.add("a POST was answered with " + post + ": " + body + " in " + state());
        }
    }

    private void payload(byte[] body) {
        for (String packet : new String(body, StandardCharsets.UTF_8).split(String.valueOf(RS), -1)) {
            if (packet.startsWith("b")) {
                model.message(true, Base64.getDecoder().decode(packet.substring(1)));
            } else {
                text(packet);
            }
        }
    }

    private void text(String packet) {
        char type = packet.isEmpty() ? '-' : packet.charAt(0);
        switch (type) {
            case '0' -> {
                int at = packet.indexOf("\"sid\":\"") + 7;
                sid = packet.substring(at, packet.indexOf('"', at));
            }
            case '1' -> {
                endedByServer = true;
                if (!ending) {
                    wrong.add("closed by the server in " + state());
                    over = true;
                }
            }
            case '2' -> pong = true;
            case '4' -> model.message(false, packet.substring(1).getBytes(StandardCharsets.UTF_8));
            case '6' -> {
                // ends a poll
            }
            default -> wrong.add("packet " + packet);
        }
    }

    private boolean handleSocket() throws IOException {
        Duplex from = socket;
        if (from == null) {
            return false;
        }
        if (from.refused != 0) {
            wrong.add("a WebSocket was refused with " + from.refused + " in " + state());
            over = true;
            return true;
        }
        boolean progress = false;
        if (upgrade == Upgrade.CONNECTING && from.open) {
            upgrade = Upgrade.PROBING;
            from.send(false, "2probe".getBytes(StandardCharsets.US_ASCII));
            progress = true;
        }
        for (Duplex.Message each = from.received.poll(); each != null; each = from.received.poll()) {
            progress = true;
            String text = each.binary() ? "" : new String(each.data(), StandardCharsets.UTF_8);
            if (upgrade == Upgrade.PROBING && text.equals("3probe")) {
                upgrade = Upgrade.PAUSING;
            } else if (webSocket && (confirmed = true) && each.binary()) {
                model.message(true, each.data());
            } else if (!webSocket) {
                wrong.add("during the upgrade: " + text);
            } else {
                text(text);
            }
        }
        if (from.ended && !webSocket) { // an earlier attempt is not over for the server
            socket = null;
            upgrade = Upgrade.NONE;
            progress = true;
        } else if (from.ended && webSocket && !ending) {
            wrong.add("the WebSocket has ended with " + from.closeCode + " in " + state());
            over = true;
        }
        return progress;
    }

    /** What is wrong with what the server has received. */
    void compare() {
        List<String> there = peer.received;
        boolean all = model.complete || !left;
        if (there.size() > model.sent.size()
                || !there.equals(model.sent.subList(0, there.size()))
                || there.size() < certain
                || (all && there.size() < model.sent.size())) {
            wrong.add("the server has received " + there.size() + " messages of " + model.sent.size() + ", " + certain
                    + " certain, in " + state());
        }
        if (end == End.SERVER_CLOSE && !left && !model.received.equals(model.expected)) {
            wrong.add("received " + model.received.size() + " before the end of " + model.expected.size() + " in "
                    + state());
        }
    }
}
