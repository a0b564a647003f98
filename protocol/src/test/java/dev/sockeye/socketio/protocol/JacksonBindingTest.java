package dev.sockeye.socketio.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

class JacksonBindingTest {
    private final JacksonBinding binding = JacksonBinding.shared();

    private String write(Object value) {
        return new String(binding.write(value, new ArrayList<>()), UTF_8);
    }

    private Object read(String json, Type type, byte[]... attachments) {
        byte[] bytes = json.getBytes(UTF_8);
        return binding.read(bytes, 0, bytes.length, List.of(attachments), type);
    }

    private BindingException failure(String json, Type type, byte[]... attachments) {
        return catchThrowableOfType(BindingException.class, () -> read(json, type, attachments));
    }

    enum Color {
        RED,
        GREEN
    }

    record Item(String sku, int amount, double price) {}

    record Order(long id, List<Item> items, Color color, Instant at) {}

    record Positive(int value) {
        Positive {
            if (value <= 0) {
                throw new IllegalArgumentException("value must be positive");
            }
        }
    }

    record Numbers(double a, Double b, float c, double[] d, float[] e, Object f) {}

    record Texts(String text, Map<String, String> more) {}

    @SuppressWarnings("JavaUtilDate")
    record Dates(Date date, Instant instant, LocalDate day) {}

    record Anything(Object value) {}

    public static final class Broken {
        public String getName() {
            throw new IllegalStateException("db.internal:5432 is down");
        }
    }

    public static final class Bean {
        public String name;
        public byte[] data;
        public Optional<String> note = Optional.empty();
    }

    @Test
    void simpleValuesAreWrittenAsInJavascript() {
        assertThat(write(null)).isEqualTo("null");
        assertThat(write(true)).isEqualTo("true");
        assertThat(write(0)).isEqualTo("0");
        assertThat(write(-1)).isEqualTo("-1");
        assertThat(write(Integer.MIN_VALUE)).isEqualTo("-2147483648");
        assertThat(write(Long.MIN_VALUE)).isEqualTo("-9223372036854775808");
        assertThat(write(Long.MAX_VALUE)).isEqualTo("9223372036854775807");
        assertThat(write((short) 7)).isEqualTo("7");
        assertThat(write(1.0)).isEqualTo("1");
        assertThat(write(-0.0)).isEqualTo("0");
        assertThat(write(1.5)).isEqualTo("1.5");
        assertThat(write(0.1f)).isEqualTo("0.1");
        assertThat(write(Double.NaN)).isEqualTo("null");
        assertThat(write(Double.NEGATIVE_INFINITY)).isEqualTo("null");
        assertThat(write(Float.NaN)).isEqualTo("null");
        assertThat(write(new BigInteger("123456789012345678901234567890"))).isEqualTo("123456789012345678901234567890");
        assertThat(write(new BigDecimal("1.25"))).isEqualTo("1.25");
        assertThat(write(List.of())).isEqualTo("[]");
        assertThat(write(Map.of())).isEqualTo("{}");
        assertThat(write(new Object[] {1, "a", null})).isEqualTo("[1,\"a\",null]");
        assertThat(write(new int[] {1, 2})).isEqualTo("[1,2]");
        assertThat(write(Color.RED)).isEqualTo("\"RED\"");
        assertThat(write(Map.of(1, Color.RED))).isEqualTo("{\"1\":\"RED\"}");
        assertThat(write(Optional.of("x"))).isEqualTo("\"x\"");
        assertThat(write('c')).isEqualTo("\"c\"");
    }

    @Test
    void stringsAreEscapedAsInJavascript() {
        String text = "\"\\/\b\f\n\r\t\u0001\u001f\u007f é ß \u2028 漢 😀 \ud83d x \ude00";
        String json = "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\u007f é ß \u2028 漢 😀 \\ud83d x \\ude00\"";
        assertThat(write(text)).isEqualTo(json);
        assertThat(read(json, String.class)).isEqualTo(text);
        assertThat(read(json, Object.class)).isEqualTo(text);
        assertThat(write("é".repeat(50_000))).isEqualTo('"' + "é".repeat(50_000) + '"');
        assertThat(write("\u0000".repeat(50_000))).isEqualTo('"' + "\\u0000".repeat(50_000) + '"');
    }

