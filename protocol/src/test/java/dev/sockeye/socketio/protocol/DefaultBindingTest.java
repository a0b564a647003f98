package dev.sockeye.socketio.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Type;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.module.SimpleModule;

class DefaultBindingTest {
    /** Writes each value as its text. */
    public static final class TextBinding implements PayloadBinding {
        @Override
        public byte[] write(@Nullable Object value, List<byte[]> attachments) {
            return ('"' + String.valueOf(value) + '"').getBytes(UTF_8);
        }

        @Override
        public Object read(byte[] json, int offset, int length, List<byte[]> attachments, Type type) {
            return "read " + new String(json, offset, length, UTF_8);
        }

        @Override
        public @Nullable Object toNatural(@Nullable Object value) {
            return String.valueOf(value);
        }

        @Override
        public @Nullable Object convert(@Nullable Object value, Type type) {
            return "converted " + value;
        }
    }

    public static final class OneModule extends SimpleModule {
        private static final long serialVersionUID = 1L;
    }

    private static ClassLoader registering(Path folder, Class<?> service, String... names) throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(service.getName()), String.join("\n", names));
        return new URLClassLoader(new URL[] {folder.toUri().toURL()}, DefaultBindingTest.class.getClassLoader());
    }

    @Test
    void jacksonIsTheDefault() {
        assertThat(PayloadBinding.defaultBinding()).isSameAs(JacksonBinding.shared());
    }

    @Test
    void aRegisteredBindingTakesPrecedence(@TempDir Path folder) throws Exception {
        DefaultBinding.Result result =
                DefaultBinding.find(registering(folder, PayloadBinding.class, TextBinding.class.getName()));
        assertThat(result.binding()).isInstanceOf(TextBinding.class);
    }

    @Test
    void aBindingThatCannotBeLoadedIsReportedWithoutFallingBackToJackson(@TempDir Path folder) throws Exception {
        DefaultBinding.Result result =
                DefaultBinding.find(registering(folder, PayloadBinding.class, "com.example.Missing"));
        assertThat(result.binding()).isNull();
        assertThat(result.problem()).contains("cannot be loaded");
        assertThat(result.cause()).hasMessageContaining("com.example.Missing");
    }

    @Test
    void jacksonModulesAreDiscoveredAndOnesThatFailToLoadAreSkipped(@TempDir Path folder) throws Exception {
        ClassLoader loader = registering(folder, JacksonModule.class, "com.example.Missing", OneModule.class.getName());
        assertThat(JacksonModules.in(loader)).hasAtLeastOneElementOfType(OneModule.class);
    }

    @Test
    void theDefaultBindingUsesDiscoveredModulesUnlessDisabled() {
        assertThat(hasOneModule(JacksonBinding.shared())).isTrue();
        assertThat(hasOneModule(new JacksonBinding())).isTrue();
        assertThat(hasOneModule(JacksonBinding.withoutModules())).isFalse();
        System.setProperty(JacksonModules.PROPERTY, "false");
        try {
            assertThat(hasOneModule(new JacksonBinding())).isFalse();
        } finally {
            System.clearProperty(JacksonModules.PROPERTY);
        }
    }

    private static boolean hasOneModule(JacksonBinding binding) {
        return binding.mapper().registeredModules().stream().anyMatch(OneModule.class::isInstance);
    }

    /** Loads the classes of this module again, without Jackson. */
    private static final class WithoutJackson extends ClassLoader {
        WithoutJackson() {
            super(DefaultBindingTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (name.startsWith("tools.jackson") || name.startsWith("com.fasterxml")) {
                throw new ClassNotFoundException(name);
            }
            if (!name.startsWith("dev.sockeye.")) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in == null ? new byte[0] : in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    /** Runs in {@link WithoutJackson}. */
    public static final class Program {
        private Program() {}

        public static String run() throws DecodeException {
            StringBuilder out = new StringBuilder();
            JsonParser parser = JsonParser.with(new TextBinding());
            SocketPacket event = new SocketPacket.Event("/", 7, "news", Arguments.of(Map.of("a", 1), "x"));
            out.append(new String(parser.encode(event).head(), UTF_8)).append('\n');
            byte[] json = "2[\"news\",{\"a\":1}]".getBytes(UTF_8);
            SocketPacket.Event back = (SocketPacket.Event) parser.newDecoder().text(json, 0, json.length);
            out.append(back.args().get(0)).append('\n');
            MsgpackParser msgpack = MsgpackParser.with(new TextBinding());
            msgpack.newDecoder().binary(msgpack.encode(event).head());
            out.append(RawDocument.fields("{\"sid\":\"s\"}".getBytes(UTF_8))
                            .get("sid")
                            .get())
                    .append('\n');
            try {
                JsonParser.create();
            } catch (IllegalStateException e) {
                out.append(e.getMessage());
            }
            return out.toString();
        }
    }

    @Test
    void withoutJacksonACustomBindingWorksAndTheDefaultNamesTheMissingDependency() throws Exception {
        Class<?> program = new WithoutJackson().loadClass(Program.class.getName());
        String text;
        try {
            text = (String) program.getMethod("run").invoke(null);
        } catch (InvocationTargetException e) {
            throw new AssertionError("failed without Jackson", e.getCause());
        }
        assertThat(text.lines().toList())
                .hasSize(4)
                .startsWith("27[\"news\",\"{a=1}\",\"x\"]", "read {\"a\":1}", "s")
                .last()
                .asString()
                .contains("tools.jackson.core:jackson-databind", "JsonParser.with(binding)");
    }
}
