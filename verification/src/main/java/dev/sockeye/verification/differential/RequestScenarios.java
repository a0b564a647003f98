package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.Step.Http;
import dev.sockeye.verification.differential.Step.Upgrade;
import java.util.ArrayList;
import java.util.List;

/** Scenarios of single requests, most of them invalid, and of the files of the browser client. */
final class RequestScenarios {
    private static final String PATH = "/socket.io/";
    private static final String POLLING = PATH + "?EIO=4&transport=polling";

    private final Choice choice;
    private final List<Step> steps;
    private int files;

    RequestScenarios(Choice choice, List<Step> steps) {
        this.choice = choice;
        this.steps = steps;
    }

    /** Mostly invalid requests. */
    void requests() {
        int count = 1 + choice.below(3);
        for (int i = 0; i < count; i++) {
            if (choice.percent(20)) {
                bundle();
                continue;
            }
            if (choice.percent(30)) {
                steps.add(new Http("h", "GET", POLLING, List.of(), null));
            }
            StringBuilder target = new StringBuilder(PATH).append('?');
            target.append(choice.of(
                    "EIO=4", "EIO=4", "EIO=4", "EIO=3", "EIO=5", "", "EIO=", "EIO=4&EIO=3", "eio=4", "EIO=%34"));
            target.append(choice.of(
                    "&transport=polling",
                    "&transport=polling",
                    "&transport=polling",
                    "&transport=websocket",
                    "&transport=webtransport",
                    "&transport=tobi",
                    "",
                    "&transport=constructor",
                    "&transport=polling&transport=websocket",
                    "&transport=POLLING"));
            target.append(choice.of(
                    "", "", "", "&sid=", "&sid=abc", "&sid={sid:h}", "&sid=__proto__", "&sid=%00", "&j=0", "&b64=1"));
            List<String> headers = new ArrayList<>();
            if (choice.percent(40)) {
                headers.add(choice.of(
                        "Origin: http://one.example",
                        "Origin: http://other.example",
                        "Origin: null",
                        "Origin: http://\u00e4.example",
                        "Origin:"));
            }
            if (choice.percent(20)) {
                headers.add("Access-Control-Request-Headers: x-c, x-d");
            }
            if (choice.percent(10)) {
                headers.add(choice.of("User-Agent: a;MSIE 8", "User-Agent: Trident/7", "Accept-Encoding: gzip"));
            }
            String method = choice.of("GET", "GET", "POST", "OPTIONS", "OPTIONS", "PUT", "DELETE", "HEAD", "PATCH");
            if (choice.percent(15)) {
                steps.add(new Upgrade("u" + i, target.toString(), headers));
            } else {
                byte[] body =
                        method.equals("POST") || method.equals("PUT") ? Choice.utf8(choice.of("", "40", "x")) : null;
                steps.add(new Http("r" + i, method, target.toString(), headers, body));
            }
        }
    }

    private void bundle() {
        String file = choice.of(
                "socket.io.js",
                "socket.io.min.js",
                "socket.io.esm.min.js",
                "socket.io.msgpack.min.js.map",
                "socket.io.esm.js",
                "SOCKET.IO.JS",
                "socket.io.js.map",
                "socket.io.min.js.map",
                "socket.io.esm.min.js.map",
                "socket.io.msgpack.min.js",
                "socket.io.msgpack.js",
                "socket.io.js/",
                "/socket.io.js",
                "x/socket.io.js",
                "socket.io.js%20",
                "socket%2Eio.js",
                "%73ocket.io.min.js",
                "socket.io.js;a=1",
                "socket.io.js?",
                "./socket.io.js",
                "socket.io.js%00",
                "socket.io.min.js?a=1");
        steps.add(new Http(
                "f" + files++,
                choice.of("GET", "GET", "GET", "GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE"),
                PATH + file,
                choice.percent(30)
                        ? List.of("If-None-Match: "
                                + choice.of(
                                        "\"4.8.4\"",
                                        "\"4.8.4\"",
                                        "W/\"4.8.4\"",
                                        "\"x\"",
                                        "*",
                                        "\"x\", \"4.8.4\"",
                                        "4.8.4")
                                + choice.of("", "", "\r\nCache-Control: no-cache", "\r\nRange: bytes=0-9"))
                        : choice.percent(15)
                                ? List.of(choice.of(
                                        "Range: bytes=0-9",
                                        "Range: bytes=-5",
                                        "If-Modified-Since: Wed, 01 Jan 2070 00:00:00 GMT",
                                        "If-Match: \"4.8.4\"",
                                        "If-None-Match: \"x\"\r\nIf-None-Match: \"4.8.4\""))
                                : choice.percent(30)
                                        ? List.of("Accept-Encoding: "
                                                + choice.of(
                                                        "gzip",
                                                        "br",
                                                        "identity",
                                                        "br, gzip",
                                                        "gzip;q=0",
                                                        "*",
                                                        "deflate",
                                                        "deflate, gzip;q=0.5",
                                                        "GZIP"))
                                        : List.of(),
                null));
    }
}