    @Test
    void stringsInsideObjectsAreEscapedTheSameWay() {
        assertThat(write(new Texts("é😀\n", Map.of("k😀", "v/漢"))))
                .isEqualTo("{\"text\":\"é😀\\n\",\"more\":{\"k😀\":\"v/漢\"}}");
        assertThat(write(new Texts("a\ud83d", null))).isEqualTo("{\"text\":\"a\\ud83d\",\"more\":null}");
    }

    @Test
    @SuppressWarnings("JavaUtilDate")
    void datesAreIsoStringsWithMilliseconds() {
        Instant instant = Instant.parse("2026-11-23T02:14:04.123456Z");
        Date date = Date.from(Instant.parse("2026-11-23T02:14:04Z"));
        assertThat(write(instant)).isEqualTo("\"2026-11-23T02:14:04.123Z\"");
        assertThat(write(date)).isEqualTo("\"2026-11-23T02:14:04.000Z\"");
        Dates dates = new Dates(date, instant, LocalDate.of(2026, 11, 23));
        String json =
                "{\"date\":\"2026-11-23T02:14:04.000Z\",\"instant\":\"2026-11-23T02:14:04.123Z\",\"day\":\"2026-11-23\"}";
        assertThat(write(dates)).isEqualTo(json);
        assertThat(read(json, Dates.class))
                .isEqualTo(new Dates(date, Instant.parse("2026-11-23T02:14:04.123Z"), LocalDate.of(2026, 11, 23)));
        assertThat(write(List.of(instant))).isEqualTo("[\"2026-11-23T02:14:04.123Z\"]");
    }

    @Test
    void numbersInsideObjectsFollowTheSameRules() {
        assertThat(write(new Numbers(
                        1.0,
                        Double.NaN,
                        2.5f,
                        new double[] {1, Double.POSITIVE_INFINITY},
                        new float[] {0.5f, Float.NaN},
                        3.0)))
                .isEqualTo("{\"a\":1,\"b\":null,\"c\":2.5,\"d\":[1,null],\"e\":[0.5,null],\"f\":3}");
    }

    @Test
    void jsonIsReadAsNaturalJavaTypes() {
        assertThat(read(
                        " [1, 2147483648 ,12345678901234567890,1.5,1e2,-0,true,false,null,\"a\",{\"b\":[]}]\n",
                        Object.class))
                .isEqualTo(Arrays.asList(
                        1,
                        2147483648L,
                        new BigInteger("12345678901234567890"),
                        1.5,
                        100.0,
                        0,
                        true,
                        false,
                        null,
                        "a",
                        Map.of("b", List.of())));
        assertThat(read("9223372036854775807", Object.class)).isEqualTo(Long.MAX_VALUE);
        assertThat(read("-9223372036854775808", Object.class)).isEqualTo(Long.MIN_VALUE);
        assertThat(read("1" + "0".repeat(100_000), Object.class)).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(((Map<?, ?>) read("{\"z\":1,\"a\":2,\"z\":3}", Object.class))
                        .keySet()
                        .toString())
                .isEqualTo("[z, a]");
        assertThat(read("\"aGVsbG8=\"", Object.class)).isEqualTo("aGVsbG8=");
        assertThat(read("{\"a\":1}", Map.class)).isEqualTo(Map.of("a", 1));
        assertThat(read("[1]", List.class)).isEqualTo(List.of(1));
    }

    @Test
    void jsonIsReadAsTheRequestedJavaType() {
        assertThat(read("5", int.class)).isEqualTo(5);
        assertThat(read("5", Integer.class)).isEqualTo(5);
        assertThat(read("5", long.class)).isEqualTo(5L);
        assertThat(read("5", Double.class)).isEqualTo(5.0);
        assertThat(read("5.5", double.class)).isEqualTo(5.5);
        assertThat(read("5", BigDecimal.class)).isEqualTo(new BigDecimal("5"));
        assertThat(read("true", boolean.class)).isEqualTo(true);
        assertThat(read("\"GREEN\"", Color.class)).isEqualTo(Color.GREEN);
        assertThat(read("null", String.class)).isNull();
        assertThat(read("null", Order.class)).isNull();
        assertThat(read("null", Optional.class)).isEqualTo(Optional.empty());
        assertThat(read("[1,1]", new TypeRef<Set<Long>>() {}.type())).isEqualTo(Set.of(1L));
        assertThat(((JsonNode) read("{\"a\":[1]}", JsonNode.class))
                        .get("a")
                        .get(0)
                        .asInt())
                .isEqualTo(1);
        UUID uuid = UUID.randomUUID();
        assertThat(read(write(uuid), UUID.class)).isEqualTo(uuid);
        assertThat((byte[]) read("\"aGVsbG8=\"", byte[].class)).isEqualTo("hello".getBytes(UTF_8));
    }

