package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The jar carries the licence of everything that is bundled in the browser client, as its source maps name it. */
@DisplayName("The licences of the browser client")
class ClientLicencesTest {
    private static final Pattern SOURCES = Pattern.compile("\"sources\":\\[([^]]*)]");
    private static final Pattern PACKAGE =
            Pattern.compile("\"(?:\\.\\./)+(?:node_modules/)?((?:@[\\w.-]+/)?[\\w.-]+)/");

    @Test
    void nameEachBundledPackageAndTheLicenceOfTheProject() throws IOException {
        Set<String> bundled = new TreeSet<>();
        for (String file : new String[] {"socket.io", "socket.io.min", "socket.io.esm.min", "socket.io.msgpack.min"}) {
            Matcher sources = SOURCES.matcher(text("/dev/sockeye/socketio/server/client-dist/" + file + ".js.map"));
            assertThat(sources.find()).isTrue();
            Matcher name = PACKAGE.matcher(sources.group(1));
            while (name.find()) {
                bundled.add(name.group(1));
            }
        }
        bundled.remove("build");
        assertThat(bundled).contains("engine.io-client", "ms", "notepack.io");

        String licences = text("/META-INF/licenses/socket.io-client.txt");
        assertThat(bundled)
                .allSatisfy(name -> assertThat(licences)
                        .contains("=\n" + name.replace("socket.io-component-emitter", "@socket.io/component-emitter")
                                + "\n="));
        String version = text("/dev/sockeye/socketio/server/client-dist/version.properties");
        assertThat(licences).contains("client " + version.strip().substring("version=".length()) + ",");
        assertThat(own("META-INF/LICENSE")).contains("Apache License");
        assertThat(own("META-INF/NOTICE"))
                .contains("socket.io-client")
                .contains(version.strip().substring(8));
    }

    /** A file of this module: other jars have files of the same name. */
    private static String own(String path) throws IOException {
        String root = SocketIoServer.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString();
        try (InputStream in = URI.create(root.endsWith("/") ? root + path : "jar:" + root + "!/" + path)
                .toURL()
                .openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String text(String resource) throws IOException {
        try (InputStream in = ClientLicencesTest.class.getResourceAsStream(resource)) {
            assertThat(in).as(resource).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
