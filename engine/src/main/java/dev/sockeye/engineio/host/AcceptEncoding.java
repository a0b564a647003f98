package dev.sockeye.engineio.host;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Selects a content coding for an {@code Accept-Encoding} header (RFC 9110, section 12.5.3). */
final class AcceptEncoding {
    /** The maximum number of elements of the header that are evaluated. */
    private static final int MOST_PARTS = 20;

    private AcceptEncoding() {}

    /** Returns the coding with the highest weight, the first one of several; {@code null} if none is acceptable. */
    static @Nullable String choose(@Nullable String header, String... codings) {
        if (header == null) {
            return null;
        }
        double[] weights = new double[codings.length];
        boolean[] named = new boolean[codings.length];
        double others = 0;
        for (String part : header.toLowerCase(Locale.ROOT).split(",", MOST_PARTS)) {
            String[] pieces = part.split(";", -1);
            String name = pieces[0].trim();
            double weight = weight(pieces);
            if (name.equals("*")) {
                others = weight;
            }
            for (int i = 0; i < codings.length; i++) {
                if (name.equals(codings[i]) || (name.equals("x-gzip") && codings[i].equals("gzip"))) {
                    weights[i] = weight;
                    named[i] = true;
                }
            }
        }
        String best = null;
        double most = 0;
        for (int i = 0; i < codings.length; i++) {
            double weight = named[i] ? weights[i] : others;
            if (weight > most) {
                most = weight;
                best = codings[i];
            }
        }
        return best;
    }

    /** The {@code q} parameter; 1 if it is absent, 0 if it is malformed. */
    private static double weight(String[] pieces) {
        for (int i = 1; i < pieces.length; i++) {
            String parameter = pieces[i].trim();
            if (parameter.startsWith("q=")) {
                try {
                    return Double.parseDouble(parameter.substring(2));
                } catch (NumberFormatException e) {
                    return 0;
                }
            }
        }
        return 1;
    }
}
