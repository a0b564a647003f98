package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.Step.Cut;
import dev.sockeye.verification.differential.Step.Frame;
import dev.sockeye.verification.differential.Step.Frames;
import dev.sockeye.verification.differential.Step.Http;
import dev.sockeye.verification.differential.Step.Upgrade;
import java.util.ArrayList;
import java.util.List;

/** Scenarios for {@link FeatureApplication}, for less common options, and for WebSocket frames. */
final class FeatureScenarios {
    private static final String POLLING = "/socket.io/?EIO=4&transport=polling";
    private static final String WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";

    private final Choice choice;
    private final List<Step> steps;
    private int requests;

    FeatureScenarios(Choice choice, List<Step> steps) {
        this.choice = choice;
        this.steps = steps;
    }

    private void frames(String connection, Frame... frames) {
        steps.add(new Frames(connection, List.of(frames)));
    }

    private void get(String target, String... headers) {
        steps.add(new Http("g" + requests++, "GET", target, List.of(headers), null));
    }

    private void post(String target, String body) {
        steps.add(new Http("p" + requests++, "POST", target, List.of(), Choice.utf8(body)));
    }

    // ---- the server's API

    /** Two or three clients that let the server use its API. */
    void features() {
        String more = choice.of("", "", "", "&a=1&a=2", "&b=%C3%A4%20x+y", "&c", "&d=&e=%zz");
        steps.add(new Upgrade(
                "w",
                WEBSOCKET + more,
                choice.of(
                        List.of(),
                        List.of(),
                        List.of("Origin: http://one.example"),
                        List.of("X-A: 1", "x-a: 2", "Cookie: a=1", "Cookie: b=2"))));
        String namespace = choice.of("", "", "", "/custom,");
        frames("w", Frame.text("40" + namespace + choice.of("", "{\"token\":\"x\"}")));
        boolean polling = choice.percent(40);
        String session = POLLING + "&sid={sid:h}";
        if (polling) {
            get(POLLING + (choice.percent(15) ? choice.of("&deny=1", "&t=abc") : ""), blocked());
            steps.set(steps.size() - 1, named("h", (Http) steps.get(steps.size() - 1)));
            post(session, "40" + namespace);
            get(session);
        } else {
            steps.add(new Upgrade("v", WEBSOCKET, List.of(blocked())));
            frames("v", Frame.text("40" + namespace));
        }
        for (int i = 3 + choice.below(7); i > 0; i--) {
            String packet = "42" + namespace + choice.of("", "", "7") + "[" + event() + "]";
            if (polling && choice.percent(50)) {
                if (choice.percent(60)) {
                    get(session);
                }
                post(session, packet);
            } else {
                frames(polling ? "w" : choice.of("w", "v"), Frame.text(packet));
            }
            if (choice.percent(35)) {
                String answer = choice.of("[\"yes\",1]", "[]", "[{\"a\":1}]", "[null]");
                if (choice.percent(50)) {
                    frames("w", Frame.text("43" + namespace + "{ask:w}" + answer));
                }
                if (polling) {
                    get(session);
                    post(session, "43" + namespace + "{ask:h}" + answer);
                } else {
                    frames("v", Frame.text("43" + namespace + "{ask:v}" + answer));
                }
            }
        }
        if (polling) {
            get(session);
        }
        if (choice.percent(30)) {
            steps.add(new Cut("w"));
        }
    }

    private static Http named(String name, Http request) {
        return new Http(name, request.method(), request.target(), request.headers(), request.body());
    }

    private String[] blocked() {
        return choice.percent(8) ? new String[] {"X-Block: 1"} : new String[0];
    }

