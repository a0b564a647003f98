package dev.sockeye.socketio.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UncreatableTest {
    static final class Point {
        final int x;

        Point(int x, String label) {
            this.x = x + label.length();
        }
    }

    static final class Range {
        Range(int from) {}

        Range(int from, int to) {}
    }

    record Line(List<Point> points) {}

    interface Shape {}

    abstract static class Figure {
        public int x;
    }

    @SuppressWarnings("ClassCanBeStatic") // the point of it
    final class Inner {
        public int x;
    }

    private static String failure(Class<?> type, String json) {
        byte[] bytes = json.getBytes(UTF_8);
        return catchThrowableOfType(
                        BindingException.class,
                        () -> JacksonBinding.shared().read(bytes, 0, bytes.length, List.of(), type))
                .getMessage();
    }

    @Test
    void aClassWithoutADefaultConstructorIsReportedByName() {
        assertThat(failure(Point.class, "{\"x\":1}"))
                .startsWith("cannot create an object (Point): it has no default constructor;")
                .contains("@JsonCreator")
                .endsWith(" at $");
        assertThat(failure(Range.class, "{\"from\":1}"))
                .startsWith("cannot create an object (Range): it has no default constructor;");
        assertThat(failure(Line.class, "{\"points\":[{\"x\":1}]}"))
                .startsWith("cannot create an object (Point): it has no default constructor;")
                .endsWith(" at $.points[0]");
    }

    @Test
    void interfacesAndAbstractAndInnerClassesAreReportedAsSuch() {
        assertThat(failure(Shape.class, "{}")).startsWith("cannot create an object (Shape): it is an interface;");
        assertThat(failure(Figure.class, "{\"x\":1}"))
                .startsWith("cannot create an object (Figure): it is an abstract class;");
        assertThat(failure(Inner.class, "{\"x\":1}"))
                .isEqualTo("cannot create an object (Inner): it is an inner class; make it static at $");
    }

    @Test
    void aTypeMismatchIsStillReportedAsTypeMismatch() {
        assertThat(failure(Range.class, "[1]")).isEqualTo("expected an object (Range) but got an array at $");
        assertThat(failure(Line.class, "5")).isEqualTo("expected an object (Line) but got the number 5 at $");
    }

    @Test
    void aKotlinClassRequiresTheJacksonKotlinModule(@TempDir Path folder) throws Exception {
        Path metadata = Files.createDirectories(folder.resolve("kotlin")).resolve("Metadata.java");
        Files.writeString(
                metadata,
                "package kotlin; import java.lang.annotation.*;"
                        + " @Retention(RetentionPolicy.RUNTIME) public @interface Metadata {}");
        Path message = folder.resolve("Message.java");
        Files.writeString(message, "@kotlin.Metadata public class Message { public Message(String text) {} }");
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-d", folder.toString(), metadata.toString(), message.toString()))
                .isZero();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            assertThat(failure(loader.loadClass("Message"), "{\"text\":\"x\"}"))
                    .contains("tools.jackson.module:jackson-module-kotlin")
                    .endsWith(" at $");
        }
    }
}
