package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.ConcurrentModificationException;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;
import tools.jackson.databind.util.TokenBuffer;

/**
 * Binding with Jackson 3. Strings, numbers, booleans and binaries are bound without Jackson. Thread-safe.
 *
 * <p>Values are encoded as by {@code JSON.stringify}: no white space, UTF-8 not escaped, {@code NaN} and infinities as
 * {@code null}, whole numbers without fraction, {@link Date} and {@link Instant} as {@code 2026-11-23T02:14:04.123Z}.
 * Unknown properties of received objects are ignored. Strings are not converted to numbers, and numbers are not
 * converted to strings.
 *
 * <p>Jackson modules on the class path (Kotlin's, Scala's, Guava's, ...) are found by {@link java.util.ServiceLoader} and added;
 * {@code -Ddev.sockeye.jackson.findModules=false} or {@link #withoutModules()} disables that. A module that cannot be
 * loaded is skipped with a warning.
 *
 * <p>A binary, or a string in base64, can be read as {@code byte[]} or {@link ByteBuffer}. As {@code Object}, a string
 * is always read as a string.
 */
public final class JacksonBinding extends DirectBinding {
    private static final int MAX_READERS = 2000;

    private final JsonMapper mapper;
    /**
     * Whether collections can be written without Jackson; a mapper of the application may have serializers for them.
     */
    private final boolean own;

    private final Map<Type, ObjectReader> readers = new ConcurrentHashMap<>();

    /**
     * Creates a binding with default settings, the Jackson modules of the class path and its own caches. For
     * applications whose classes will be unloaded: the {@linkplain #shared() shared} binding keeps references to all
     * bound classes.
     */
    public JacksonBinding() {
        this(ownMapper(JacksonModules.found()), true);
    }

    private JacksonBinding(JsonMapper mapper, boolean own) {
        this.mapper = mapper;
        this.own = own;
    }

    private static JsonMapper ownMapper(List<JacksonModule> modules) {
        return JsonMapper.builder()
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .disable(JsonWriteFeature.WRITE_HEX_UPPER_CASE)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .withCoercionConfig(
                        LogicalType.Textual,
                        config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .addModules(modules)
                .addModule(JacksonWire.dateModule())
                .addModule(JacksonWire.binaryModule())
                .build();
    }

    /**
     * The shared binding with default settings. It is the {@link PayloadBinding#defaultBinding()}, unless another
     * binding is registered.
     */
    public static JacksonBinding shared() {
        return Shared.INSTANCE;
    }

    /** Creates a binding with default settings and its own caches, without the Jackson modules of the class path. */
    public static JacksonBinding withoutModules() {
        return new JacksonBinding(ownMapper(List.of()), true);
    }

    /**
     * Creates a binding with a given mapper. Its settings, modules and date formats are kept; only the support for
     * binaries is added. To customize the default mapper, start with {@code
     * JacksonBinding.shared().mapper().rebuild()}.
     */
    public static JacksonBinding of(JsonMapper mapper) {
        return new JacksonBinding(
                mapper.rebuild().addModule(JacksonWire.binaryModule()).build(), false);
    }

    private static final class Shared {
        static final JacksonBinding INSTANCE = new JacksonBinding();
    }

    /** The mapper of this binding. */
    public JsonMapper mapper() {
        return mapper;
    }

    @Override
    public byte[] write(@Nullable Object value, List<byte[]> attachments) {
        JsonOutput out = JsonOutput.take();
        try {
            out.collectInto(attachments);
            writeTo(out, value);
            return out.toBytes();
        } finally {
            out.release();
        }
    }

    @Override
    void writeTo(JsonOutput out, @Nullable Object value) {
        try {
            write(out, value, 1);
        } catch (ConcurrentModificationException e) {
            throw new BindingException("the value was changed while it was encoded", Object.class, "$", e);
        }
    }

    private void write(JsonOutput out, @Nullable Object value, int depth) {
        if (value instanceof String text) {
            out.writeString(text);
        } else if (value == null) {
            out.writeNull();
        } else if (value instanceof Integer || value instanceof Long) {
            out.writeLong(((Number) value).longValue());
        } else if (value instanceof Boolean truth) {
            out.writeBoolean(truth);
        } else if (value instanceof Double number) {
            out.writeDouble(number);
        } else if (value instanceof byte[] binary) {
            out.writeBinary(binary);
        } else if (value instanceof RawJson raw) {
            raw.writeTo(out);
        } else if (value instanceof ByteBuffer buffer) {
            out.writeBinary(bytes(buffer));
        } else if (value instanceof Payload payload) {
            write(out, payload instanceof JavaPayload java ? java.value() : payload.get(), depth + 1);
        } else if (value instanceof Arguments args) {
            writeAll(out, args.toList(), depth);
        } else if (own && isOfJava(value) && value instanceof Map<?, ?> map && hasTextKeys(map)) {
            writeMap(out, map, depth);
        } else if (own && isOfJava(value) && value instanceof Collection<?> collection) {
            writeAll(out, collection, depth);
        } else {
            writeByJackson(out, value);
        }
    }

    private void writeMap(JsonOutput out, Map<?, ?> map, int depth) {
        checkDepth(depth);
        out.write('{');
        boolean more = false;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (more) {
                out.write(',');
            }
            more = true;
            out.writeString((String) entry.getKey());
            out.write(':');
            write(out, entry.getValue(), depth + 1);
        }
        out.write('}');
    }

