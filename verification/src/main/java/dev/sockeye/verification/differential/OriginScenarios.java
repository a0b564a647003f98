package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.Step.Frame;
import dev.sockeye.verification.differential.Step.Http;
import dev.sockeye.verification.differential.Step.Raw;
import dev.sockeye.verification.differential.Step.Upgrade;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Scenarios of browsers: requests from other origins, JSONP with attachments, frames that arrive with the opening request. */
final class OriginScenarios {
    private static final String WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";

    private final Choice choice;
    private final List<Step> steps;
    private int requests;

    OriginScenarios(Choice choice, List<Step> steps) {
        this.choice = choice;
        this.steps = steps;
    }

    // ---- origins

    /** A session from another origin, with preflight requests of all forms. */
    void origins() {
        String polling = "/socket.io/?EIO=" + choice.of("4", "4", "3") + "&transport=polling";
        String session = polling + "&sid={sid:h}";
        boolean old = polling.contains("EIO=3");
        preflight(polling);
        steps.add(new Http("h", "GET", polling, List.of(origin()), null));
        for (int i = 1 + choice.below(3); i > 0; i--) {
            switch (choice.below(6)) {
                case 0, 1 -> preflight(session);
                case 2 -> steps.add(new Http("g" + requests++, "GET", session, List.of(origin()), null));
                case 3 -> {
                    steps.add(new Upgrade("w" + requests, WEBSOCKET, List.of(origin())));
                    steps.add(new Step.Frames("w" + requests++, List.of(Frame.text("40"))));
                }
                case 4 ->
                    steps.add(new Http(
                            "f" + requests++,
                            choice.of("GET", "HEAD", "OPTIONS"),
                            choice.of("/socket.io/socket.io.js", "/socket.io/socket.io.esm.min.js", "/socket.io/x"),
                            List.of(origin()),
                            null));
                default ->
                    steps.add(new Http(
                            "p" + requests++,
                            "POST",
                            session,
                            List.of(origin(), "Content-Type: text/plain;charset=UTF-8"),
                            Choice.utf8(old ? "2:40" : "40")));
            }
        }
        steps.add(new Http("e", "GET", session, List.of(origin()), null));
    }

    private String origin() {
        return choice.of(
                "Origin: http://one.example",
                "Origin: http://one.example",
                "Origin: http://two.example",
                "Origin: https://one.example:8080",
                "Origin: null",
                "Origin:",
                "X: y");
    }

    private void preflight(String target) {
        List<String> headers = new ArrayList<>(List.of(origin()));
        if (choice.percent(70)) {
            headers.add("Access-Control-Request-Method: " + choice.of("GET", "POST", "DELETE"));
        }
        if (choice.percent(50)) {
            headers.add("Access-Control-Request-Headers: "
                    + choice.of(
                            "content-type", "x-a, x-b", "x-a,x-b", "", "x-c\r\nAccess-Control-Request-Headers: x-d"));
        }
        steps.add(new Http("o" + requests++, "OPTIONS", target, headers, null));
    }

    // ---- JSONP

