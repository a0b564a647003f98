package dev.sockeye.socketio.protocol;

import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The binding of values that were not created by a parser. Natural types need no binding; the default binding is looked
 * up only when another type is requested, so that a program with its own binding needs no default one.
 */
final class FoundBinding extends DirectBinding {
    static final FoundBinding INSTANCE = new FoundBinding();

    private FoundBinding() {}

    @Override
    void writeTo(JsonOutput out, @Nullable Object value) {
        PayloadBinding found = DefaultBinding.get();
        if (found instanceof DirectBinding direct) {
            direct.writeTo(out, value);
        } else {
            out.write(found.write(value, out.attachments()));
        }
    }

    @Override
    @Nullable
    Object readChecked(byte[] json, int offset, int length, List<byte[]> attachments, Type type) {
        if (type == Object.class) {
            return JsonReader.read(json, offset, length, attachments);
        }
        return JsonPayload.read(DefaultBinding.get(), json, offset, length, attachments, type);
    }

    @Override
    @Nullable
    Object toTree(Object value) {
        PayloadBinding found = DefaultBinding.get();
        return found instanceof DirectBinding direct ? direct.toTree(value) : found.toNatural(value);
    }

    @Override
    public byte[] write(@Nullable Object value, List<byte[]> attachments) {
        return DefaultBinding.get().write(value, attachments);
    }

    @Override
    public @Nullable Object read(byte[] json, int offset, int length, List<byte[]> attachments, Type type) {
        return DefaultBinding.get().read(json, offset, length, attachments, type);
    }

    @Override
    public @Nullable Object toNatural(@Nullable Object value) {
        return DefaultBinding.get().toNatural(value);
    }

    @Override
    public @Nullable Object convert(@Nullable Object value, Type type) {
        if (value == null) {
            return null;
        }
        if (value instanceof Payload payload) {
            return type == Payload.class ? payload : payload.get(type);
        }
        if (type instanceof Class<?> expected && expected.isInstance(value)) {
            return value;
        }
        return DefaultBinding.get().convert(value, type);
    }
}