    @Test
    void recordsRoundTrip() {
        Order order = new Order(
                7,
                List.of(new Item("a", 2, 1.5), new Item("b", 1, 3)),
                Color.GREEN,
                Instant.parse("2026-01-01T00:00:00Z"));
        String json =
                "{\"id\":7,\"items\":[{\"sku\":\"a\",\"amount\":2,\"price\":1.5},{\"sku\":\"b\",\"amount\":1,\"price\":3}],"
                        + "\"color\":\"GREEN\",\"at\":\"2026-01-01T00:00:00.000Z\"}";
        assertThat(write(order)).isEqualTo(json);
        assertThat(read(json, Order.class)).isEqualTo(order);
        assertThat(read("{\"unknown\":[1,{}],\"sku\":\"a\",\"amount\":2,\"price\":1}", Item.class))
                .isEqualTo(new Item("a", 2, 1));
    }

    @Test
    void typeMismatchesAreDescribedWithTheirPath() {
        String json =
                "{\"id\":7,\"items\":[{\"sku\":\"a\",\"amount\":2,\"price\":1},{\"sku\":\"b\",\"amount\":\"two\",\"price\":3}]}";
        BindingException error = failure(json, Order.class);
        assertThat(error)
                .hasMessage("expected a whole number of 32 bits but got the text \"two\" at $.items[1].amount");
        assertThat(error.path()).isEqualTo("$.items[1].amount");
        assertThat(error.expected()).isEqualTo(Order.class);
        assertThat(failure("\"x\"", int.class))
                .hasMessage("expected a whole number of 32 bits but got the text \"x\" at $");
        assertThat(failure("\"5\"", int.class))
                .hasMessage("expected a whole number of 32 bits but got the text \"5\" at $");
        assertThat(failure("5", String.class)).hasMessage("expected a text but got the number 5 at $");
        assertThat(failure("true", String.class)).hasMessage("expected a text but got true at $");
        assertThat(failure("{}", String.class)).hasMessage("expected a text but got an object at $");
        assertThat(failure("[1]", String.class)).hasMessage("expected a text but got an array at $");
        assertThat(failure("1.5", int.class))
                .hasMessage("expected a whole number of 32 bits but got the number 1.5 at $");
        assertThat(failure("3000000000", int.class))
                .hasMessage("expected a whole number of 32 bits but got the number 3000000000 at $");
        assertThat(failure("\"" + "x".repeat(1000) + "\"", boolean.class))
                .hasMessage("expected a boolean but got the text \"" + "x".repeat(40) + "...\" at $");
        assertThat(failure("[1,2]", Order.class)).hasMessage("expected an object (Order) but got an array at $");
        assertThat(failure("\"BLUE\"", Color.class))
                .hasMessage("expected one of RED, GREEN but got the text \"BLUE\" at $");
        assertThat(failure("{\"at\":\"now\"}", Order.class))
                .hasMessage("expected a date or time but got the text \"now\" at $.at");
        assertThat(failure("{\"items\":{}}", Order.class)).hasMessage("expected an array but got an object at $.items");
        assertThat(failure("{\"value\":-1}", Positive.class))
                .hasMessage("expected an object (Positive) but got an object at $: value must be positive");
        assertThat(failure("{\"_placeholder\":true,\"num\":0}", int.class, new byte[3]))
                .hasMessage("expected a whole number of 32 bits but got binary of 3 bytes at $");
        assertThat(failure("{\"a\":[true,1]}", new TypeRef<Map<String, List<Boolean>>>() {}.type()))
                .hasMessage("expected a boolean but got the number 1 at $.a[1]");
        assertThat(failure("nope", String.class)).hasMessage("not a valid value");
        assertThat(failure("", String.class)).hasMessage("not a valid value");
    }

    @Test
    void messagesDoNotRevealPackagesOrJackson() {
        for (Type type : List.<Type>of(
                Order.class,
                int.class,
                Color.class,
                Instant.class,
                UUID.class,
                byte[].class,
                BigDecimal.class,
                new TypeRef<List<Order>>() {}.type(),
                new TypeRef<Optional<Order>>() {}.type(),
                Bean.class,
                char.class)) {
            for (String json : List.of("\"\\u0001bad\"", "{\"id\":{},\"name\":[]}", "[{\"id\":[]}]", "1e99", "false")) {
                BindingException error = failure(json, type);
                if (error != null) {
                    assertThat(error.getMessage()).doesNotContain("jackson", "dev.sockeye", "java.", "Exception", "\n");
                }
            }
        }
    }

