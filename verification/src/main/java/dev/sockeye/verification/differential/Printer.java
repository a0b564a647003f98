package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.RawConnection.Seen;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Prints received data in a form that is the same for both servers: normalized JSON, and ids replaced by the order of their
 * appearance in their session. Learns the ids while printing.
 */
final class Printer {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern PACKET = Pattern.compile("([0-9b-]*(?:/[^,\\[{]*,)?\\d*)([\\[{].*)", Pattern.DOTALL);
    private static final Pattern ASKED = Pattern.compile("(42(?:/[^,]*,)?)(\\d+)");
    private static final Pattern JSONP = Pattern.compile("(___eio\\[\\d*]\\()(\".*\")(\\);)", Pattern.DOTALL);
    private static final List<String> HEADERS = List.of(
            "content-type",
            "set-cookie",
            "vary",
            "cache-control",
            "content-encoding",
            "etag",
            "x-middleware",
            "x-initial",
            "x-every",
            "x-xss-protection",
            "sec-websocket-accept",
            "sec-websocket-extensions",
            "sec-websocket-protocol");

    private final Scenario scenario;
    private final boolean recovery;
    private final boolean msgpack;
    private final Map<String, String> ids = new LinkedHashMap<>();
    private final Map<String, String> learned = new LinkedHashMap<>();

    Printer(Scenario scenario) {
        this.recovery = scenario.profile().recovers();
        this.msgpack = scenario.profile() == Profile.MSGPACK;
        this.scenario = scenario;
    }

    /** The values that a connection has received: {@code sid:NAME}, {@code pid:NAME}, {@code offset:NAME}. */
    Map<String, String> learned() {
        return learned;
    }

    String print(String connection, Seen seen) {
        if (seen instanceof Seen.Answer answer) {
            return answer(connection, answer);
        } else if (seen instanceof Seen.Frame frame) {
            return frame(connection, frame);
        }
        return "end";
    }

    /** The text with ids replaced by names. */
    String masked(String text) {
        String result = text;
        // the longest first: an offset may begin with another one
        for (String id : ids.keySet().stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList()) {
            result = result.replace(id, ids.get(id));
        }
        return result;
    }

    private String answer(String connection, Seen.Answer answer) {
        Map<String, String> shown = new TreeMap<>();
        answer.headers().forEach((name, value) -> {
            if (HEADERS.contains(name) || name.startsWith("access-control-")) {
                shown.put(name, value);
            }
        });
        shown.computeIfPresent(
                "vary",
                (name, value) -> Arrays.stream(value.toLowerCase(Locale.ROOT).split("[,&]", -1))
                        .map(String::strip)
                        .sorted()
                        .collect(Collectors.joining(",")));
        String type = shown.getOrDefault("content-type", "");
        byte[] body = inflated(answer.body(), shown.get("content-encoding"));
        String text = type.equals("application/octet-stream")
                ? binaryPayload(connection, body)
                : type.startsWith("application/javascript") || body.length > 10_000
                        ? "(" + body.length + " bytes)"
                        : body(connection, new String(body, StandardCharsets.UTF_8));
        return answer.status() + " " + shown + " " + text;
    }

    private static byte[] inflated(byte[] body, @Nullable String encoding) {
        if (encoding == null || encoding.equals("br")) {
            return body;
        }
        try (InputStream in = encoding.equals("gzip")
                ? new GZIPInputStream(new ByteArrayInputStream(body))
                : new InflaterInputStream(new ByteArrayInputStream(body))) {
            return in.readAllBytes();
        } catch (IOException e) {
            return body;
        }
    }

    private String body(String connection, String body) {
        Matcher jsonp = JSONP.matcher(body);
        if (jsonp.matches()) {
            return jsonp.group(1)
                    + body(connection, JSON.readTree(jsonp.group(2)).asString())
                    + jsonp.group(3);
        }
        List<String> packets = textPayload(body);
        String mark = packets == null ? "␞" : "⁝";
        return (packets == null ? List.of(body.split("\u001e", -1)) : packets)
                .stream()
                        .map(packet -> packet(connection, packet))
                        .collect(Collectors.joining(mark, packets == null ? "" : mark, ""));
    }

    /** The packets of a payload of protocol 3, or {@code null}. */
    private static @Nullable List<String> textPayload(String body) {
        List<String> packets = new ArrayList<>();
        int at = 0;
        while (at < body.length()) {
            int colon = body.indexOf(':', at);
            if (colon <= at || !body.substring(at, colon).matches("\\d{1,6}")) {
                return null;
            }
            int end = colon + 1 + Integer.parseInt(body.substring(at, colon));
            if (end > body.length()) {
                return null;
            }
            packets.add(body.substring(colon + 1, end));
            at = end;
        }
        return packets.isEmpty() ? null : packets;
    }