    private void writeAll(JsonOutput out, Collection<?> values, int depth) {
        checkDepth(depth);
        out.write('[');
        boolean more = false;
        for (Object value : values) {
            if (more) {
                out.write(',');
            }
            more = true;
            write(out, value, depth + 1);
        }
        out.write(']');
    }

    private void writeByJackson(JsonOutput out, Object value) {
        try {
            mapper.writer().withAttribute(JacksonWire.ATTACHMENTS, out).writeValue(out, value);
        } catch (JacksonException e) {
            throw BindingErrors.notWritten(e, value);
        } catch (StackOverflowError e) {
            throw new BindingException(BindingErrors.TOO_DEEP, value.getClass(), "$", e);
        }
    }

    @Override
    public @Nullable Object read(byte[] json, int offset, int length, List<byte[]> attachments, Type type) {
        JsonScanner scanner = JsonScanner.take();
        try {
            if (!scanner.scan(json, offset, length, attachments.size()) || scanner.illegalPlaceholder()) {
                throw new BindingException("not a valid value", type, "$", null);
            }
        } finally {
            scanner.release();
        }
        int from = JsonScanner.start(json, offset, offset + length);
        int to = JsonScanner.trimmedEnd(json, offset, offset + length);
        return readChecked(json, from, to - from, attachments, type);
    }

    @Override
    @Nullable
    Object readChecked(byte[] json, int offset, int length, List<byte[]> attachments, Type type) {
        if (type instanceof Class<?> expected) {
            if (expected == Object.class) {
                return JsonReader.read(json, offset, length, attachments);
            }
            if (expected == Payload.class) {
                return new JsonPayload(this, json, offset, length, attachments);
            }
            Object quick = readQuickly(json, offset, length, attachments, expected);
            if (quick != null) {
                return quick;
            }
            if (json[offset] == 'n' && expected.getModule() == Object.class.getModule() && !isOptional(expected)) {
                return null;
            }
        }
        try {
            return attachments.isEmpty()
                    ? reader(type).readValue(json, offset, length)
                    : reader(type).readValue(resolve(json, offset, length, attachments));
        } catch (JacksonException e) {
            throw BindingErrors.notRead(e, JsonReader.read(json, offset, length, attachments), type);
        } catch (StackOverflowError e) {
            throw new BindingException("nested too deeply", type, "$", e);
        }
    }

    private static boolean isOptional(Class<?> type) {
        return type.getName().startsWith("java.util.Optional");
    }

    private static @Nullable Object readQuickly(
            byte[] json, int offset, int length, List<byte[]> attachments, Class<?> type) {
        byte first = json[offset];
        return switch (first) {
            case '"' -> type == String.class ? JsonReader.string(json, offset) : null;
            case 't', 'f' -> type == Boolean.class || type == boolean.class ? (Object) (first == 't') : null;
            case '[' ->
                type == List.class || type == Collection.class
                        ? JsonReader.read(json, offset, length, attachments)
                        : null;
            case '{' -> object(json, offset, length, attachments, type);
            case 'n' -> null;
            default -> number(json, offset, length, type);
        };
    }

