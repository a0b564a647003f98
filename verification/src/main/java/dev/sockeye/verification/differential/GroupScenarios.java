package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.Step.Cut;
import dev.sockeye.verification.differential.Step.Frame;
import dev.sockeye.verification.differential.Step.Frames;
import dev.sockeye.verification.differential.Step.Http;
import dev.sockeye.verification.differential.Step.Upgrade;
import java.util.ArrayList;
import java.util.List;

/** Scenarios of several clients: bursts, waiting middlewares, dynamic namespaces, and recovery of sockets in several namespaces. */
final class GroupScenarios {
    private static final String POLLING = "/socket.io/?EIO=4&transport=polling";
    private static final String WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";
    private static final String OLD_POLLING = "/socket.io/?EIO=3&transport=polling";
    private static final String OLD_WEBSOCKET = "/socket.io/?EIO=3&transport=websocket";

    private final Choice choice;
    private final List<Step> steps;
    private int requests;

    GroupScenarios(Choice choice, List<Step> steps) {
        this.choice = choice;
        this.steps = steps;
    }

    private void frames(String connection, Frame... frames) {
        steps.add(new Frames(connection, List.of(frames)));
    }

    private void text(String connection, String... packets) {
        Frame[] frames = new Frame[packets.length];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = Frame.text(packets[i]);
        }
        frames(connection, frames);
    }

    private void open(String connection, String target) {
        steps.add(new Upgrade(connection, target, List.of()));
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

    // ---- bursts

    /** Many packets in one read that make the server join, leave, broadcast and disconnect. */
    void bursts() {
        open("v", WEBSOCKET);
        text("v", "40");
        boolean polling = choice.percent(35);
        String session = POLLING + "&sid={sid:w}";
        if (polling) {
            get("w", POLLING);
            post(session, "40");
            get(session);
        } else {
            open("w", WEBSOCKET);
            text("w", "40");
        }
        boolean both = choice.percent(40);
        if (both) {
            if (polling) {
                post(session, "40/custom,");
                get(session);
            } else {
                text("w", "40/custom,");
            }
        }
        for (int i = 1 + choice.below(3); i > 0; i--) {
            List<String> packets = new ArrayList<>();
            for (int n = 2 + choice.below(5); n > 0; n--) {
                packets.add(burstPacket(both && choice.percent(30) ? "/custom," : ""));
            }
            if (!polling) {
                text("w", packets.toArray(String[]::new));
                continue;
            }
            if (choice.percent(50)) {
                get(session);
            }
            post(session, String.join("\u001e", packets));
            get(session);
        }
        text("v", "42[\"do\",{\"op\":\"fetch\",\"scope\":\"nsp\",\"to\":[\"run\"]}]");
        if (polling) {
            get(session);
        } else {
            text("w", "42[\"message\",\"end\"]");
        }
    }

    private String burstPacket(String namespace) {
        if (choice.percent(12)) {
            return choice.of(
                    "42" + namespace + "[\"leave\"]",
                    "42" + namespace + "[\"kick\"]",
                    "41" + namespace,
                    "42" + namespace + "[\"hang\"]",
                    "42" + namespace + "[\"do\",{\"op\":\"end\",\"close\":true}]",
                    "42" + namespace + "[\"do\",{\"op\":\"end\",\"close\":false}]");
        }
        String scope = "\"scope\":" + choice.of("\"nsp\"", "\"socket\"", "\"server\"") + ",\"to\":"
                + choice.of("[\"run\"]", "[\"a\"]", "[\"a\",\"b\"]");
        return "42" + namespace + choice.of("", "", "5") + "["
                + choice.of(
                        "\"message\",1",
                        "\"message\",\"\u00e4\"",
                        "\"cast\",2",
                        "\"others\",3",
                        "\"blocked\"",
                        "\"state\"",
                        "\"do\",{\"op\":\"join\",\"rooms\":[\"a\",\"b\"]}",
                        "\"do\",{\"op\":\"leave\",\"room\":\"a\"}",
                        "\"do\",{\"op\":\"rooms\"}",
                        "\"do\",{\"op\":\"emit\",\"value\":4," + scope + "}",
                        "\"do\",{\"op\":\"socketsJoin\",\"room\":\"b\"," + scope + "}",
                        "\"do\",{\"op\":\"socketsLeave\",\"room\":\"a\"," + scope + "}",
                        "\"do\",{\"op\":\"disconnectSockets\",\"close\":" + choice.of("true", "false") + "," + scope
                                + "}",
                        "\"do\",{\"op\":\"data\",\"value\":1}",
                        "\"do\",{\"op\":\"binary\"}",
                        "\"do\",{\"op\":\"twice\"}")
                + "]";
    }

    // ---- middlewares that wait

    /** A middleware that another client releases, and all that can happen in between. */
    void waits() {
        boolean old = choice.percent(25);
        boolean polling = choice.percent(30);
        String how = choice.of("x", "x", "x", "join", "emit", "data", "now", "leave", "close", "hang");
        boolean twice = choice.percent(25);
        String connect = old
                ? "40/slow?how=" + how + (twice ? "&twice=1" : "") + ","
                : "40/slow,{\"how\":\"" + how + "\"" + (twice ? ",\"twice\":true" : "") + "}";
        open("v", WEBSOCKET);
        text("v", "40");
        String session = (old ? OLD_POLLING : POLLING) + "&sid={sid:w}";
        if (polling) {
            get("w", old ? OLD_POLLING : POLLING);
        } else {
            open("w", old ? OLD_WEBSOCKET : WEBSOCKET);
        }
        if (choice.percent(60) && !old) {
            waiting(polling, old, session, "40");
        }
        waiting(polling, old, session, connect);
        for (int i = choice.below(3); i > 0; i--) {
            switch (choice.below(10)) {
                case 0 -> waiting(polling, old, session, "42/slow,[\"message\",1]");
                case 1 -> waiting(polling, old, session, "41/slow,");
                case 2 -> waiting(polling, old, session, "42[\"message\",1]");
                case 3 -> waiting(polling, old, session, "41");
                case 4 -> waiting(polling, old, session, choice.of("42[\"kick\"]", "42[\"leave\"]", "42[\"hang\"]"));
                case 5 -> steps.add(polling ? new Cut("g0") : new Cut("w"));
                case 6 -> text("v", "42[\"early\"]");
                case 7 -> waiting(polling, old, session, "40/custom,");
                case 8 -> {
                    if (!polling) {
                        frames("w", new Frame(8, new byte[0]));
                        steps.add(new Cut("w"));
                    }
                }
                default -> waiting(polling, old, session, "1");
            }
        }
        for (int i = choice.of(1, 1, 1, 2); i > 0; i--) {
            text("v", "42[\"release\",\"" + choice.of("ok", "ok", "ok", "ok", "x", "data") + "\"]");
        }
        text("v", "42[\"early\"]");
        waiting(polling, old, session, choice.of("42/slow,[\"message\",2]", "42/slow,[\"state\"]", "41/slow,"));
        text("v", "42[\"release\",\"ok\"]");
        if (polling) {
            get(session);
        }
    }

    private void waiting(boolean polling, boolean old, String session, String packet) {
        if (polling) {
            post(session, old ? Choice.framed(packet) : packet);
            get(session);
        } else {
            text("w", packet);
        }
    }

    // ---- dynamic namespaces

    /** Dynamic namespaces that are created, emptied and created again. */
    void rooms() {
        boolean old = choice.percent(20);
        boolean paths = choice.percent(50);
        String path = paths ? "/ws" : "/socket.io/";
        open("v", path + "?EIO=4&transport=websocket");
        open("w", path + "?EIO=" + (old ? 3 : 4) + "&transport=websocket");
        text("v", "40");
        for (int i = 3 + choice.below(7); i > 0; i--) {
            String namespace = "/room-{n}-" + choice.of("1", "1", "1", "2", "9") + ",";
            String connection = choice.of("v", "w", "w");
            switch (choice.below(10)) {
                case 0, 1, 2 -> text(connection, "40" + namespace);
                case 3 -> text(connection, "41" + namespace);
                case 4 -> text("v", "42[\"parents\"," + choice.of("1", "\"x\"", "{\"a\":[]}") + "]");
                case 5 -> text(connection, "42" + namespace + "[\"cast\",1]");
                case 6 -> text(connection, "42" + namespace + choice.of("", "3") + "[\"message\",1]");
                case 7 -> text(connection, "42" + namespace + choice.of("[\"leave\"]", "[\"kick\"]", "[\"hang\"]"));
                case 8 -> text(connection, "42" + namespace + "[\"ask\",1]", "42" + namespace + "[\"cast\",2]");
                default -> {
                    if (connection.equals("w") && choice.percent(50)) {
                        steps.add(
                                choice.percent(50)
                                        ? new Cut("w")
                                        : new Frames("w", List.of(new Frame(8, new byte[0]))));
                        open("w", path + "?EIO=4&transport=websocket");
                    } else {
                        text(connection, "43" + namespace + "0[1]");
                    }
                }
            }
        }
        text("v", "42[\"parents\",\"end\"]");
    }

    boolean usesPaths() {
        return steps.get(0).toString().contains("/ws?");
    }

    // ---- recovery

    /** Sockets in several namespaces with rooms, data and pending acknowledgements, which leave and return. */
    void resume() {
        open("v", WEBSOCKET);
        text("v", "40");
        text("v", "40/custom,");
        boolean polling = choice.percent(25);
        String session = POLLING + "&sid={sid:w}";
        boolean both = choice.percent(60);
        if (polling) {
            get("w", POLLING);
            post(session, "40");
            get("w", session);
            if (both) {
                post(session, "40/custom,");
                get("w", session);
            }
        } else {
            open("w", WEBSOCKET);
            text("w", "40");
            if (both) {
                text("w", "40/custom,");
            }
            text(
                    "w",
                    "42[\"do\",{\"op\":\"join\",\"rooms\":" + choice.of("[\"a\"]", "[\"b\"]", "[\"a\",\"b\"]") + "}]");
            if (choice.percent(50)) {
                text("w", "42[\"do\",{\"op\":\"data\",\"value\":{\"k\":[1]}}]");
            }
            if (both && choice.percent(50)) {
                text("w", "42/custom,[\"do\",{\"op\":\"join\",\"rooms\":[\"a\",\"c\"]}]");
            }
            if (choice.percent(30)) {
                text(
                        "w",
                        choice.of(
                                "42[\"ask\",1]",
                                "42[\"do\",{\"op\":\"timed\"}]",
                                "42[\"do\",{\"op\":\"leave\",\"room\":\"run\"}]"));
            }
        }
        for (int i = 1 + choice.below(3); i > 0; i--) {
            away();
        }
        switch (choice.below(8)) {
            case 0 -> {
                if (!polling) {
                    frames("w", new Frame(8, new byte[0]));
                    steps.add(new Cut("w"));
                }
            }
            case 1 -> {
                if (!polling) {
                    text("w", choice.of("x", "1", "42[\"hang\"]", "41", "41/custom,"));
                    steps.add(new Cut("w"));
                }
            }
            default -> {
                if (polling) {
                    post(session, choice.of("1", "1", "x"));
                } else {
                    steps.add(new Cut("w"));
                }
            }
        }
        for (int i = choice.below(5); i > 0; i--) {
            away();
        }
        String root = "{\"pid\":\"{pid:w}\",\"offset\":\"{offset:w}\"}";
        String custom = "{\"pid\":\"{pid:wcustom}\",\"offset\":\"{offset:wcustom}\"}";
        open("x", WEBSOCKET);
        switch (choice.below(6)) {
            case 0 -> text("x", "40/custom," + custom);
            case 1 -> text("x", "40" + choice.of(custom, "{\"pid\":\"{pid:w}\",\"offset\":\"{offset:wcustom}\"}"));
            case 2 -> text("x", "40/custom," + root);
            case 3 -> {
                text("x", "40" + root);
                away();
            }
            default -> {
                text("x", "40" + root);
                text("x", "40/custom," + custom);
            }
        }
        text("x", choice.of("42[\"state\"]", "42[\"do\",{\"op\":\"rooms\"}]", "42/custom,[\"state\"]"));
        if (choice.percent(50)) {
            text("x", "43{ask:w}[\"late\"]");
        }
        for (int i = 1 + choice.below(3); i > 0; i--) {
            away();
        }
        if (choice.percent(30)) {
            text("x", "42[\"do\",{\"op\":\"end\",\"close\":true}]");
            open("y", WEBSOCKET);
            text("y", "40{\"pid\":\"{pid:x}\",\"offset\":\"{offset:x}\"}");
        }
    }

    /** Something that another client does meanwhile. */
    private void away() {
        String namespace = choice.of("", "", "/custom,");
        String target = "\"scope\":" + choice.of("\"nsp\"", "\"socket\"") + ",\"to\":"
                + choice.of("[\"run\"]", "[\"a\"]", "[\"b\"]", "[\"a\",\"b\"]", "[\"c\"]")
                + choice.of(
                        "",
                        "",
                        ",\"except\":[\"b\"]",
                        ",\"except\":[\"none\"]",
                        ",\"volatile\":true",
                        ",\"local\":true");
        text(
                "v",
                "42" + namespace + "[\"do\",{"
                        + choice.of(
                                "\"op\":\"emit\",\"value\":[1]",
                                "\"op\":\"emit\",\"value\":{\"a\":null}",
                                "\"op\":\"emit\",\"value\":7",
                                "\"op\":\"ask\",\"timeout\":60000,\"value\":1",
                                "\"op\":\"ask\",\"timeout\":5,\"value\":2",
                                "\"op\":\"socketsJoin\",\"room\":\"b\"",
                                "\"op\":\"socketsLeave\",\"room\":\"a\"",
                                "\"op\":\"fetch\"")
                        + "," + target + "}]");
    }
}
