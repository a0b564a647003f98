package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.Step.Cut;
import dev.sockeye.verification.differential.Step.Frame;
import dev.sockeye.verification.differential.Step.Frames;
import dev.sockeye.verification.differential.Step.Http;
import dev.sockeye.verification.differential.Step.Upgrade;
import dev.sockeye.verification.differential.Step.Wait;
import java.util.List;

/** Scenarios of whole sessions: upgrades in use, recovery, hooks, and timers. */
final class SessionScenarios {
    private static final String POLLING = "/socket.io/?EIO=4&transport=polling";
    private static final String WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";
    private static final String OLD_POLLING = "/socket.io/?EIO=3&transport=polling";
    private static final String OLD_WEBSOCKET = "/socket.io/?EIO=3&transport=websocket";
    private static final String ZERO = "{\"_placeholder\":true,\"num\":0}";

    private final Choice choice;
    private final List<Step> steps;
    private int requests;

    SessionScenarios(Choice choice, List<Step> steps) {
        this.choice = choice;
        this.steps = steps;
    }

    private void frames(String connection, Frame... frames) {
        steps.add(new Frames(connection, List.of(frames)));
    }

    private void get(String name, String target) {
        steps.add(new Http(name, "GET", target, List.of(), null));
    }

    private void get(String target) {
        get("g" + requests++, target);
    }

    private void post(String target, String body) {
        steps.add(new Http("p" + requests++, "POST", target, List.of(), Choice.utf8(body)));
    }

    // ---- upgrades in use

    /** An upgrade while another client sends to the one that upgrades. */
    void busyUpgrade() {
        boolean old = choice.percent(25);
        String polling = old ? OLD_POLLING : POLLING;
        String session = polling + "&sid={sid:h}";
        String socket = (old ? OLD_WEBSOCKET : WEBSOCKET) + "&sid={sid:h}";
        steps.add(new Upgrade("v", WEBSOCKET, List.of()));
        frames("v", Frame.text("40"));
        get("h", polling);
        post(session, old ? Choice.framed("40/custom,") : "40");
        get(session);
        boolean asked = choice.percent(60);
        if (asked) {
            get("a", session);
        }
        steps.add(new Upgrade("w", socket, List.of()));
        boolean probed = false;
        for (int i = 3 + choice.below(6); i > 0; i--) {
            switch (choice.below(11)) {
                case 0, 1, 2 -> frames("v", Frame.text("42[\"cast\"," + i + "]"));
                case 3 -> frames("v", Frame.text("451-[\"cast\"," + ZERO + "]"), Frame.binary(new byte[] {(byte) i}));
                case 4 -> {
                    String packet = choice.of("42[\"message\",1]", "42[\"big\"]", "421[\"message\"]", "42[\"ask\"]");
                    post(session, old ? Choice.framed(packet) : packet);
                }
                case 5 -> get(session);
                case 6, 7 -> {
                    frames("w", Frame.text("2probe"));
                    probed = true;
                }
                case 8, 9 -> {
                    if (probed) {
                        frames("w", Frame.text("5"));
                    } else {
                        frames("w", Frame.text("2probe"));
                        probed = true;
                    }
                }
                default ->
                    steps.add(choice.of(
                            new Cut("a"),
                            new Wait(150),
                            new Frames("w", List.of(Frame.text("42[\"message\",\"early\"]"))),
                            new Frames("v", List.of(Frame.text("42[\"others\",1]")))));
            }
        }
        frames("w", Frame.text("42[\"message\",\"last\"]"));
        frames("v", Frame.text("42[\"cast\",\"end\"]"));
        get(session);
    }

    // ---- recovery

    /** A client that leaves and returns. */
    void recovery(PacketChoice packets) {
        steps.add(new Upgrade("w", WEBSOCKET, List.of()));
        String namespace = choice.of("", "", "/custom,");
        frames("w", Frame.text("40" + namespace));
        steps.add(new Upgrade("v", WEBSOCKET, List.of()));
        frames("v", Frame.text("40" + namespace));
        frames("w", Frame.text("42" + namespace + "[\"message\",\"one\"]"));
        if (choice.percent(50)) {
            frames("v", Frame.text("42" + namespace + "[\"cast\",\"two\"]"));
        }
        switch (choice.below(6)) {
            case 0, 1, 2 -> steps.add(new Cut("w"));
            case 3 -> frames("w", Frame.text("41" + namespace));
            case 4 -> frames("w", Frame.text("4" + packets.other(100)));
            default -> frames("w", new Frame(8, new byte[0]));
        }
        for (int i = choice.below(3); i > 0; i--) {
            frames(
                    "v",
                    Frame.text("42" + namespace + choice.of("[\"cast\",\"three\"]", "1[\"cast\"]", "[\"others\",4]")));
        }
        steps.add(new Upgrade("x", WEBSOCKET, List.of()));
        String pid = choice.percent(85) ? "{pid:w}" : choice.of("x", "{pid:v}", "");
        String offset = choice.percent(85) ? "{offset:w}" : choice.of("x", "{offset:v}", "");
        String auth = choice.percent(85)
                ? "{\"pid\":\"" + pid + "\",\"offset\":\"" + offset + "\"}"
                : choice.of("{\"pid\":\"" + pid + "\"}", "{\"offset\":\"" + offset + "\"}", "{\"pid\":1,\"offset\":2}");
        frames("x", Frame.text("40" + namespace + auth));
        frames("x", Frame.text("42" + namespace + "[\"message\",\"four\"]"));
    }

