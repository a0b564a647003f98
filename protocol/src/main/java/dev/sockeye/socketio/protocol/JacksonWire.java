package dev.sockeye.socketio.protocol;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Date;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.util.TokenBuffer;

/**
 * The extensions that Sockeye adds to a Jackson mapper: binaries as attachments, payloads, and numbers and dates in the
 * format of JavaScript.
 */
final class JacksonWire {
    /** The attribute of a writer that holds the list of attachments. */
    static final Object ATTACHMENTS = new Object();

    private static final DateTimeFormatter MILLIS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private JacksonWire() {}

    /** Formats an instant like {@code JSON.stringify(date)}. */
    static String isoText(Instant instant) {
        return MILLIS.format(instant);
    }

    /** The extensions required by every mapper. */
    static SimpleModule binaryModule() {
        return new SimpleModule("sockeye-binary")
                .addSerializer(byte[].class, new BinarySerializer())
                .addSerializer(ByteBuffer.class, new ByteBufferSerializer())
                .addSerializer(Payload.class, new PayloadSerializer())
                .addSerializer(Arguments.class, new ArgumentsSerializer())
                .addSerializer(Double.class, new DoubleSerializer())
                .addSerializer(Double.TYPE, new DoubleSerializer())
                .addSerializer(Float.class, new FloatSerializer())
                .addSerializer(Float.TYPE, new FloatSerializer())
                .addSerializer(double[].class, new DoublesSerializer())
                .addSerializer(float[].class, new FloatsSerializer());
    }

    /** The extensions of the default mapper only; a custom mapper has its own date formats. */
    static SimpleModule dateModule() {
        return new SimpleModule("sockeye-dates")
                .addSerializer(Date.class, new DateSerializer())
                .addSerializer(Instant.class, new InstantSerializer());
    }

    /** Writes without type information, regardless of the mapper's configuration. */
    private abstract static class Plain<T> extends ValueSerializer<T> {
        @Override
        public void serializeWithType(
                T value, JsonGenerator gen, SerializationContext context, TypeSerializer typeSerializer) {
            serialize(value, gen, context);
        }
    }

    private static void writeBinary(byte[] bytes, JsonGenerator gen, SerializationContext context) {
        if (gen instanceof TokenBuffer) {
            gen.writeEmbeddedObject(bytes);
        } else if (context.getAttribute(ATTACHMENTS) instanceof JsonOutput out) {
            List<byte[]> attachments = out.attachments();
            gen.writeStartObject();
            gen.writeBooleanProperty("_placeholder", true);
            gen.writeNumberProperty("num", attachments.size());
            gen.writeEndObject();
            attachments.add(bytes);
        } else {
            gen.writeBinary(bytes);
        }
    }

    private static final class BinarySerializer extends Plain<byte[]> {
        @Override
        public void serialize(byte[] value, JsonGenerator gen, SerializationContext context) {
            writeBinary(value, gen, context);
        }
    }

    private static final class ByteBufferSerializer extends Plain<ByteBuffer> {
        @Override
        public void serialize(ByteBuffer value, JsonGenerator gen, SerializationContext context) {
            writeBinary(DirectBinding.bytes(value), gen, context);
        }
    }

    private static final class PayloadSerializer extends Plain<Payload> {
        @Override
        public void serialize(Payload value, JsonGenerator gen, SerializationContext context) {
            context.writeValue(gen, value.get());
        }
    }

    private static final class ArgumentsSerializer extends Plain<Arguments> {
        @Override
        public void serialize(Arguments value, JsonGenerator gen, SerializationContext context) {
            context.writeValue(gen, value.toList());
        }
    }

    private static void writeDouble(double value, JsonGenerator gen) {
        if (DirectBinding.isWhole(value)) {
            gen.writeNumber((long) value);
        } else if (Double.isFinite(value)) {
            gen.writeNumber(value);
        } else {
            gen.writeNull();
        }
    }

    private static void writeFloat(float value, JsonGenerator gen) {
        if (DirectBinding.isWhole(value) || !Float.isFinite(value)) {
            writeDouble(value, gen);
        } else {
            gen.writeNumber(value);
        }
    }

    private static final class DoubleSerializer extends Plain<Double> {
        @Override
        public void serialize(Double value, JsonGenerator gen, SerializationContext context) {
            writeDouble(value, gen);
        }
    }

    private static final class FloatSerializer extends Plain<Float> {
        @Override
        public void serialize(Float value, JsonGenerator gen, SerializationContext context) {
            writeFloat(value, gen);
        }
    }

    private static final class DoublesSerializer extends Plain<double[]> {
        @Override
        public void serialize(double[] value, JsonGenerator gen, SerializationContext context) {
            gen.writeStartArray();
            for (double element : value) {
                writeDouble(element, gen);
            }
            gen.writeEndArray();
        }
    }

    private static final class FloatsSerializer extends Plain<float[]> {
        @Override
        public void serialize(float[] value, JsonGenerator gen, SerializationContext context) {
            gen.writeStartArray();
            for (float element : value) {
                writeFloat(element, gen);
            }
            gen.writeEndArray();
        }
    }

    private static void writeInstant(Instant value, JsonGenerator gen) {
        if (gen instanceof TokenBuffer) {
            gen.writeEmbeddedObject(value);
        } else {
            gen.writeString(isoText(value));
        }
    }

    @SuppressWarnings("JavaUtilDate") // still used by applications
    private static final class DateSerializer extends Plain<Date> {
        @Override
        public void serialize(Date value, JsonGenerator gen, SerializationContext context) {
            writeInstant(Instant.ofEpochMilli(value.getTime()), gen);
        }
    }

    private static final class InstantSerializer extends Plain<Instant> {
        @Override
        public void serialize(Instant value, JsonGenerator gen, SerializationContext context) {
            writeInstant(value, gen);
        }
    }
}
