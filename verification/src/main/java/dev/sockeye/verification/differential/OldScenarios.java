package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.Step.Frame;
import dev.sockeye.verification.differential.Step.Frames;
import dev.sockeye.verification.differential.Step.Http;
import dev.sockeye.verification.differential.Step.Upgrade;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Scenarios of clients of protocol 3, and of JSONP. */
final class OldScenarios {
    private static final String PATH = "/socket.io/";

    private final Choice choice;
    private final PacketChoice packets;
    private final List<Step> steps;
    private int requests;

    OldScenarios(Choice choice, PacketChoice packets, List<Step> steps) {
        this.choice = choice;
        this.packets = packets;
        this.steps = steps;
    }

    private void get(String target, String... headers) {
        steps.add(new Http("g" + requests++, "GET", target, List.of(headers), null));
    }

    private void post(String target, byte[] body, String... headers) {
        steps.add(new Http("p" + requests++, "POST", target, List.of(headers), body));
    }

    private void frames(String connection, Frame... frames) {
        steps.add(new Frames(connection, List.of(frames)));
    }

    void protocol3() {
        String version = choice.of("EIO=3", "EIO=3", "x=1");
        String base64 = choice.of("", "", "&b64=1");
        int odd = choice.of(0, 0, 40);
        if (choice.percent(50)) {
            steps.add(new Upgrade("w", PATH + "?" + version + "&transport=websocket" + base64, List.of()));
            for (int i = 1 + choice.below(5); i > 0; i--) {
                frames("w", oldFrames(odd));
            }
            return;
        }
        String target = PATH + "?" + version + "&transport=polling" + base64;
        String session = target + "&sid={sid:h}";
        steps.add(new Http("h", "GET", target, List.of(), null));
        for (int i = 1 + choice.below(4); i > 0; i--) {
            if (choice.percent(50)) {
                get(session);
            }
            if (choice.percent(20)) {
                post(session, binaryPayload(), "Content-Type: application/octet-stream");
            } else if (choice.percent(odd / 4)) {
                post(
                        session,
                        Choice.utf8(choice.of(
                                "", "x", "1:", "9:40", "0:", "01:2", "2:40x", ":40", "1e0:2", "-1:2", " 1:2",
                                "2:401:")));
            } else {
                StringBuilder body = new StringBuilder();
                if (choice.percent(30)) {
                    body.append(Choice.framed("4" + packets.calm())).append(Choice.framed("4" + packets.calm()));
                } else {
                    body.append(Choice.framed(oldMessage(odd)));
                }
                post(session, Choice.utf8(body.toString()));
            }
        }
        get(session);
    }

    private String oldMessage(int odd) {
        if (choice.percent(20)) {
            return "2" + choice.of("", "", "probe");
        }
        if (choice.percent(odd / 3)) {
            return choice.of("3", "1", "5", "6", "b4AAEC", "b2AA", "b9AA", "b", "b4", "bx", "7", "x", "0");
        }
        return "4" + (choice.percent(40) ? packets.oldConnect(odd) : packets.other(odd / 2));
    }

    private Frame[] oldFrames(int odd) {
        if (choice.percent(15)) {
            return packets.binary().stream()
                    .map(part ->
                            part instanceof byte[] data ? Frame.binary(Choice.typed(4, data)) : Frame.text("4" + part))
                    .toArray(Frame[]::new);
        }
        if (choice.percent(odd / 6)) {
            return new Frame[] {Frame.binary(Choice.typed(choice.of(0, 1, 2, 3, 5, 6, 7, 9, 255), choice.bytes(3)))};
        }
        return new Frame[] {Frame.text(oldMessage(odd))};
    }

    private byte[] binaryPayload() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Object part : packets.binary()) {
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

    void jsonp() {
        boolean old = choice.percent(50);
        String target = PATH + (old ? "?EIO=3" : "?EIO=4") + "&transport=polling&j=" + choice.of("0", "12", "", "x1<y");
        String session = target + "&sid={sid:h}";
        steps.add(new Http("h", "GET", target, List.of(), null));
        for (int i = 1 + choice.below(4); i > 0; i--) {
            if (choice.percent(60)) {
                get(session);
            }
            String packet = choice.percent(10)
                    ? "1"
                    : "4"
                            + (choice.percent(40)
                                    ? packets.connect(10)
                                    : choice.percent(20) ? "2[\"message\",\"a\\nb\u2028\"]" : packets.other(15));
            String text = old ? Choice.framed(packet) : packet;
            @Nullable String field = choice.percent(10) ? choice.of("x", "d=1&d", "") : "d";
            String escaped = choice.percent(70) ? text.replace("\\n", "\\\\n").replace("\n", "\\n") : text;
            post(
                    session,
                    Choice.utf8(field + "=" + URLEncoder.encode(escaped, StandardCharsets.UTF_8)),
                    "Content-Type: application/x-www-form-urlencoded");
        }
        get(session);
    }
}
