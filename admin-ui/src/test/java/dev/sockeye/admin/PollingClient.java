package dev.sockeye.admin;

import dev.sockeye.socketio.server.SocketIoServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The first steps of a client over long polling. */
final class PollingClient {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern SID = Pattern.compile("\"sid\":\"([^\"]+)\"");

    private final String url;
    private final String sid;

    PollingClient(SocketIoServer io) throws IOException, InterruptedException {
        url = "http://localhost:" + io.port() + io.path() + "/?EIO=4&transport=polling";
        String body = HTTP.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
        Matcher found = SID.matcher(body);
        if (!found.find()) {
            throw new IOException("no session: " + body);
        }
        sid = found.group(1);
    }

    String sid() {
        return sid;
    }

    void post(String packets) throws IOException, InterruptedException {
        HTTP.send(
                HttpRequest.newBuilder(URI.create(url + "&sid=" + sid))
                        .POST(HttpRequest.BodyPublishers.ofString(packets))
                        .build(),
                HttpResponse.BodyHandlers.discarding());
    }
}