    @Test
    void binariesInBeansRecordsMapsAndListsAreAttachments() {
        Bean bean = new Bean();
        bean.name = "b";
        bean.data = new byte[] {1, 2};
        List<byte[]> attachments = new ArrayList<>();
        attachments.add(new byte[] {9});
        byte[] json = binding.write(
                Map.of("list", List.of(bean, new Anything(ByteBuffer.wrap(new byte[] {3})), new byte[][] {{4}})),
                attachments);
        assertThat(new String(json, UTF_8))
                .isEqualTo("{\"list\":[{\"name\":\"b\",\"data\":{\"_placeholder\":true,\"num\":1},\"note\":null},"
                        + "{\"value\":{\"_placeholder\":true,\"num\":2}},[{\"_placeholder\":true,\"num\":3}]]}");
        assertThat(attachments).containsExactly(new byte[] {9}, new byte[] {1, 2}, new byte[] {3}, new byte[] {4});
        Map<?, ?> natural = (Map<?, ?>) binding.read(json, 0, json.length, attachments, Object.class);
        assertThat(((Map<?, ?>) ((List<?>) natural.get("list")).get(1)).get("value"))
                .isEqualTo(new byte[] {3});
        Anything anything = (Anything)
                read("{\"value\":{\"a\":[{\"num\":0,\"_placeholder\":true}]}}", Anything.class, new byte[] {5});
        assertThat(((List<?>) ((Map<?, ?>) anything.value()).get("a")).get(0)).isEqualTo(new byte[] {5});
    }

    @Test
    void numbersKeepTheirPrecisionNextToBinaries() {
        record Precise(BigDecimal amount, byte[] data) {}
        Precise precise = (Precise) read(
                "{\"data\":{\"_placeholder\":true,\"num\":0},\"amount\":1.234567890123456789012345}",
                Precise.class,
                new byte[] {5});
        assertThat(precise.amount()).isEqualTo(new BigDecimal("1.234567890123456789012345"));
        assertThat(precise.data()).containsExactly(5);
    }

    @Test
    void aCustomMapperIsUsed() {
        JacksonBinding snake = JacksonBinding.of(JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build());
        record Named(String firstName, byte[] rawData) {}
        List<byte[]> attachments = new ArrayList<>();
        byte[] json = snake.write(List.of(new Named("x", new byte[1])), attachments);
        assertThat(new String(json, UTF_8))
                .isEqualTo("[{\"first_name\":\"x\",\"raw_data\":{\"_placeholder\":true,\"num\":0}}]");
        assertThat(attachments).hasSize(1);
        Object back = snake.read(json, 0, json.length, attachments, new TypeRef<List<Named>>() {}.type());
        assertThat(((Named) ((List<?>) back).get(0)).firstName()).isEqualTo("x");
    }

    @Test
    void valuesAreConvertedBetweenTypes() {
        Item item = new Item("a", 1, 2.5);
        assertThat(binding.toNatural(item)).isEqualTo(Map.of("sku", "a", "amount", 1, "price", 2.5));
        assertThat(binding.convert(item, Item.class)).isSameAs(item);
        assertThat(binding.convert(Map.of("sku", "a", "amount", 1, "price", 2.5), Item.class))
                .isEqualTo(item);
        assertThat(binding.convert(5, long.class)).isEqualTo(5L);
        assertThat(binding.convert(null, int.class)).isNull();
        byte[] bytes = {1};
        assertThat(binding.toNatural(bytes)).isSameAs(bytes);
        assertThat(((List<?>) binding.toNatural(List.of(ByteBuffer.wrap(bytes)))).get(0))
                .isEqualTo(bytes);
        assertThat(binding.convert(bytes, ByteBuffer.class)).isEqualTo(ByteBuffer.wrap(bytes));
        Arguments args = Arguments.of(item, "x", Payload.of(3));
        assertThat(args.get(0, (Type) Map.class)).isEqualTo(Map.of("sku", "a", "amount", 1, "price", 2.5));
        assertThat(args.get(2)).isEqualTo(3);
        assertThat(args.payload(0).get((Type) Map.class)).isEqualTo(Map.of("sku", "a", "amount", 1, "price", 2.5));
        assertThat(args.get(3)).isNull();
        assertThat(args.get(3, String.class)).isNull();
        assertThat(args.plus(1).toList()).isEqualTo(List.of(item, "x", 3, 1));
        assertThat(Payload.of(args.payload(1)).get()).isEqualTo("x");
    }