    /** Clients that leave in all ways and return with right and wrong data, possibly several times. */
    void returns() {
        String namespace = choice.of("", "", "/custom,", "/dynamic-1,");
        boolean polling = choice.percent(30);
        String session = POLLING + "&sid={sid:w}";
        steps.add(new Upgrade("v", WEBSOCKET, List.of()));
        frames("v", Frame.text("40" + namespace));
        if (polling) {
            get("w", POLLING);
            post(session, "40" + namespace);
            get("w", session);
        } else {
            steps.add(new Upgrade("w", WEBSOCKET, List.of()));
            frames("w", Frame.text("40" + namespace));
        }
        for (int i = choice.below(3); i > 0; i--) {
            cast(namespace);
        }
        String leave = choice.of(
                "cut",
                "cut",
                "cut",
                "41" + namespace,
                "42" + namespace + "[\"leave\"]",
                "42" + namespace + "[\"kick\"]",
                "x",
                "4x",
                "close",
                "1");
        if (polling) {
            switch (leave) {
                case "cut", "close" -> {
                    get("w", session);
                    steps.add(new Cut("w"));
                }
                default -> {
                    post(session, leave);
                    get("w", session);
                }
            }
        } else {
            switch (leave) {
                case "cut" -> steps.add(new Cut("w"));
                case "close" -> frames("w", new Frame(8, new byte[0]));
                default -> frames("w", Frame.text(leave));
            }
        }
        for (int i = choice.below(4); i > 0; i--) {
            cast(namespace);
        }
        String pid = choice.of("{pid:w}", "{pid:w}", "{pid:w}", "{pid:w}", "x", "");
        String offset = choice.of("{offset:w}", "{offset:w}", "{offset:w}", "{offset:w}", "{offset:v}", "x", "");
        String other = choice.percent(85) ? namespace : choice.of("", "/custom,", "/dynamic-1,", "/dynamic-2,");
        String auth = "{\"pid\":\"" + pid + "\",\"offset\":\"" + offset + "\"" + choice.of("", ",\"a\":1") + "}";
        if (choice.percent(30)) {
            String back = POLLING + "&sid={sid:x}";
            get("x", POLLING);
            post(back, "40" + other + auth);
            get("x", back);
        } else {
            steps.add(new Upgrade("x", WEBSOCKET, List.of()));
            frames("x", Frame.text("40" + other + auth));
            frames("x", Frame.text("42" + other + "[\"message\",\"back\"]"));
        }
        cast(namespace);
        if (choice.percent(40)) {
            // once more, with the data of the first connection or of the second
            if (choice.percent(70)) {
                steps.add(new Cut("x"));
                cast(namespace);
            }
            String again = choice.of(
                    "{\"pid\":\"{pid:w}\",\"offset\":\"{offset:w}\"}",
                    "{\"pid\":\"{pid:x}\",\"offset\":\"{offset:x}\"}");
            steps.add(new Upgrade("y", WEBSOCKET, List.of()));
            frames("y", Frame.text("40" + other + again));
            frames("v", Frame.text("42" + namespace + "[\"cast\",\"end\"]"));
        }
    }

    private void cast(String namespace) {
        if (choice.percent(15)) {
            String text = "451-" + namespace + "[\"cast\"," + ZERO + "]";
            frames("v", Frame.text(text), Frame.binary(new byte[] {7}));
            return;
        }
        frames(
                "v",
                Frame.text("42" + namespace
                        + choice.of(
                                "[\"cast\",1]", "[\"cast\",\"text\"]", "[\"cast\"]", "[\"others\",{}]", "[\"big\"]")));
    }

    // ---- namespaces and hooks

