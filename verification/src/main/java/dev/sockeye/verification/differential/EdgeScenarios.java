package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.Step.Frame;
import dev.sockeye.verification.differential.Step.Frames;
import dev.sockeye.verification.differential.Step.Http;
import dev.sockeye.verification.differential.Step.Upgrade;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Scenarios at the edges of the protocols: attachments, payloads of many packets, limits of size. */
final class EdgeScenarios {
    private static final String POLLING = "/socket.io/?EIO=4&transport=polling";
    private static final String WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";
    private static final String OLD_POLLING = "/socket.io/?EIO=3&transport=polling";
    private static final String OLD_WEBSOCKET = "/socket.io/?EIO=3&transport=websocket";

    private static final String ZERO = "{\"_placeholder\":true,\"num\":0}";
    private static final String ONE = "{\"_placeholder\":true,\"num\":1}";
    /** Texts of packets with attachments; the digit after the type is the number of attachments that follow, unless the next list says more. */
    private static final List<String> ATTACHED = List.of(
            "51-[\"message\"," + ZERO + "]",
            "52-[\"message\"," + ZERO + "," + ONE + "]",
            "52-[\"message\"," + ONE + "," + ZERO + "]",
            "51-[\"message\"," + ZERO + "," + ZERO + "]",
            "52-[\"message\"," + ZERO + "]",
            "51-[\"message\"]",
            "51-[\"message\",{\"_placeholder\":true,\"num\":0,\"x\":1}]",
            "51-[\"message\",{\"num\":0,\"_placeholder\":true}]",
            "51-[\"message\",{\"num\":0,\"a\":{\"_placeholder\":true,\"num\":0},\"_placeholder\":true}]",
            "51-[\"message\",{\"_placeholder\":true}]",
            "51-[\"message\",{\"_placeholder\":true,\"num\":1}]",
            "51-[\"message\",{\"_placeholder\":true,\"num\":-1}]",
            "51-[\"message\",{\"_placeholder\":true,\"num\":-0}]",
            "51-[\"message\",{\"_placeholder\":true,\"num\":0.0}]",
            "51-[\"message\",{\"_placeholder\":true,\"num\":0e5}]",
            "51-[\"message\",{\"_placeholder\":true,\"num\":\"0\"}]",
            "51-[\"message\",{\"_placeholder\":true,\"num\":" + ZERO + "}]",
            "51-[\"message\",{\"_placeholder\":" + ZERO + ",\"num\":0}]",
            "51-[\"message\",{\"_placeholder\":true,\"num\":9,\"num\":0}]",
            "51-[\"message\",{\"_placeholder\":true,\"_placeholder\":false,\"num\":0}]",
            "51-[\"message\",{\"\\u005fplaceholder\":true,\"num\":0}]",
            "51-[\"message\",{\"_placeholder\":false,\"num\":0}]",
            "51-[\"message\",{\"_placeholder\":\"true\",\"num\":0}]",
            "51-[\"message\",{\"a\":{\"b\":[" + ZERO + "]}}]",
            "51-[\"message\",[[" + ZERO + "]],\"x\"]",
            "51-[" + ZERO + ",1]",
            "51-[7," + ZERO + "]",
            "51-[]",
            "51-{\"a\":" + ZERO + "}",
            "51-" + ZERO,
            "51-[\"message\"," + ZERO,
            "51-[\"disconnect\"," + ZERO + "]",
            "51-[\"leave\"," + ZERO + "]",
            "51-[\"cast\"," + ZERO + "]",
            "51-[\"others\",{\"k\":" + ZERO + "}]",
            "51-[\"ask\"," + ZERO + "]",
            "51-7[\"message\"," + ZERO + "]",
            "51-/custom,[\"message\"," + ZERO + "]",
            "51-/custom,9[\"message\"," + ZERO + "]",
            "51-/nope,[\"message\"," + ZERO + "]",
            "61-{ask:any}[" + ZERO + "]",
            "61-99[" + ZERO + "]",
            "61-[" + ZERO + "]",
            "61-0{}",
            "511-[\"message\"," + ZERO + "]",
            "5010-[\"message\"," + ZERO + "]",
            "51-9007199254740991[\"message\"," + ZERO + "]",
            "01-{}",
            "21-[\"message\"]",
            "2[\"message\"," + ZERO + "]",
            "2[\"message\",{\"_placeholder\":true}]");

    private final Choice choice;
    private final PacketChoice packets;
    private final List<Step> steps;
    private int requests;