    @Test
    void readingANumberStopsAtTheEndOfTheRange() {
        byte[] json = "x12345".getBytes(UTF_8);
        assertThat(binding.read(json, 1, 2, List.of(), Object.class)).isEqualTo(12);
        write("99999");
        assertThat(binding.convert(1.5f, Object.class)).isEqualTo(1.5f);
        assertThat(binding.toNatural((short) 1)).isEqualTo(1);
    }

    @Test
    void aPayloadCanBeReadWrittenAndConverted() {
        Payload payload = (Payload) read("[{\"sku\":\"a\"}]", Payload.class);
        assertThat(payload.get(new TypeRef<List<Item>>() {})).isEqualTo(List.of(new Item("a", 0, 0)));
        assertThat(write(payload)).isEqualTo("[{\"sku\":\"a\"}]");
        assertThat(((Payload) binding.convert(5, Payload.class)).get(long.class))
                .isEqualTo(5L);
    }

    @Test
    void payloadsAndArgumentsCanBeNestedInValues() {
        assertThat(write(Map.of("a", Payload.of(List.of(1))))).isEqualTo("{\"a\":[1]}");
        assertThat(write(new Anything(Payload.of("p")))).isEqualTo("{\"value\":\"p\"}");
        assertThat(write(new Anything(Arguments.of(1, 2)))).isEqualTo("{\"value\":[1,2]}");
        assertThat(write(List.of(Arguments.of("x")))).isEqualTo("[[\"x\"]]");
    }

    @Test
    void valuesThatCannotBeEncodedAreBindingErrors() {
        assertThatThrownBy(() -> write(new Broken()))
                .isInstanceOf(BindingException.class)
                .hasMessage("a value cannot be encoded at $.name");
        Map<Object, Object> strange = new LinkedHashMap<>();
        strange.put(null, 1);
        assertThatThrownBy(() -> write(strange)).isInstanceOf(BindingException.class);
        Object deep = 1;
        for (int i = 0; i < 100_000; i++) {
            deep = List.of(deep);
        }
        Object tooDeep = deep;
        assertThatThrownBy(() -> write(tooDeep)).isInstanceOf(BindingException.class);
        assertThatThrownBy(() -> write(new Anything(tooDeep))).isInstanceOf(BindingException.class);
        assertThat(write("after")).isEqualTo("\"after\"");
    }

    @Test
    void randomValuesRoundTrip() {
        Random random = new Random(42);
        for (int i = 0; i < 3000; i++) {
            Object value = randomValue(random, 0);
            List<byte[]> attachments = new ArrayList<>();
            byte[] json = binding.write(value, attachments);
            assertThat(binding.read(json, 0, json.length, attachments, Object.class))
                    .usingRecursiveComparison()
                    .isEqualTo(value);
            Anything typed = (Anything) binding.convert(Map.of("value", value == null ? "" : value), Anything.class);
            assertThat(typed.value()).usingRecursiveComparison().isEqualTo(value == null ? "" : value);
        }
    }

    static Object randomValue(Random random, int depth) {
        return switch (random.nextInt(depth > 4 ? 8 : 10)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> random.nextInt();
            case 3 -> (long) Integer.MAX_VALUE + 1 + random.nextInt(1000);
            case 4 -> random.nextInt(1000) + 0.25;
            case 5, 6 -> randomText(random);
            case 7 -> {
                byte[] bytes = new byte[random.nextInt(5)];
                random.nextBytes(bytes);
                yield bytes;
            }
            case 8 -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(randomValue(random, depth + 1));
                }
                yield list;
            }
            default -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put(randomText(random), randomValue(random, depth + 1));
                }
                yield map;
            }
        };
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            switch (random.nextInt(4)) {
                case 0 -> text.append((char) random.nextInt(0x80));
                case 1 -> text.append((char) random.nextInt(0xd800));
                case 2 -> text.appendCodePoint(0x10000 + random.nextInt(0xfffff));
                default -> text.append("\"\\/\u2028ab".charAt(random.nextInt(6)));
            }
        }
        return text.toString();
    }
}
