package dev.sockeye.cli.load.plan;

import dev.sockeye.cli.load.plan.Script.Step;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/** Reads a script; error messages contain the location of the error. */
public final class ScriptReader {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    private static final String STEPS = "connect, join, emit, expect, think, repeat, disconnect";

    private final String file;
    private final Duration answerTimeout;
    private final Set<String> known = new LinkedHashSet<>(Template.BUILT_IN);

    private ScriptReader(String file, Duration answerTimeout) {
        this.file = file;
        this.answerTimeout = answerTimeout;
    }

    public static Script read(Path path, Duration answerTimeout) throws IOException {
        String name = String.valueOf(path.getFileName());
        String text;
        try {
            text = Files.readString(path);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(name + " is not a text in UTF-8", e);
        }
        return new ScriptReader(name, answerTimeout).read(text);
    }

    public Script read(String text) {
        Object root;
        try {
            rejectAliases(text);
            root = YAML.readValue(text, Object.class);
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw new IllegalArgumentException(file + (at == null ? "" : ", line " + at.getLineNr())
                    + ": no valid YAML: "
                    + String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse(""));
        }
        Map<String, @Nullable Object> map = map("the script", root);
        only("the script", map, "name", "vars", "load", "scenarios");
        Map<String, Object> vars = new LinkedHashMap<>();
        if (map.get("vars") != null) {
            map("vars", map.get("vars")).forEach((key, value) -> {
                if (value == null) {
                    throw wrong("vars." + key, "has no value");
                }
                vars.put(key, value);
            });
        }
        known.addAll(vars.keySet());
        List<Script.Stage> stages = new ArrayList<>();
        if (map.get("load") != null) {
            each("load", map.get("load"), (place, value) -> stages.add(stage(place, value)));
        }
        List<Script.Role> roles = new ArrayList<>();
        Object scenarios = map.get("scenarios");
        if (scenarios == null) {
            throw wrong("the script", "requires \"scenarios\", a list of the users' steps");
        }
        each("scenarios", scenarios, (place, value) -> roles.add(role(place, value, roles.size())));
        String name = map.get("name") == null ? file : String.valueOf(map.get("name"));
        return new Script(name, vars, stages, roles);
    }

    /** Jackson reads an alias as a string with its name. */
    private void rejectAliases(String text) {
        try (JsonParser tokens = YAML.createParser(text)) {
            while (tokens.nextToken() != null) {
                if (tokens instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
                    throw new IllegalArgumentException(
                            file + ", line " + tokens.currentTokenLocation().getLineNr() + ": the alias \"*"
                                    + tokens.getString() + "\" is not supported; write the value again");
                }
            }
        }
    }

    private Script.Stage stage(String place, @Nullable Object value) {
        Map<String, @Nullable Object> map = map(place, value);
        only(place, map, "users", "over");
        return new Script.Stage(
                whole(place + ".users", map.get("users"), 0), duration(place + ".over", map.get("over")));
    }

    private Script.Role role(String place, @Nullable Object value, int index) {
        Map<String, @Nullable Object> map = map(place, value);
        only(place, map, "name", "weight", "steps");
        Object weight = map.getOrDefault("weight", 1);
        if (!(weight instanceof Number number)
                || !(number.doubleValue() > 0)
                || Double.isInfinite(number.doubleValue())) {
            throw wrong(place + ".weight", "must be a number greater than 0, was " + weight);
        }
        List<Step> steps = steps(place + ".steps", map.get("steps"));
        if (!(steps.get(0) instanceof Script.Connect)) {
            throw wrong(place + ".steps", "must start with connect");
        }
        String name = map.get("name") == null ? "scenario " + (index + 1) : String.valueOf(map.get("name"));
        return new Script.Role(name, number.doubleValue(), steps);
    }

    private List<Step> steps(String place, @Nullable Object value) {
        List<Step> steps = new ArrayList<>();
        each(place, value, (at, each) -> steps.add(step(at, each)));
        return steps;
    }

    private Step step(String place, @Nullable Object value) {
        if (value instanceof String word) {
            return switch (word) {
                case "connect" -> new Script.Connect(null, null);
                case "disconnect" -> new Script.Disconnect();
                default -> throw wrong(place, "unknown step \"" + word + "\"; available: " + STEPS);
            };
        }
        Map<String, @Nullable Object> map = map(place, value);
        if (map.isEmpty()) {
            throw wrong(place, "is empty; available steps: " + STEPS);
        }
        String kind = map.keySet().iterator().next();
        Object body = map.get(kind);
        if (!kind.equals("repeat")) {
            only(place, map, kind);
        }
        return switch (kind) {
            case "connect" -> connect(place, body);
            case "join" -> join(place, body);
            case "emit" -> emit(place, body);
            case "expect" -> expect(place, body);
            case "think" -> think(place, body);
            case "repeat" -> repeat(place, map);
            case "disconnect" -> new Script.Disconnect();
            default -> throw wrong(place, "unknown step \"" + kind + "\"; available: " + STEPS);
        };
    }

    private Step connect(String place, @Nullable Object body) {
        Map<String, @Nullable Object> map = body == null ? Map.of() : map(place + ".connect", body);
        only(place + ".connect", map, "namespace", "auth");
        Object namespace = map.get("namespace");
        Object auth = map.get("auth");
        return new Script.Connect(
                namespace == null ? null : template(place, String.valueOf(namespace)),
                auth == null ? null : template(place, auth));
    }