    private static @Nullable Object object(
            byte[] json, int offset, int length, List<byte[]> attachments, Class<?> type) {
        boolean binary = type == byte[].class || type == ByteBuffer.class;
        if (type != Map.class && (!binary || attachments.isEmpty())) {
            return null;
        }
        Object value = JsonReader.read(json, offset, length, attachments);
        if (value instanceof byte[] bytes && type == ByteBuffer.class) {
            return ByteBuffer.wrap(bytes);
        }
        return type.isInstance(value) ? value : null;
    }

    private static @Nullable Object number(byte[] json, int offset, int length, Class<?> type) {
        boolean whole = type == Integer.class || type == int.class;
        boolean big = type == Long.class || type == long.class;
        if (!whole && !big && type != Double.class && type != double.class) {
            return null;
        }
        Number number = JsonReader.number(json, offset, offset + length);
        if (whole) {
            return number instanceof Integer ? number : null;
        }
        if (big) {
            return number instanceof Integer || number instanceof Long ? (Object) number.longValue() : null;
        }
        return number.doubleValue();
    }

    private ObjectReader reader(Type type) {
        ObjectReader reader = readers.get(type);
        if (reader == null) {
            if (readers.size() > MAX_READERS) {
                readers.clear();
            }
            reader = mapper.readerFor(mapper.constructType(type));
            readers.put(type, reader);
        }
        return reader;
    }

    /** Replaces placeholders in the token stream with binaries, so that deserializers read binaries as usual. */
    private TokenBuffer resolve(byte[] json, int offset, int length, List<byte[]> attachments) {
        JsonScanner scanner = JsonScanner.take();
        try (tools.jackson.core.JsonParser parser = mapper.createParser(json, offset, length)) {
            scanner.scan(json, offset, length, attachments.size());
            int next = 0;
            TokenBuffer buffer = TokenBuffer.forGeneration();
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.START_OBJECT
                        && next < scanner.placeholderCount()
                        && parser.currentTokenLocation().getByteOffset() == scanner.placeholderAt(next) - offset) {
                    buffer.writeEmbeddedObject(attachments.get(scanner.placeholderNum(next++)));
                    parser.skipChildren();
                } else {
                    buffer.copyCurrentEvent(parser);
                }
            }
            return buffer;
        } finally {
            scanner.release();
        }
    }

    @Override
    @Nullable
    Object toTree(Object value) {
        TokenBuffer buffer = TokenBuffer.forGeneration();
        try {
            mapper.writer().writeValue(buffer, value);
            try (tools.jackson.core.JsonParser parser = buffer.asParser(ObjectReadContext.empty())) {
                parser.nextToken();
                return tree(parser);
            }
        } catch (JacksonException e) {
            throw BindingErrors.notWritten(e, value);
        } catch (StackOverflowError e) {
            throw new BindingException(BindingErrors.TOO_DEEP, value.getClass(), "$", e);
        }
    }

    private static @Nullable Object tree(tools.jackson.core.JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    map.put(name, tree(parser));
                }
                yield map;
            }
            case START_ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(tree(parser));
                }
                yield list;
            }
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_EMBEDDED_OBJECT -> parser.getEmbeddedObject();
            default -> null;
        };
    }

    @Override
    public @Nullable Object toNatural(@Nullable Object value) {
        if (value == null
                || value instanceof String
                || value instanceof Boolean
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Double
                || value instanceof BigInteger
                || value instanceof byte[]) {
            return value;
        }
        if (value instanceof RawJson raw) {
            return raw.get();
        }
        return rewrite(value, Object.class);
    }

    @Override
    public @Nullable Object convert(@Nullable Object value, Type type) {
        if (value == null) {
            return null;
        }
        if (type == Payload.class) {
            return Payload.of(value);
        }
        if (value instanceof Payload payload) {
            return payload.get(type);
        }
        if (type instanceof Class<?> expected && expected.isInstance(value)) {
            return value;
        }
        return rewrite(value, type);
    }

    private @Nullable Object rewrite(Object value, Type type) {
        JsonOutput out = JsonOutput.take();
        try {
            writeTo(out, value);
            return readChecked(out.buffer(), 0, out.size(), out.attachmentsFound(), type);
        } finally {
            out.release();
        }
    }
}