    private String binaryPayload(String connection, byte[] body) {
        StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < body.length) {
            boolean string = body[at++] == 0;
            int length = 0;
            while (at < body.length && body[at] != -1) {
                length = length * 10 + body[at++];
            }
            at++;
            if (at + length > body.length) {
                return "0x" + HexFormat.of().formatHex(body);
            }
            byte[] data = Arrays.copyOfRange(body, at, at + length);
            text.append("⁝")
                    .append(
                            string
                                    ? packet(connection, new String(data, StandardCharsets.UTF_8))
                                    : "0x" + HexFormat.of().formatHex(data));
            at += length;
        }
        return text.toString();
    }

    private String frame(String connection, Seen.Frame frame) {
        byte[] data = frame.payload();
        return switch (frame.opcode()) {
            case 1 -> "text " + packet(connection, new String(data, StandardCharsets.UTF_8));
            case 2 -> "binary " + binary(connection, data);
            // no code is equivalent to 1000, and reasons are not compared
            case 8 -> "close " + (data.length < 2 ? 1000 : ((data[0] & 0xff) << 8) | (data[1] & 0xff));
            default -> "opcode " + frame.opcode() + " " + Step.shown(data);
        };
    }

    private String binary(String connection, byte[] data) {
        String text = MsgpackBytes.print(data);
        Matcher sid = Pattern.compile("\"(sid|pid)\"=\"([^\"]+)\"").matcher(text);
        while (sid.find()) {
            name(connection, sid.group(1), sid.group(2), true);
        }
        return text.contains("\"question\"") ? text.replaceAll("\"id\"=\\d+", "\"id\"=#") : text;
    }

    private String packet(String connection, String packet) {
        if (msgpack && packet.startsWith("b")) {
            return "b " + binary(connection, Base64.getDecoder().decode(packet.substring(1)));
        }
        Matcher parts = PACKET.matcher(packet);
        if (!parts.matches()) {
            return packet;
        }
        String head = parts.group(1);
        JsonNode json;
        try {
            json = JSON.readTree(parts.group(2));
        } catch (JacksonException e) {
            return packet;
        }
        learn(connection, head, json);
        String text = canonical(json);
        if (text.matches("(?s)\\[\"(question|q|never)\".*")) {
            // the id is from a counter that all runs share
            Matcher id = ASKED.matcher(head);
            if (id.matches()) {
                learned.put("ask:any", id.group(2));
                learned.put("ask:" + scenario.session(connection), id.group(2));
                return id.group(1) + "#" + text;
            }
        }
        return head + text;
    }

    private void learn(String connection, String head, JsonNode json) {
        if (json.isObject()) {
            for (String key : List.of("sid", "pid")) {
                if (json.path(key).isString()) {
                    name(connection, key, json.get(key).asString(), head.startsWith("4"));
                    learned.putIfAbsent(
                            key + ":" + connection + namespace(head),
                            json.get(key).asString());
                }
            }
        } else if (recovery && json.isArray() && json.size() > 1) {
            JsonNode last = json.get(json.size() - 1);
            if (last.isString() && head.matches("(42|45\\d+-)(/[^,]*,)?")) {
                ids.put(last.asString(), "offset");
                learned.put("offset:" + connection, last.asString());
                learned.put("offset:" + connection + namespace(head), last.asString());
            }
        }
    }

    /** The letters of the namespace of a packet. */
    private static String namespace(String head) {
        return head.replaceAll("[^a-z]", "");
    }

    private void name(String connection, String key, String id, boolean socket) {
        String kind = socket && key.equals("sid") ? "id" : key;
        String session = scenario.session(connection);
        ids.computeIfAbsent(id, unused -> {
            String label = kind + ":" + session;
            long same = ids.values().stream()
                    .filter(one -> one.equals(label) || one.startsWith(label + "."))
                    .count();
            return same == 0 ? label : label + "." + same;
        });
        learned.putIfAbsent(kind + ":" + connection, id);
    }

    private static String canonical(JsonNode json) {
        if (json.isObject()) {
            Map<String, String> entries = new TreeMap<>();
            json.properties().forEach(entry -> entries.put(entry.getKey(), canonical(entry.getValue())));
            return entries.entrySet().stream()
                    .map(entry -> '"' + entry.getKey() + "\":" + entry.getValue())
                    .collect(Collectors.joining(",", "{", "}"));
        } else if (json.isArray()) {
            List<String> elements = new ArrayList<>();
            json.forEach(element -> elements.add(canonical(element)));
            return "[" + String.join(",", elements) + "]";
        } else if (json.isNumber()) {
            double value = json.asDouble();
            return value == Math.rint(value) && Math.abs(value) < 1e15
                    ? Long.toString((long) value)
                    : Double.toString(value);
        }
        return json.toString();
    }
}
