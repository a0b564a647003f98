package dev.sockeye.engineio;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Compression of polling answers: gzip or deflate, as the client prefers. */
final class HttpCompression {
    private HttpCompression() {}

    /** The encoding to use for an {@code Accept-Encoding}; {@code null} for none. */
    static @Nullable String choose(@Nullable String accepted) {
        if (accepted == null) {
            return null;
        }
        double gzip = -1;
        double deflate = -1;
        double any = -1;
        for (String part : accepted.toLowerCase(Locale.ROOT).split(",", 20)) {
            String[] pieces = part.split(";", 3);
            double quality = pieces.length > 1 ? quality(pieces[1].trim()) : 1;
            switch (pieces[0].trim()) {
                case "gzip", "x-gzip" -> gzip = quality;
                case "deflate" -> deflate = quality;
                case "*" -> any = quality;
                default -> {}
            }
        }
        gzip = gzip < 0 ? any : gzip;
        deflate = deflate < 0 ? any : deflate;
        if (gzip <= 0 && deflate <= 0) {
            return null;
        }
        return gzip >= deflate ? "gzip" : "deflate";
    }

    private static double quality(String parameter) {
        try {
            return parameter.startsWith("q=") ? Double.parseDouble(parameter.substring(2)) : 1;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    static byte[] compress(byte[] body, String encoding) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 2 + 32);
        try (OutputStream compressed =
                encoding.equals("gzip") ? new GZIPOutputStream(out) : new DeflaterOutputStream(out)) {
            compressed.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot happen in memory", e);
        }
        return out.toByteArray();
    }
}