    /** A JSONP client that sends and receives attachments and unusual texts. */
    void jsonpAttachments() {
        boolean old = choice.percent(50);
        String target = "/socket.io/?EIO=" + (old ? 3 : 4) + "&transport=polling&j=" + choice.of("0", "7", "1x2", "")
                // without it, the official server sends attachments in a form that no client reads
                + (old ? "&b64=1" : choice.of("", "", "&b64=1"));
        String session = target + "&sid={sid:h}";
        steps.add(new Upgrade("v", WEBSOCKET, List.of()));
        steps.add(new Step.Frames("v", List.of(Frame.text("40"))));
        steps.add(new Http("h", "GET", target, List.of(), null));
        if (!old) {
            form(session, false, List.of("40"));
        }
        get(session);
        for (int i = 2 + choice.below(4); i > 0; i--) {
            boolean before = choice.percent(50);
            String poll = choice.percent(85)
                    ? session
                    : session.replaceAll("&j=[^&]*", choice.of("&j=5", "", "&j=a\"b", "&j=0&j=1"));
            if (before) {
                get(poll);
            }
            switch (choice.below(6)) {
                case 0, 1 ->
                    steps.add(new Step.Frames(
                            "v",
                            List.of(
                                    Frame.text("451-[\"cast\",{\"_placeholder\":true,\"num\":0},\"<\\/script>\"]"),
                                    Frame.binary(choice.bytes(5)))));
                case 2 ->
                    steps.add(new Step.Frames(
                            "v",
                            List.of(Frame.text("42[\"cast\",\""
                                    + choice.of(
                                            "\u2028\u2029",
                                            "</script>",
                                            "'\\\"\\\\",
                                            "\u00e4\ud83d\ude00",
                                            "\\u0000\\u001f")
                                    + "\"]"))));
                case 3 ->
                    form(
                            session,
                            old,
                            List.of(
                                    "451-[\"message\",{\"_placeholder\":true,\"num\":0}]",
                                    old ? "b4" + choice.of("AQID", "") : "b" + choice.of("AQID", "")));
                case 4 ->
                    form(
                            session,
                            old,
                            List.of("42[\"message\",\"" + choice.of("a\\\\nb", "a\\nb", "+%&=;", "\u00e4", "\\\\\\n")
                                    + "\"]"));
                default -> form(session, old, List.of("42[\"message\",1]", "42[\"big\"]"));
            }
            if (!before) {
                get(poll);
            }
        }
        get(session);
    }

    private void get(String target) {
        steps.add(new Http("g" + requests++, "GET", target, List.of(), null));
    }

    private void form(String session, boolean old, List<String> packets) {
        StringBuilder body = new StringBuilder();
        for (String packet : packets) {
            body.append(old ? Choice.framed(packet) : (body.isEmpty() ? "" : "\u001e") + packet);
        }
        steps.add(new Http(
                "p" + requests++,
                "POST",
                session,
                List.of("Content-Type: application/x-www-form-urlencoded"),
                Choice.utf8("d=" + URLEncoder.encode(body.toString(), StandardCharsets.UTF_8))));
    }

    // ---- early frames

    /** Frames in the same read as the opening request, which may be answered late or refused. */
    void earlyFrames() {
        String more = choice.of("", "", "&late=1", "&late=1", "&late=1&deny=1", "&deny=2");
        boolean upgrade = choice.percent(40);
        String polling = "/socket.io/?EIO=4&transport=polling";
        String session = polling + "&sid={sid:h}";
        boolean waiting = false;
        if (upgrade) {
            steps.add(new Http("h", "GET", polling + choice.of("", "&late=1"), List.of(), null));
            steps.add(new Http("c", "POST", session, List.of(), Choice.utf8("40")));
            get(session);
            waiting = choice.percent(60);
            if (waiting) {
                get(session);
            }
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(Choice.latin1("GET " + WEBSOCKET + more + (upgrade ? "&sid={sid:h}" : "")
                + "&run={run} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        List<String> packets = upgrade
                ? choice.of(
                        List.of("2probe"),
                        List.of("2probe", "5"),
                        List.of("5"),
                        List.of("2probe", "5", "42[\"message\",1]"))
                : choice.of(
                        List.of("40"),
                        List.of("40/custom,"),
                        List.of("40/nope,"),
                        List.of("42[\"message\"]"),
                        List.of(""));
        for (String packet : packets) {
            out.writeBytes(Play.frames(List.of(Frame.text(packet))));
        }
        // the probe ends with its close frame on this server, and with its connection on the official one, which
        // answers a waiting poll in
        // between: the next poll would overlap with the waiting one on this server only
        boolean onlyProbe = packets.equals(List.of("2probe"));
        if (choice.percent(15) && !(waiting && onlyProbe)) {
            out.writeBytes(Play.frames(List.of(new Frame(8, new byte[0]))));
        }
        byte[] all = out.toByteArray();
        steps.add(new Raw("w", List.of("GET"), all));
        if (choice.percent(20)) {
            steps.add(new Step.Cut("w"));
        } else {
            steps.add(new Step.Frames("w", List.of(Frame.text("42[\"message\",2]"))));
        }
        if (upgrade) {
            get(session);
        }
    }
}