    /** Namespaces by function, middlewares of parents, allowRequest, with all transports and protocols. */
    void hooks() {
        boolean old = choice.percent(25);
        String more = choice.of("", "", "", "", "&deny=1", "&deny=2", "&deny=3");
        List<String> headers = choice.percent(30) ? List.of("Origin: http://one.example") : List.of();
        boolean polling = choice.percent(40);
        String target = (polling ? (old ? OLD_POLLING : POLLING) : old ? OLD_WEBSOCKET : WEBSOCKET) + more;
        String session = target + "&sid={sid:h}";
        steps.add(
                polling
                        ? new Http("h", choice.of("GET", "GET", "GET", "GET", "OPTIONS", "POST"), target, headers, null)
                        : new Upgrade("h", target, headers));
        for (int i = 2 + choice.below(6); i > 0; i--) {
            String namespace = choice.of(
                    "",
                    "/custom,",
                    "/fn-ok,",
                    "/fn-no,",
                    "/fn-late,",
                    "/guarded-1,",
                    "/guarded-2,",
                    "/dynamic-1,",
                    "/nope,");
            String packet = choice.of(
                    "40" + namespace,
                    "40" + namespace,
                    "40" + namespace + "{\"token\":\"ok\"}",
                    "40" + namespace + "{\"token\":\"data\"}",
                    "40" + (namespace.isEmpty() ? "" : namespace.replace(",", "?token=ok,")),
                    "41" + namespace,
                    "42" + namespace + "[\"message\",1]",
                    "42" + namespace + "5[\"message\",1]",
                    "42" + namespace + "[\"cast\"]",
                    "43" + namespace + "77[1]",
                    "44" + namespace + "{\"message\":\"x\"}");
            if (polling) {
                post(session, old ? Choice.framed(packet) : packet);
                get(session);
            } else {
                frames("h", Frame.text(packet));
            }
        }
    }

    // ---- timers

    /** Time-outs; the settings are in Profile.TIMERS. */
    void timers() {
        boolean old = choice.percent(35);
        String connect = choice.of("40", "40", "40", "40/nope,", "40/auth,", "");
        boolean polling = choice.percent(40);
        if (polling) {
            String target = old ? OLD_POLLING : POLLING;
            String session = target + "&sid={sid:h}";
            get("h", target);
            if (!connect.isEmpty()) {
                post(session, old ? Choice.framed(connect) : connect);
                get(session);
            }
            if (choice.percent(40)) {
                steps.add(new Upgrade("w", (old ? OLD_WEBSOCKET : WEBSOCKET) + "&sid={sid:h}", List.of()));
                if (choice.percent(60)) {
                    frames("w", Frame.text("2probe"));
                }
            }
            switch (choice.below(4)) {
                case 0 -> steps.add(new Wait(2_200));
                case 1 -> {
                    get(session);
                    steps.add(new Wait(2_200));
                }
                case 2 -> {
                    get(session);
                    steps.add(new Wait(900));
                    post(session, old ? "1:2" : "3");
                    get(session);
                    steps.add(new Wait(1_500));
                }
                default -> {
                    get(session);
                    steps.add(new Wait(900));
                    post(session, old ? Choice.framed("42[\"message\"]") : "42[\"message\"]");
                    get(session);
                    steps.add(new Wait(300));
                    get(session);
                    steps.add(new Wait(1_200));
                }
            }
            get(session);
            return;
        }
        steps.add(new Upgrade("h", old ? OLD_WEBSOCKET : WEBSOCKET, List.of()));
        if (!connect.isEmpty()) {
            frames("h", Frame.text(connect));
        }
        String beat = old ? "2" : "3";
        switch (choice.below(6)) {
            case 0 -> steps.add(new Wait(2_200));
            case 1 -> {
                steps.add(new Wait(900));
                frames("h", Frame.text(beat));
                steps.add(new Wait(900));
                frames("h", Frame.text(beat));
                steps.add(new Wait(1_700));
            }
            case 2 -> {
                // other packets do not replace the answer
                steps.add(new Wait(900));
                frames("h", Frame.text("42[\"message\"]"));
                steps.add(new Wait(400));
                frames("h", Frame.text("42[\"message\"]"));
                steps.add(new Wait(1_000));
            }
            case 3 -> {
                steps.add(new Wait(900));
                frames("h", Frame.text("42[\"message\"]"));
                steps.add(new Wait(450));
                frames("h", Frame.text(beat));
                steps.add(new Wait(700));
                frames("h", Frame.text("42[\"message\",1]"));
            }
            case 4 -> {
                frames("h", Frame.text(beat), Frame.text(beat));
                steps.add(new Wait(900));
                frames("h", Frame.text(beat + "x"));
                steps.add(new Wait(900));
            }
            default -> {
                steps.add(new Wait(900));
                frames("h", new Frame(9, new byte[] {'p'}));
                steps.add(new Wait(1_500));
            }
        }
    }
}
