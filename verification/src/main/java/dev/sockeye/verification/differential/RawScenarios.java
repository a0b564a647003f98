package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.Step.Frame;
import dev.sockeye.verification.differential.Step.Frames;
import dev.sockeye.verification.differential.Step.Http;
import dev.sockeye.verification.differential.Step.Raw;
import java.util.ArrayList;
import java.util.List;

/** Scenarios of requests whose bytes matter: opening requests of WebSockets, paths, query strings, and forms of bodies. */
final class RawScenarios {
    private static final String POLLING = "/socket.io/?EIO=4&transport=polling";
    private static final String END = "\r\n";

    private final Choice choice;
    private final List<Step> steps;
    private int requests;

    RawScenarios(Choice choice, List<Step> steps) {
        this.choice = choice;
        this.steps = steps;
    }

    private void raw(String connection, String text) {
        String method = text.substring(0, text.indexOf(' '));
        steps.add(new Raw(connection, List.of(method), Choice.latin1(text)));
    }

    // ---- opening requests

    void handshakes() {
        String query = choice.of(
                "EIO=4&transport=websocket",
                "EIO=4&transport=websocket",
                "EIO=4&transport=websocket",
                "EIO=3&transport=websocket",
                "EIO=4&transport=websocket&sid=",
                "EIO=4&transport=websocket&sid=x");
        String path = choice.percent(85) ? "/socket.io/" : choice.of("/", "/socket.io", "/other/", "/socket.io/x/");
        List<String> lines = new ArrayList<>();
        lines.add(choice.of("GET", "GET", "GET", "GET", "GET", "GET", "POST", "HEAD", "OPTIONS", "PUT") + " " + path
                + "?" + query + "&run={run} HTTP/1.1");
        lines.add("Host: localhost");
        lines.add(
                choice.percent(80)
                        ? "Connection: Upgrade"
                        : choice.of(
                                "Connection: keep-alive, Upgrade",
                                "connection: upgrade",
                                "Connection: keep-alive",
                                "Connection: close"));
        lines.add(
                choice.percent(80)
                        ? "Upgrade: websocket"
                        : choice.of(
                                "Upgrade: WebSocket",
                                "upgrade:websocket",
                                "Upgrade: h2c",
                                "Upgrade: websocket, h2c",
                                "Upgrade: websocke"));
        lines.add(
                choice.percent(75)
                        ? "Sec-WebSocket-Version: 13"
                        : choice.of(
                                "Sec-WebSocket-Version: 8",
                                "Sec-WebSocket-Version: 7",
                                "Sec-WebSocket-Version: 13, 8",
                                "Sec-WebSocket-Version: x",
                                "X: y"));
        lines.add(
                choice.percent(75)
                        ? "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
                        : choice.of(
                                "Sec-WebSocket-Key: x",
                                "Sec-WebSocket-Key:",
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ= ",
                                "X: y"));
        if (choice.percent(35)) {
            lines.add("Sec-WebSocket-Protocol: "
                    + choice.of(
                            "a", "a, b", "a,b", "", "a, a", "a b", "a,", "\"a\"", "chat\r\nSec-WebSocket-Protocol: b"));
        }
        if (choice.percent(15)) {
            lines.add("Sec-WebSocket-Extensions: "
                    + choice.of("permessage-deflate", "x", "x;", "permessage-deflate; a=\"b"));
        }
        if (choice.percent(15)) {
            lines.add("Origin: " + choice.of("http://one.example", "null", "", "\u00e4"));
        }
        if (choice.percent(8)) {
            lines.add(choice.of("Content-Length: 0", "Cookie: a=1; b=2", "Sec-WebSocket-Origin: http://x"));
        }
        raw("w", String.join(END, lines) + END + END);
        steps.add(new Frames("w", List.of(Frame.text("40"))));
        steps.add(new Frames("w", List.of(Frame.text("42[\"message\",1]"))));
    }

    // ---- targets