    private Step join(String place, @Nullable Object body) {
        if (body instanceof String room) {
            return new Script.Emit("join", Template.of("join"), template(place, List.of(room)), null, null, null);
        }
        Map<String, @Nullable Object> map = map(place + ".join", body);
        only(place + ".join", map, "room", "event", "ack");
        Object room = need(place + ".join.room", map.get("room"));
        String event = String.valueOf(map.getOrDefault("event", "join"));
        return new Script.Emit(
                "join", template(place, event), template(place, List.of(room)), ack(place, map.get("ack")), null, null);
    }

    private Step emit(String place, @Nullable Object body) {
        Map<String, @Nullable Object> map = map(place + ".emit", body);
        only(place + ".emit", map, "event", "args", "ack", "answer", "save", "name");
        String event = String.valueOf(need(place + ".emit.event", map.get("event")));
        Duration ack = ack(place, map.get("ack"));
        Object answer = map.get("answer");
        if (ack == null && (answer != null || map.get("save") != null)) {
            throw wrong(place + ".emit", "\"answer\" and \"save\" require \"ack: true\"");
        }
        return new Script.Emit(
                String.valueOf(map.getOrDefault("name", event)),
                template(place, event),
                template(place, list(map.get("args"))),
                ack,
                answer == null ? null : template(place, list(answer)),
                save(map.get("save")));
    }

    private Step expect(String place, @Nullable Object body) {
        if (body instanceof String event) {
            return new Script.Expect("expect " + event, event, null, answerTimeout, null);
        }
        Map<String, @Nullable Object> map = map(place + ".expect", body);
        only(place + ".expect", map, "event", "args", "within", "save", "name");
        String event = String.valueOf(need(place + ".expect.event", map.get("event")));
        Object args = map.get("args");
        return new Script.Expect(
                String.valueOf(map.getOrDefault("name", "expect " + event)),
                event,
                args == null ? null : template(place, list(args)),
                map.get("within") == null ? answerTimeout : duration(place + ".expect.within", map.get("within")),
                save(map.get("save")));
    }

    private Step think(String place, @Nullable Object body) {
        String text = String.valueOf(need(place + ".think", body));
        String[] ends = text.split("\\.\\.", -1);
        Duration least = duration(place + ".think", ends[0]);
        Duration most = ends.length > 1 ? duration(place + ".think", ends[1]) : least;
        if (ends.length > 2 || most.compareTo(least) < 0) {
            throw wrong(place + ".think", "\"" + text + "\" is not a time; write, for example, 2s or 1s..3s");
        }
        return new Script.Think(least, most);
    }

    private Step repeat(String place, Map<String, @Nullable Object> map) {
        only(place, map, "repeat", "steps");
        Object times = map.get("repeat");
        int count = "forever".equals(times) ? 0 : whole(place + ".repeat", times, 1);
        List<Step> steps = steps(place + ".steps", map.get("steps"));
        if (count == 0 && steps.stream().noneMatch(ScriptReader::waits)) {
            throw wrong(place, "repeats forever without a pause; add think, expect or an emit with \"ack: true\"");
        }
        return new Script.Repeat(count, steps);
    }

    private static boolean waits(Step step) {
        return step instanceof Script.Think
                || step instanceof Script.Expect
                || step instanceof Script.Connect
                || (step instanceof Script.Emit emit && emit.ack() != null)
                || (step instanceof Script.Repeat repeat
                        && repeat.steps().stream().anyMatch(ScriptReader::waits));
    }

    private @Nullable Duration ack(String place, @Nullable Object value) {
        if (value == null || Boolean.FALSE.equals(value)) {
            return null;
        }
        return Boolean.TRUE.equals(value) ? answerTimeout : duration(place + ".ack", value);
    }

    private @Nullable String save(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        known.add(value.toString());
        return value.toString();
    }

    private Template template(String place, @Nullable Object value) {
        Template template = Template.of(value);
        for (String name : template.names()) {
            String first = name.contains(".") ? name.substring(0, name.indexOf('.')) : name;
            if (!known.contains(first)) {
                throw wrong(place, "${" + name + "} is unknown here; available: " + String.join(", ", known));
            }
        }
        return template;
    }

    // ---- values and their locations

    private interface Item {
        void at(String place, @Nullable Object value);
    }

    private void each(String place, @Nullable Object value, Item item) {
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            throw wrong(place, "must be a list with at least one entry");
        }
        int index = 0;
        for (Object each : list) {
            item.at(place + "[" + ++index + "]", each);
        }
    }

    private Map<String, @Nullable Object> map(String place, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> given)) {
            throw wrong(place, "must be a map of names to values, was " + value);
        }
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        given.forEach((key, each) -> map.put(String.valueOf(key), each));
        return map;
    }

    private static List<?> list(@Nullable Object value) {
        return value == null ? List.of() : value instanceof List<?> list ? list : List.of(value);
    }

    private void only(String place, Map<String, @Nullable Object> map, String... names) {
        for (String key : map.keySet()) {
            if (!List.of(names).contains(key)) {
                throw wrong(place, "unknown name \"" + key + "\"; available: " + String.join(", ", names));
            }
        }
    }

    private Object need(String place, @Nullable Object value) {
        if (value == null) {
            throw wrong(place, "is missing");
        }
        return value;
    }

    private int whole(String place, @Nullable Object value, int least) {
        if (!(value instanceof Integer number) || number < least) {
            throw wrong(place, "must be a whole number from " + least + ", was " + value);
        }
        return number;
    }

    private Duration duration(String place, @Nullable Object value) {
        try {
            return Units.duration(String.valueOf(need(place, value)));
        } catch (IllegalArgumentException e) {
            throw wrong(place, String.valueOf(e.getMessage()));
        }
    }

    private IllegalArgumentException wrong(String place, String what) {
        return new IllegalArgumentException(file + ": " + place + ": " + what);
    }
}