    EdgeScenarios(Choice choice, PacketChoice packets, List<Step> steps) {
        this.choice = choice;
        this.packets = packets;
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

    private void post(String target, byte[] body, String... headers) {
        steps.add(new Http("p" + requests++, "POST", target, List.of(headers), body));
    }

    private void post(String target, String body) {
        post(target, Choice.utf8(body));
    }

    // ---- attachments

    /** The parts of one packet: its text and its attachments. */
    private List<Object> attached() {
        List<Object> parts = new ArrayList<>();
        String text = choice.of(ATTACHED);
        parts.add(text);
        int count = text.matches("[56]\\d-.*") ? text.charAt(1) - '0' : text.startsWith("5") ? 1 : 0;
        if (choice.percent(8)) {
            count += choice.of(-1, 1);
        }
        for (int i = 0; i < count; i++) {
            parts.add(choice.percent(10) ? new byte[] {0x1e, 0, (byte) 0xff} : choice.bytes(5));
        }
        if (choice.percent(4)) {
            parts.add(choice.below(parts.size()), choice.of("2[\"message\",\"between\"]", "x", new byte[] {1}));
        }
        return parts;
    }

    private String base64(byte[] data) {
        String text = Base64.getEncoder().encodeToString(data);
        return switch (choice.below(20)) {
            case 0 -> text.replace("=", "");
            case 1 -> text + "=";
            case 2 -> text.replace('+', '-').replace('/', '_');
            case 3 -> " " + text;
            case 4 -> text + "!" + text;
            default -> text;
        };
    }

    /** Packets with attachments over all transports and both protocols. */
    void attachments() {
        boolean old = choice.percent(40);
        if (choice.percent(40)) {
            steps.add(new Upgrade("w", (old ? OLD_WEBSOCKET : WEBSOCKET) + choice.of("", "&b64=1"), List.of()));
            frames("w", Frame.text("40" + (choice.percent(40) ? "/custom," : "")));
            for (int i = 1 + choice.below(4); i > 0; i--) {
                List<Frame> frames = new ArrayList<>();
                for (Object part : attached()) {
                    if (part instanceof byte[] data) {
                        frames.add(
                                choice.percent(10)
                                        ? Frame.text((old ? "b4" : "b") + base64(data))
                                        : Frame.binary(old ? Choice.typed(4, data) : data));
                    } else {
                        frames.add(Frame.text("4" + part));
                    }
                }
                steps.add(new Frames("w", frames));
            }
            return;
        }
        String target = (old ? OLD_POLLING : POLLING) + choice.of("", "", "&b64=1");
        String session = target + "&sid={sid:h}";
        get("h", target);
        String connect = choice.percent(40) ? "40/custom," : "40";
        post(session, old ? Choice.framed(connect) : connect);
        get(session);
        for (int i = 1 + choice.below(3); i > 0; i--) {
            List<Object> parts = attached();
            if (choice.percent(20)) {
                parts.addAll(attached());
            }
            if (old && choice.percent(50)) {
                post(session, binary(parts), "Content-Type: application/octet-stream");
            } else {
                StringBuilder body = new StringBuilder();
                for (Object part : parts) {
                    String packet = part instanceof byte[] data ? (old ? "b4" : "b") + base64(data) : "4" + part;
                    body.append(old ? Choice.framed(packet) : (body.isEmpty() ? "" : "\u001e") + packet);
                }
                post(session, body.toString());
            }
            get(session);
        }
    }

    private static byte[] binary(List<Object> parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Object part : parts) {
            byte[] data = part instanceof byte[] bytes ? Choice.typed(4, bytes) : Choice.latin1("4" + part);
            out.write(part instanceof byte[] ? 1 : 0);
            for (char digit : Integer.toString(data.length).toCharArray()) {
                out.write(digit - '0');
            }
            out.write(255);
            out.writeBytes(data);
        }
        return out.toByteArray();
    }

    // ---- payloads