    private String event() {
        if (choice.percent(15)) {
            return choice.of("\"blocked\",1", "\"dropped\"", "\"message\",\"x\"", "\"one\"", "\"one\",2", "\"two\",{}");
        }
        List<String> parts = new ArrayList<>();
        String operation = choice.of(
                "state",
                "join",
                "join",
                "leave",
                "rooms",
                "emit",
                "emit",
                "emit",
                "ask",
                "ask",
                "callback",
                "fetch",
                "data",
                "socketsJoin",
                "socketsLeave",
                "disconnectSockets",
                "volatile",
                "compress",
                "send",
                "reserved",
                "timed",
                "twice",
                "nothing",
                "binary",
                "listen",
                "listen",
                "end");
        parts.add("\"op\":\"" + operation + "\"");
        switch (operation) {
            case "emit", "ask", "callback", "fetch", "socketsJoin", "socketsLeave", "disconnectSockets" ->
                target(parts);
            case "join" -> parts.add("\"rooms\":" + rooms());
            case "leave" -> parts.add("\"room\":" + room());
            case "data", "volatile", "send" -> parts.add("\"value\":" + value());
            case "compress" -> parts.add("\"value\":" + choice.of("true", "false"));
            case "end" -> parts.add("\"close\":" + choice.of("true", "false"));
            case "reserved" ->
                parts.add("\"event\":"
                        + choice.of(
                                "\"connect\"",
                                "\"connect_error\"",
                                "\"disconnect\"",
                                "\"disconnecting\"",
                                "\"newListener\"",
                                "\"removeListener\""));
            case "listen" -> {
                parts.add("\"event\":" + choice.of("\"one\"", "\"two\""));
                parts.add("\"kind\":" + choice.of("\"on\"", "\"once\"", "\"off\"", "\"prependListener\""));
            }
            default -> {}
        }
        return "\"do\",{" + String.join(",", parts) + "}";
    }

    private void target(List<String> parts) {
        parts.add("\"value\":" + value());
        parts.add("\"room\":" + room());
        parts.add("\"scope\":" + choice.of("\"nsp\"", "\"socket\"", "\"server\""));
        parts.add("\"to\":" + rooms());
        if (choice.percent(30)) {
            parts.add("\"except\":" + rooms());
        }
        if (choice.percent(20)) {
            parts.add(choice.of("\"volatile\":true", "\"local\":true", "\"compress\":false", "\"compress\":true"));
        }
        parts.add("\"timeout\":" + choice.of("5", "60000"));
        parts.add("\"close\":" + choice.of("true", "false"));
    }

    private String value() {
        return choice.of("1", "\"ä\"", "null", "{\"k\":[1,{}]}", "[]", "\"" + "long ".repeat(60) + "\"");
    }

    private String room() {
        return choice.of("\"a\"", "\"b\"", "\"c\"");
    }

    private String rooms() {
        return choice.of("[]", "[\"run\"]", "[\"a\"]", "[\"a\",\"b\"]", "[\"b\"]", "[\"a\",\"a\"]", "[\"none\"]");
    }

    // ---- less common options

    /** Another path without a slash at its end, no bundle, no upgrades, a cookie with attributes, patterns of origins. */
    void paths() {
        String path = choice.of("/ws", "/ws", "/ws", "/ws/", "/wsx", "/ws/x", "/socket.io/", "/WS");
        String polling = path + "?EIO=4&transport=polling";
        String session = polling + "&sid={sid:h}";
        List<String> origin = choice.of(
                List.of(),
                List.of("Origin: http://one.example"),
                List.of("Origin: http://two.example"),
                List.of("Origin: http://three.example"));
        steps.add(new Http("h", choice.of("GET", "GET", "GET", "OPTIONS"), polling, origin, null));
        post(session, choice.of("40", "40/dynamic-7,", "40/custom,"));
        get(session);
        if (choice.percent(40)) {
            steps.add(new Upgrade("u", path + "?EIO=4&transport=websocket&sid={sid:h}", origin));
            frames("u", Frame.text("2probe"));
        }
        if (choice.percent(40)) {
            post(session, choice.of("41/dynamic-7,", "40/dynamic-7,", "42[\"message\"]", "1"));
            get(session);
        }
        if (choice.percent(40)) {
            steps.add(new Upgrade("w", path + "?EIO=4&transport=websocket", origin));
            frames("w", Frame.text("40/dynamic-7,"));
            frames("w", Frame.text(choice.of("41/dynamic-7,", "42/dynamic-7,[\"message\",1]", "40/dynamic-7,")));
        }
        if (choice.percent(30)) {
            steps.add(new Http("f", "GET", path + "/socket.io.js", List.of(), null));
        }
    }