    void targets() {
        steps.add(new Http("h", "GET", POLLING, List.of(), null));
        for (int i = 1 + choice.below(3); i > 0; i--) {
            String path = choice.of(
                    "/socket.io/",
                    "/socket.io/",
                    "/socket.io/",
                    "/socket.io/",
                    "/socket.io",
                    "/socket.io//",
                    "/socket.io/x",
                    "/socket.io/x/",
                    "/socket.io/../socket.io/",
                    "/socket.io/./",
                    "/SOCKET.IO/",
                    "/%73ocket.io/",
                    "//socket.io/",
                    "/socket.io/;a=1",
                    "/socket.iox/",
                    "/",
                    "/socket.io/%zz");
            String version = choice.of(
                    "EIO=4",
                    "EIO=4",
                    "EIO=4",
                    "EIO=3",
                    "EIO=04",
                    "EIO=4.0",
                    "EIO=%204",
                    "EIO=+4",
                    "EIO=4&EIO=4",
                    "EIO=3&EIO=4",
                    "EIO");
            String transport = choice.of(
                    "&transport=polling",
                    "&transport=polling",
                    "&transport=polling",
                    "&transport=polling&transport=polling",
                    "&transport=websocket&transport=polling",
                    "&transport=poll%69ng",
                    "&transport=polling%00",
                    "&transport=",
                    ";transport=polling",
                    "&&&transport=polling&",
                    "&transport[]=polling",
                    "&transport=webtransport");
            String session = choice.of(
                    "",
                    "",
                    "&sid={sid:h}",
                    "&sid={sid:h}",
                    "&sid=x&sid={sid:h}",
                    "&sid={sid:h}&sid=x",
                    "&sid={sid:h}&sid=",
                    "&sid=%20{sid:h}",
                    "&sid={sid:h}%00",
                    "&sid=toString",
                    "&sid",
                    "&SID={sid:h}");
            String more = choice.of(
                    "",
                    "",
                    "",
                    "&t=PabcdE",
                    "&t=",
                    "&j=0",
                    "&j=x",
                    "&j",
                    "&b64=1",
                    "&b64=0",
                    "&b64=",
                    "#fragment",
                    "&a=%E4",
                    "?x=1");
            String method =
                    choice.of("GET", "GET", "GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE");
            List<String> headers = new ArrayList<>();
            if (choice.percent(20)) {
                headers.add("Origin: "
                        + choice.of("http://one.example", "http://one.example:80", "HTTP://ONE.EXAMPLE", "null"));
            }
            if (choice.percent(15)) {
                headers.add("Access-Control-Request-Method: " + choice.of("GET", "POST", "x"));
            }
            if (choice.percent(15)) {
                headers.add("Access-Control-Request-Headers: " + choice.of("x-a", "x-a,x-b", "", "content-type"));
            }
            if (choice.percent(5)) {
                headers.add("Access-Control-Request-Private-Network: true");
            }
            byte[] body = method.equals("POST") || method.equals("PUT") ? Choice.utf8("42[\"message\",1]") : null;
            steps.add(new Http(
                    "r" + requests++, method, path + "?" + version + transport + session + more, headers, body));
        }
        steps.add(new Http("e", "GET", POLLING + "&sid={sid:h}", List.of(), null));
    }

    // ---- bodies

    void bodies() {
        boolean old = choice.percent(25);
        String target = "/socket.io/?EIO=" + (old ? 3 : 4) + "&transport=polling" + choice.of("", "", "", "&j=1");
        steps.add(new Http("h", "GET", target, List.of(), null));
        String session = target + "&sid={sid:h}";
        boolean form = target.contains("&j=");
        String connect = old ? "2:40" : "40";
        steps.add(new Http("c", "POST", session, List.of(), Choice.utf8(form ? "d=" + connect : connect)));
        steps.add(new Http("g", "GET", session, List.of(), null));
        String packet = choice.of("42[\"message\",1]", "42[\"message\",\"\u00e4\"]", "2", "3", "4", "");
        String text = new String(
                Choice.utf8(old ? Choice.framed(packet) : packet), java.nio.charset.StandardCharsets.ISO_8859_1);
        if (form) {
            text = choice.of("d=", "d=", "d=", "e=1&d=", "d=&d=", "D=") + text;
        }
        String type = choice.of(
                "Content-Type: text/plain;charset=UTF-8\r\n",
                "Content-Type: text/plain\r\n",
                "",
                "Content-Type: application/octet-stream\r\n",
                "Content-Type: application/octet-stream; a=b\r\n",
                "Content-Type: APPLICATION/OCTET-STREAM\r\n",
                "content-type: application/json\r\n",
                "Content-Type: text/plain\r\nContent-Type: application/octet-stream\r\n",
                "Content-Encoding: gzip\r\n");
        String head = "POST " + session + "&run={run} HTTP/1.1\r\nHost: localhost\r\n" + type;
        switch (choice.below(5)) {
            case 0 -> {
                int at = choice.below(text.length() + 1);
                StringBuilder chunks = new StringBuilder();
                for (String part : List.of(text.substring(0, at), text.substring(at))) {
                    if (!part.isEmpty()) {
                        chunks.append(Integer.toHexString(part.length()))
                                .append(choice.of("", ";a=b"))
                                .append("\r\n")
                                .append(part)
                                .append("\r\n");
                    }
                }
                raw(
                        "p",
                        head + "Transfer-Encoding: chunked\r\n\r\n" + chunks + "0\r\n" + choice.of("", "X: y\r\n")
                                + "\r\n");
            }
            case 1 -> raw("p", head + "Content-Length: " + text.length() + "\r\nExpect: 100-continue\r\n\r\n" + text);
            case 2 -> raw("p", head + "Content-Length: " + text.length() + "\r\nConnection: close\r\n\r\n" + text);
            case 3 -> {
                // in two parts
                raw("p", head + "Content-Length: " + text.length() + "\r\n\r\n" + text.substring(0, text.length() / 2));
                if (choice.percent(70)) {
                    steps.add(new Raw("p", List.of(), Choice.latin1(text.substring(text.length() / 2))));
                } else {
                    steps.add(new Step.Cut("p"));
                }
            }
            default -> {
                String post = head + "Content-Length: " + text.length() + "\r\n\r\n" + text;
                String get = "GET " + session + "&run={run} HTTP/1.1\r\nHost: localhost\r\n\r\n";
                steps.add(choice.of(
                        new Raw("p", List.of("POST", "GET"), Choice.latin1(post + get)),
                        new Raw("p", List.of("POST", "POST"), Choice.latin1(post + post))));
            }
        }
        steps.add(new Http("l", "GET", session, choice.of(List.of(), List.of("Connection: close")), null));
    }
}
