package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.Step.Cut;
import dev.sockeye.verification.differential.Step.Frame;
import dev.sockeye.verification.differential.Step.Frames;
import dev.sockeye.verification.differential.Step.Http;
import dev.sockeye.verification.differential.Step.Upgrade;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Creates a scenario from a seed. */
final class ScenarioFactory {
    /** The kind of scenario in which several things happen in one read. */
    static final String ORDER = "order";

    private static final String PATH = "/socket.io/";
    private static final String POLLING = PATH + "?EIO=4&transport=polling";
    private static final String WEBSOCKET = PATH + "?EIO=4&transport=websocket";

    private final long seed;
    private final Choice choice;
    private final PacketChoice packets;
    private final List<Step> steps = new ArrayList<>();
    private int requests;

    private ScenarioFactory(long seed) {
        this.seed = seed;
        this.choice = new Choice(seed);
        this.packets = new PacketChoice(choice);
    }

    static Scenario of(long seed) {
        return new ScenarioFactory(seed).scenario();
    }

    private Scenario scenario() {
        Profile profile = Profile.MAIN;
        String kind;
        switch (choice.below(36)) {
            case 0, 1, 2 -> {
                kind = "requests";
                profile = choice.of(Profile.MAIN, Profile.STRICT, Profile.OPEN);
                new RequestScenarios(choice, steps).requests();
            }
            case 3, 4, 5, 6 -> {
                kind = "polling";
                profile = choice.of(Profile.MAIN, Profile.MAIN, Profile.STRICT);
                polling(choice.of(0, 0, 30));
            }
            case 7, 8, 9, 10 -> {
                kind = "websocket";
                profile = choice.of(Profile.MAIN, Profile.MAIN, Profile.STRICT);
                webSocket(choice.of(0, 0, 30));
            }
            case 11, 12, 13 -> {
                kind = "upgrade";
                upgrade();
            }
            case 14, 15, 16 -> {
                kind = "protocol 3";
                new OldScenarios(choice, packets, steps).protocol3();
            }
            case 17 -> {
                kind = "JSONP";
                new OldScenarios(choice, packets, steps).jsonp();
            }
            case 18 -> {
                if (choice.percent(25)) {
                    kind = ORDER;
                    order();
                    break;
                }
                kind = "recovery";
                profile = Profile.RECOVERY;
                new SessionScenarios(choice, steps).recovery(packets);
            }
            case 19, 20, 21, 22 -> {
                kind = "features";
                profile = Profile.FEATURES;
                new FeatureScenarios(choice, steps).features();
            }
            case 23 -> {
                kind = "paths";
                profile = Profile.PATHS;
                new FeatureScenarios(choice, steps).paths();
            }
            case 24 -> {
                kind = "frames";
                profile = Profile.FEATURES;
                new FeatureScenarios(choice, steps).webSocketFrames();
            }
            case 25 -> {
                kind = "msgpack";
                profile = Profile.MSGPACK;
                msgpack(choice.of(0, 20, 50));
            }
            default -> {
                EdgeScenarios edges = new EdgeScenarios(choice, packets, steps);
                SessionScenarios sessions = new SessionScenarios(choice, steps);
                RawScenarios raw = new RawScenarios(choice, steps);
                switch (choice.below(17)) {
                    case 10, 11, 12, 13, 14, 15, 16 -> {
                        Scenario scenario = group();
                        kind = scenario.kind();
                        profile = scenario.profile();
                    }
                    case 0 -> {
                        kind = "attachments";
                        edges.attachments();
                    }
                    case 1 -> {
                        kind = "payloads";
                        edges.payloads();
                    }
                    case 2 -> {
                        kind = "sizes";
                        edges.sizes();
                    }
                    case 3 -> {
                        kind = "busy upgrade";
                        sessions.busyUpgrade();
                    }
                    case 4 -> {
                        kind = "returns";
                        profile = Profile.RECOVERY;
                        sessions.returns();
                    }
                    case 5 -> {
                        kind = "hooks";
                        profile = Profile.HOOKS;
                        sessions.hooks();
                    }
                    case 6 -> {
                        kind = "timers";
                        profile = Profile.TIMERS;
                        sessions.timers();
                    }
                    case 7 -> {
                        kind = "handshakes";
                        profile = choice.of(Profile.MAIN, Profile.STRICT, Profile.FEATURES);
                        raw.handshakes();
                    }
                    case 8 -> {
                        kind = "targets";
                        profile = choice.of(Profile.MAIN, Profile.STRICT, Profile.OPEN, Profile.HOOKS);
                        raw.targets();
                    }
                    default -> {
                        kind = "bodies";
                        raw.bodies();
                    }
                }
            }
        }
        return new Scenario(seed, profile, kind, List.copyOf(steps));
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

    /** One packet, or several that do not close anything: packets after a close in one read are a separate kind of scenario. */
    private byte[] payload(int odd, boolean connect) {
        if (connect) {
            return Choice.utf8("4" + packets.connect(odd));
        }
        StringBuilder body = new StringBuilder();
        int count = choice.of(1, 1, 2, 3);
        if (count == 1) {
            return Choice.utf8(message(odd));
        }
        for (int i = 0; i < count; i++) {
            body.append(i == 0 ? "" : "\u001e").append('4').append(packets.calm());
        }
        return Choice.utf8(body.toString());
    }

    private String message(int odd) {
        if (choice.percent(odd / 4)) {
            return choice.of(PacketChoice.ENGINE_PACKETS);
        }
        if (choice.percent(15)) {
            StringBuilder text = new StringBuilder();
            for (Object part : packets.binary()) {
                text.append(text.isEmpty() ? "" : "\u001e")
                        .append(
                                part instanceof byte[] data
                                        ? "b" + Base64.getEncoder().encodeToString(data)
                                        : "4" + part);
            }
            return text.toString();
        }
        return "4" + (choice.percent(10) ? packets.connect(odd) : packets.other(odd));
    }

    private void polling(int odd) {
        String session = POLLING + "&sid={sid:h}";
        steps.add(
                new Http("h", "GET", POLLING, choice.percent(10) ? List.of("Accept-Encoding: gzip") : List.of(), null));
        post(session, payload(odd, true));
        for (int i = 1 + choice.below(4); i > 0; i--) {
            if (choice.percent(60)) {
                get(session, choice.percent(20) ? new String[] {"Accept-Encoding: gzip, deflate"} : new String[0]);
            }
            pollingStep(session, odd);
        }
        get(session);
    }

    private void pollingStep(String session, int odd) {
        if (choice.percent(88)) {
            post(session, payload(odd, choice.percent(15)));
            return;
        }
        switch (choice.below(10)) {
            case 0 -> get(session); // possibly a second one at the same time
            case 1 -> post(session, Choice.utf8("1"));
            case 2 -> post(session, Choice.utf8("4" + "2[\"message\"]\u001e1\u001e42[\"message\",2]"));
            case 3 -> post(session, Choice.utf8("40"), "Content-Type: application/octet-stream");
            case 4 -> post(session, Choice.utf8("4" + "x".repeat(choice.of(19_000, 25_000))));
            case 5 -> post(session.replace("EIO=4", "EIO=3"), Choice.utf8("40"));
            case 6 -> get(session.replace("EIO=4", choice.of("EIO=3", "EIO=5", "x=1")));
            case 7 -> steps.add(new Http("m", choice.of("PUT", "DELETE"), session, List.of(), null));
            case 8 -> steps.add(new Cut("g" + Math.max(0, requests - 1)));
            default -> get(session.replace("transport=polling", "transport=websocket"));
        }
    }

    private void order() {
        steps.add(new Upgrade("w", WEBSOCKET, List.of()));
        frames("w", Frame.text("40"));
        frames(
                "w",
                Frame.text("4" + packets.calm()),
                Frame.text(
                        "4" + choice.of("1", "2[\"leave\"]", "2[\"kick\"]", "0/custom,", "0", "2/nope,[\"x\"]", "2{}")),
                Frame.text("4" + packets.calm()));
        frames("w", Frame.text("42[\"message\"]"));
    }

    private Frame[] messages(int odd) {
        if (choice.percent(odd / 4)) {
            return new Frame[] {Frame.text(choice.of(PacketChoice.ENGINE_PACKETS))};
        }
        if (choice.percent(15)) {
            return packets.binary().stream()
                    .map(part -> part instanceof byte[] data ? Frame.binary(data) : Frame.text("4" + part))
                    .toArray(Frame[]::new);
        }
        return new Frame[] {Frame.text("4" + (choice.percent(10) ? packets.connect(odd) : packets.other(odd)))};
    }

    private void webSocket(int odd) {
        steps.add(new Upgrade("w", WEBSOCKET + choice.of("", "", "", "&b64=1"), List.of()));
        frames("w", Frame.text("4" + packets.connect(odd)));
        boolean second = choice.percent(25);
        if (second) {
            steps.add(new Upgrade("v", WEBSOCKET, List.of()));
            frames("v", Frame.text("40"));
        }
        for (int i = 1 + choice.below(5); i > 0; i--) {
            if (choice.percent(6)) {
                webSocketEnd();
            } else if (choice.percent(10)) {
                frames("w", Frame.text("4" + packets.calm()), Frame.text("4" + packets.calm()));
            } else {
                frames(second ? choice.of("w", "v") : "w", messages(odd));
            }
        }
    }

    private void webSocketEnd() {
        switch (choice.below(8)) {
            case 0 -> frames("w", new Frame(8, new byte[0]));
            case 1 -> frames("w", new Frame(8, new byte[] {3, (byte) 0xe8}));
            case 2 -> frames("w", new Frame(8, new byte[] {3, (byte) 0xe9, 'b', 'y', 'e'}));
            case 3 -> frames("w", new Frame(9, new byte[] {1, 2}));
            case 4 -> steps.add(new Cut("w"));
            case 5 -> frames("w", Frame.text("1"));
            case 6 -> frames("w", new Frame(choice.of(3, 11), new byte[0]));
            default -> frames("w", Frame.text("4" + "x".repeat(25_000)));
        }
    }

    private void upgrade() {
        String session = POLLING + "&sid={sid:h}";
        String socket = WEBSOCKET + "&sid={sid:h}";
        boolean ofWebSocket = choice.percent(10);
        if (ofWebSocket) {
            steps.add(new Upgrade("h", WEBSOCKET, List.of()));
            frames("h", Frame.text("40"));
        } else {
            steps.add(new Http("h", "GET", POLLING, List.of(), null));
            post(session, Choice.utf8("40"));
            get(session);
        }
        if (choice.percent(60) && !ofWebSocket) {
            get(session);
        }
        String target = choice.percent(12)
                ? socket.replace("EIO=4", choice.of("EIO=3", "x=1"))
                : choice.percent(5) ? socket.replace("transport=websocket", "transport=polling") : socket;
        steps.add(new Upgrade("w", target, List.of()));
        if (choice.percent(15)) {
            steps.add(new Upgrade("v", socket, List.of()));
        }
        for (int i = 1 + choice.below(4); i > 0; i--) {
            switch (choice.below(12)) {
                case 0, 1, 2, 3 -> frames("w", Frame.text("2probe"));
                case 4, 5, 6 -> frames("w", Frame.text("5"));
                case 7 -> frames("w", Frame.text("2probe"), Frame.text("5"), Frame.text("42[\"message\"]"));
                case 8 ->
                    frames(
                            "w",
                            choice.percent(50)
                                    ? messages(30)
                                    : new Frame[] {Frame.text(choice.of(PacketChoice.ENGINE_PACKETS))});
                case 9 -> post(session, Choice.utf8(choice.of("42[\"message\",9]", "42[\"kick\"]", "1", "4")));
                case 10 -> get(session);
                default ->
                    steps.add(choice.percent(50) ? new Cut("w") : new Frames("w", List.of(new Frame(8, new byte[0]))));
            }
        }
        frames("w", Frame.text("42[\"message\",\"last\"]"));
        if (choice.percent(40)) {
            get(session);
        }
    }

    /** Several clients, or requests of browsers. */
    private Scenario group() {
        GroupScenarios groups = new GroupScenarios(choice, steps);
        OriginScenarios origins = new OriginScenarios(choice, steps);
        Profile profile = Profile.MAIN;
        String kind;
        switch (choice.below(7)) {
            case 0 -> {
                kind = "bursts";
                profile = Profile.FEATURES;
                groups.bursts();
            }
            case 1 -> {
                kind = "waits";
                groups.waits();
            }
            case 2 -> {
                kind = "rooms";
                groups.rooms();
                profile = groups.usesPaths() ? Profile.PATHS : Profile.MAIN;
            }
            case 3 -> {
                kind = "resume";
                profile = Profile.RESUME;
                groups.resume();
            }
            case 4 -> {
                kind = "origins";
                profile = choice.of(Profile.FIXED, Profile.CHOSEN, Profile.STRICT, Profile.OPEN, Profile.HOOKS);
                origins.origins();
            }
            case 5 -> {
                kind = "JSONP attachments";
                origins.jsonpAttachments();
            }
            default -> {
                kind = "early frames";
                profile = Profile.HOOKS;
                origins.earlyFrames();
            }
        }
        return new Scenario(seed, profile, kind, steps);
    }

    private void msgpack(int odd) {
        if (choice.percent(30)) {
            String session = POLLING + "&sid={sid:h}";
            steps.add(new Http("h", "GET", POLLING, List.of(), null));
            for (int i = 1 + choice.below(4); i > 0; i--) {
                String packet = "b" + Base64.getEncoder().encodeToString(packets.msgpack(odd));
                post(session, Choice.utf8(choice.percent(odd / 4) ? "40" : packet));
                get(session);
            }
            return;
        }
        steps.add(new Upgrade("w", WEBSOCKET, List.of()));
        java.util.Map<String, Object> connect = new java.util.LinkedHashMap<>();
        connect.put("type", 0);
        connect.put("nsp", "/");
        frames("w", Frame.binary(MsgpackBytes.of(connect)));
        for (int i = 1 + choice.below(5); i > 0; i--) {
            frames(
                    "w",
                    choice.percent(odd / 6) ? Frame.text("4" + packets.other(50)) : Frame.binary(packets.msgpack(odd)));
        }
    }
}
