package dev.sockeye.verification.differential;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Packets that a scenario may send, valid and invalid ones. */
final class PacketChoice {
    /** Engine.IO packets, valid and invalid. */
    static final List<String> ENGINE_PACKETS = List.of(
            "2", "2probe", "3", "3x", "0", "0{}", "1", "1x", "5", "6", "", "7", "8x", "b", "b!!", "4", "e", "bAAEC",
            "ä");

    private static final List<String> CONNECTS = List.of(
            "0",
            "0",
            "0/custom,",
            "0/custom,",
            "0/auth,{\"token\":\"ok\"}",
            "0/auth,",
            "0/plain,",
            "0/nope,",
            "0/dynamic-1,",
            "0/dynamic-22,{\"a\":1}",
            "0{\"a\":1,\"b\":[2]}",
            "0/custom",
            "0/,{}");
    private static final List<String> ODD_CONNECTS = List.of(
            "0[]",
            "0\"x\"",
            "0null",
            "01",
            "0/custom?x=1,",
            "0//,",
            "0/custom/,",
            "0/custom,{\"a\"",
            "0/auth,[1]",
            "0/custom,7{\"a\":1}",
            "0,",
            "0{}{}",
            "0/ünï,",
            "0/CUSTOM,");
    private static final List<String> EVENTS = List.of(
            "2[\"message\",1,\"a\",null,{\"k\":[true,false]}]",
            "21[\"message\"]",
            "27[\"message\",\"ä€😀\",0.5]",
            "2[\"message\"]",
            "2/custom,[\"message\",\"x\"]",
            "2/custom,5[\"message\",{\"a\":{}}]",
            "2[\"leave\"]",
            "2[\"kick\"]",
            "2[\"ask\",1]",
            "2/custom,[\"ask\"]",
            "2[\"cast\",\"x\"]",
            "2[\"others\",1]",
            "2[\"big\"]",
            "2[7,1]",
            "2[\"7\"]",
            "2[\"ä€😀\",1]",
            "2[\"\",1]",
            "2[\"unknown\",1]",
            "20[\"unknown\",1]",
            "2[\"message\",-1.5,12345,[[[]]],\"\\u00e4\\n\\\"\"]",
            "3{ask:any}[]",
            "3{ask:any}[\"answer\",2]",
            "3/custom,{ask:any}[]",
            "2/dynamic-1,[\"message\",3]",
            "2/dynamic-1,[\"leave\"]",
            "1",
            "1/custom,",
            "399[]",
            "2/auth,3[\"message\"]");
    private static final List<String> ODD = List.of(
            "2[\"connect\"]",
            "2[\"disconnect\",1]",
            "2[\"connect_error\"]",
            "2[\"disconnecting\"]",
            "2[\"newListener\"]",
            "2[\"removeListener\"]",
            "2[\"error\",1]",
            "2[]",
            "2[null]",
            "2[true]",
            "2[{}]",
            "2[[]]",
            "2{}",
            "2",
            "2\"x\"",
            "2[\"message\"",
            "2 [\"message\"]",
            "2[\"message\"] ",
            "2[\"message\"]x",
            "2[\"message\",]",
            "2[1.5,2]",
            "2[\"message\",01]",
            "2[\"message\",\"\t\"]",
            "2[\"message\",\"\\ud800\"]",
            "2/nope,[\"message\"]",
            "2123456789012345678901234567890[\"message\"]",
            "29007199254740993[\"message\"]",
            "2007[\"message\"]",
            "2/custom[\"message\"]",
            "2/custom,",
            "3123456789012345678901234567890[]",
            "3[]",
            "3{}",
            "30",
            "3",
            "30[",
            "30{}",
            "39223372036854775808[]",
            "1{}",
            "1[]",
            "1/nope,",
            "1/custom",
            "11",
            "4{\"message\":\"x\"}",
            "4\"x\"",
            "4",
            "4[]",
            "4/custom,{\"message\":\"x\"}",
            "7",
            "9x",
            "",
            "x",
            "{",
            "450-[\"message\"]",
            "50-[\"message\"]",
            "5[\"message\"]",
            "5-[\"message\"]",
            "51[\"message\"]",
            "511-[\"message\"]",
            "5x-[\"message\"]",
            "5 1-[\"message\"]",
            "51e0-[\"message\"]",
            "51.0-[\"message\"]",
            "5+1-[\"message\"]",
            "50x1-[\"message\"]",
            "5-1-[\"message\"]",
            "60-0[]",
            "6-[]",
            "2[\"__proto__\",1]",
            "2[\"constructor\"]",
            "2[\"message\",{\"__proto__\":1}]");

    private static final List<String> OLD_CONNECTS = List.of(
            "0/custom,",
            "0/custom",
            "0/custom?x=1,",
            "0/auth?token=ok,",
            "0/auth?token=ok",
            "0/auth,",
            "0/auth?token=no,",
            "0/plain,",
            "0/nope,",
            "0/dynamic-1?a=1&b=2,",
            "0/auth?token=%6fk,");
    private static final List<String> ODD_OLD_CONNECTS = List.of(
            "0/auth,{\"token\":\"ok\"}",
            "0/auth?token=no,{\"token\":\"ok\"}",
            "0",
            "0/",
            "0/custom/../auth?token=ok,",
            "0/./custom,",
            "0/cust om,",
            "0/%63ustom,",
            "0//custom,",
            "0//custom/custom,",
            "0/custom#x,",
            "0/custom?,",
            "0/nope?x=1,",
            "0/nope,{}",
            "0/ünï,",
            "0/a\\b,",
            "0/custom?a=1&a=2,",
            "0/auth?token=ok#x,",
            "0/auth?token=o+k,",
            "0/cus\ttom,",
            "0/[x],",
            "0/nope|x,",
            "0/{x},",
            "0/\"x\",",
            "0//,",
            "0///,",
            "0//:x,");