    /** POSTs with many packets; those that close something come first or alone. */
    void payloads() {
        boolean old = choice.percent(30);
        String target = (old ? OLD_POLLING : POLLING) + choice.of("", "", "&b64=1", "&t=abc");
        String session = target + "&sid={sid:h}";
        get("h", target);
        post(session, old ? Choice.framed("40") : "40");
        get(session);
        for (int i = 1 + choice.below(3); i > 0; i--) {
            List<String> list = new ArrayList<>();
            if (choice.percent(15)) {
                list.add(choice.of(
                        "1", "1x", "7", "x", "", "2", "3", "2probe", "3probe", "b", "b4", "ä", "41", "42[\"leave\"]"));
            }
            for (int n = 1 + choice.below(6); n > 0; n--) {
                list.add(
                        choice.percent(70)
                                ? "4" + packets.calm()
                                : choice.of("6", "6x", "5", "0", "0{}", old ? "2" : "3", old ? "2x" : "3x"));
            }
            StringBuilder body = new StringBuilder();
            for (String packet : list) {
                body.append(old ? Choice.framed(packet) : (body.isEmpty() ? "" : "\u001e") + packet);
            }
            if (choice.percent(8)) {
                body.append(choice.of("\u001e", ":", "1", "0:", " ", "\n", "2:4"));
            }
            if (choice.percent(60)) {
                get(session);
            }
            post(session, body.toString());
        }
        get(session);
    }

    // ---- sizes

    /** Messages at the limit of maxHttpBufferSize, which is 20,000. */
    void sizes() {
        int size = 20_000 + choice.of(-1, 0, 0, 1, 1, 2);
        String head = "42[\"message\",\"";
        String filler = choice.of("x", "x", "ä", "😀");
        int each = Choice.utf8(filler).length;
        int rest = size - head.length() - 2;
        String text = head + "y".repeat(rest % each) + filler.repeat(rest / each) + "\"]";
        switch (choice.below(7)) {
            case 6 -> {
                // without a length in the head, in two chunks
                String session = POLLING + "&sid={sid:h}";
                get("h", POLLING);
                post(session, "40");
                get(session);
                String body = new String(Choice.utf8(text), java.nio.charset.StandardCharsets.ISO_8859_1);
                int at = 1 + choice.below(body.length() - 1);
                steps.add(new Step.Raw(
                        "p",
                        List.of("POST"),
                        Choice.latin1("POST " + session + "&run={run} HTTP/1.1\r\nHost: localhost\r\n"
                                + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(at) + "\r\n"
                                + body.substring(0, at) + "\r\n" + Integer.toHexString(body.length() - at) + "\r\n"
                                + body.substring(at) + "\r\n0\r\n\r\n")));
                get(session);
            }
            case 0, 1 -> {
                steps.add(new Upgrade("w", choice.of(WEBSOCKET, OLD_WEBSOCKET), List.of()));
                frames("w", Frame.text("40"));
                byte[] all = Choice.utf8(text);
                int at = 1 + choice.below(all.length - 1);
                byte[] first = java.util.Arrays.copyOf(all, at);
                byte[] second = java.util.Arrays.copyOfRange(all, at, all.length);
                switch (choice.below(3)) {
                    case 0 -> frames("w", new Frame(1, all));
                    case 1 -> {
                        frames("w", Frame.part(1, first));
                        frames("w", new Frame(0, second));
                    }
                    default -> frames("w", Frame.part(1, first), new Frame(9, new byte[] {'p'}), new Frame(0, second));
                }
            }
            case 2 -> {
                boolean old = choice.percent(50);
                steps.add(new Upgrade("w", old ? OLD_WEBSOCKET : WEBSOCKET, List.of()));
                frames("w", Frame.text("40"));
                byte[] data = new byte[size];
                data[0] = (byte) (old ? 4 : 0);
                frames("w", Frame.text("451-[\"message\"," + ZERO + "]"), Frame.binary(data));
            }
            case 3 -> {
                String session = OLD_POLLING + "&sid={sid:h}";
                get("h", OLD_POLLING);
                String shorter = head + "x".repeat(size - head.length() - 2 - 6) + "\"]";
                post(session, Choice.framed(shorter));
                get(session);
            }
            case 4 -> {
                String target = POLLING + "&j=0";
                String session = target + "&sid={sid:h}";
                get("h", target);
                post(session, Choice.utf8("d=40"), "Content-Type: application/x-www-form-urlencoded");
                get(session);
                String ascii = head + "x".repeat(size - head.length() - 2 - 2) + "\"]";
                post(session, Choice.utf8("d=" + ascii), "Content-Type: application/x-www-form-urlencoded");
                get(session);
            }
            default -> {
                String session = POLLING + "&sid={sid:h}";
                get("h", POLLING);
                post(session, "40");
                get(session);
                if (choice.percent(40)) {
                    get(session);
                }
                post(session, text);
                get(session);
            }
        }
    }
}