    // ---- WebSocket frames

    /** Fragments, reserved bits, compression offers and control frames. */
    void webSocketFrames() {
        steps.add(new Upgrade(
                "w",
                WEBSOCKET,
                choice.percent(50)
                        ? List.of()
                        : List.of("Sec-WebSocket-Extensions: "
                                + choice.of(
                                        "permessage-deflate",
                                        "permessage-deflate; client_max_window_bits",
                                        "permessage-deflate; client_max_window_bits=10",
                                        "permessage-deflate; server_max_window_bits=10",
                                        "permessage-deflate; server_no_context_takeover",
                                        "permessage-deflate; client_no_context_takeover",
                                        "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
                                        "permessage-deflate; server_max_window_bits=20",
                                        "permessage-deflate; client_max_window_bits=7",
                                        "permessage-deflate; unknown",
                                        "permessage-deflate; unknown, permessage-deflate",
                                        "permessage-deflate; server_no_context_takeover=1",
                                        "permessage-deflate; server_max_window_bits",
                                        "permessage-deflate; client_max_window_bits=\"12\"",
                                        "x-webkit-deflate-frame",
                                        "foo, permessage-deflate",
                                        "foo\r\nSec-WebSocket-Extensions: permessage-deflate",
                                        "permessage-deflate; x\r\nSec-WebSocket-Extensions: permessage-deflate",
                                        "x;a=b=c",
                                        "permessage-deflate;",
                                        ""))));
        frames("w", Frame.text("40"));
        for (int i = 1 + choice.below(4); i > 0; i--) {
            switch (choice.below(14)) {
                case 0 -> frames("w", Frame.part(1, "42[\"mess"), new Frame(0, Choice.utf8("age\",1]")));
                case 1 ->
                    frames(
                            "w",
                            Frame.part(1, "42[\"m"),
                            Frame.part(0, "essa"),
                            new Frame(9, Choice.utf8("p")),
                            new Frame(0, Choice.utf8("ge\"]")));
                case 2 -> frames("w", Frame.part(1, "42[\"message\"]"), Frame.text("42[\"message\"]"));
                case 3 -> frames("w", new Frame(0, Choice.utf8("42[\"message\"]")));
                case 4 -> frames("w", new Frame(0x41, Choice.utf8("42[\"message\"]")));
                case 5 -> frames("w", new Frame(0x21, Choice.utf8("42[\"message\"]")));
                case 6 -> frames("w", Frame.part(9, "p"));
                case 7 -> frames("w", new Frame(9, new byte[choice.of(125, 126)]));
                case 8 -> frames("w", new Frame(10, new byte[] {1}));
                case 9 -> frames("w", new Frame(1, new byte[] {'4', '2', '[', '"', (byte) 0xc3, '"', ']'}));
                case 10 ->
                    frames("w", new Frame(8, new byte[] {choice.of((byte) 3, (byte) 0x27), (byte) choice.below(256)}));
                case 11 ->
                    frames("w", new Frame(8, choice.of(new byte[] {3}, new byte[] {3, (byte) 0xe8, (byte) 0xff})));
                case 12 ->
                    frames(
                            "w",
                            Frame.text(
                                    "42[\"do\",{\"op\":\"compress\",\"value\":" + choice.of("true", "false") + "}]"));
                default ->
                    frames("w", Frame.text("42[\"message\",\"" + "xyz".repeat(choice.of(1, 100, 6_000)) + "\"]"));
            }
        }
        frames("w", Frame.text("42[\"message\",\"end\"]"));
    }
}