    private final Choice choice;

    PacketChoice(Choice choice) {
        this.choice = choice;
    }

    /** An event or an acknowledgement that does not close anything. */
    String calm() {
        String packet = choice.of(EVENTS);
        return packet.startsWith("1") || packet.matches(".*(leave|kick|/).*") ? "2[\"message\",1]" : packet;
    }

    /** A CONNECT packet, occasionally an unusual one. */
    String connect(int oddPercent) {
        return choice.percent(oddPercent) ? choice.of(ODD_CONNECTS) : choice.of(CONNECTS);
    }

    /** A CONNECT packet of protocol 3. */
    String oldConnect(int oddPercent) {
        return choice.percent(oddPercent) ? choice.of(ODD_OLD_CONNECTS) : choice.of(OLD_CONNECTS);
    }

    /** Any other packet that consists of one text. */
    String other(int oddPercent) {
        if (!choice.percent(oddPercent)) {
            return choice.of(EVENTS);
        }
        return choice.percent(25) ? choice.mutated(choice.of(EVENTS)) : choice.of(ODD);
    }

    /** A packet with attachments: the text, followed by each attachment. Errors in it are random. */
    List<Object> binary() {
        int count = 1 + choice.below(2);
        int told = choice.percent(15) ? choice.below(4) : count;
        StringBuilder text =
                new StringBuilder(choice.of("5", "5", "5", "6")).append(told).append('-');
        text.append(choice.of("", "", "", "/custom,")).append(choice.of("", "", "3", "0"));
        text.append(choice.of("[\"message\"", "[\"message\"", "[\"cast\"", "[\"unknown\"", "[1"));
        for (int i = 0; i < count; i++) {
            String number = choice.percent(15) ? choice.of("-1", "9", "\"0\"", "0.5", "null") : Integer.toString(i);
            text.append(choice.of(",", ",", ",{\"k\":[", ",[1,"))
                    .append("{\"_placeholder\":")
                    .append(choice.percent(8) ? choice.of("false", "1", "null") : "true")
                    .append(",\"num\":")
                    .append(number)
                    .append('}');
        }
        String opened = text.toString();
        for (int i = opened.length() - 1; i >= 0; i--) {
            // closes what was opened, in order
            if (opened.startsWith(",{\"k\":[", i)) {
                text.append("]}");
            } else if (opened.startsWith(",[1,", i)) {
                text.append(']');
            }
        }
        List<Object> parts = new ArrayList<>();
        parts.add(text.append(']').toString());
        int sent = choice.percent(10) ? choice.below(3) : count;
        for (int i = 0; i < sent; i++) {
            parts.add(choice.bytes(6));
        }
        if (choice.percent(5)) {
            parts.add(1, "2[\"message\",\"between\"]");
        }
        return parts;
    }

    /** A message of the msgpack parser. */
    byte[] msgpack(int oddPercent) {
        if (choice.percent(oddPercent / 4)) {
            return choice.bytes(20);
        }
        boolean odd = choice.percent(oddPercent);
        Map<Object, Object> packet = new LinkedHashMap<>();
        int type = choice.of(0, 0, 2, 2, 2, 2, 3, 1);
        packet.put("type", odd && choice.percent(20) ? choice.of(4, 5, 6, -1, 2.0, 2.5, "2", true) : (Object) type);
        String namespace = choice.of("/", "/", "/custom", "/auth", "/nope", "/dynamic-1");
        packet.put("nsp", odd && choice.percent(20) ? choice.of("", "x", 1, Map.of()) : namespace);
        if ((type == 2 && choice.percent(40)) || type == 3) {
            packet.put(
                    "id",
                    odd && choice.percent(30) ? choice.of(-1, 1.5, "1", MsgpackBytes.of(null)) : choice.of(0, 1, 2.0));
        }
        Object data = switch (type) {
            case 0 -> choice.of(Map.of(), Map.of("token", "ok"), Map.of("a", List.of(1)));
            case 1 -> null;
            case 3 -> List.of("answer");
            default -> event();
        };
        if (odd && choice.percent(40)) {
            data = choice.of(List.of(), Map.of(), "x", 1, true, List.of(1, 2), List.of("connect"), List.of(Map.of()));
        }
        if (data != null || (odd && choice.percent(20))) {
            packet.put("data", data);
        }
        if (choice.percent(10)) {
            packet.put("options", Map.of("compress", true));
        }
        byte[] bytes = MsgpackBytes.of(packet);
        return odd && choice.percent(10) ? java.util.Arrays.copyOf(bytes, choice.below(bytes.length)) : bytes;
    }

    private List<Object> event() {
        List<Object> event = new ArrayList<>();
        event.add(choice.of("message", "message", "cast", "ask", "leave", "unknown"));
        int count = choice.below(4);
        for (int i = 0; i < count; i++) {
            event.add(choice.of(
                    1,
                    -7,
                    0.5,
                    "ä€😀",
                    true,
                    choice.bytes(5),
                    Map.of("k", List.of()),
                    List.of("x"),
                    MsgpackBytes.Raw.hex("d4000a"),
                    MsgpackBytes.Raw.hex("d7000000018bcfe56800"), // notepack: milliseconds in an extension of type 0
                    MsgpackBytes.Raw.hex("d6ff5f5e1000"), // the timestamp extension of msgpack
                    MsgpackBytes.Raw.hex("d7ff001e84805f5e1000"),
                    MsgpackBytes.Raw.hex("d4050a"),
                    MsgpackBytes.Raw.hex("c0")));
        }
        return event;
    }
}
