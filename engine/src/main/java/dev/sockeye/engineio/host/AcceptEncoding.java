package dev.sockeye.engineio.host;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Selects a content coding for an {@code Accept-Encoding} header (RFC 9110, section 12.5.3). */
final class AcceptEncoding {
    /** The maximum number of elements of the header that are evaluated. */
    private static final int MOST_PARTS = 20;

    private AcceptEncoding() {}

    /**
     * Returns the coding with the highest weight, of several the one that the header names first, then the first one; {@code null} if
     * none is acceptable.
     */
    static @Nullable String choose(@Nullable String header, String... codings) {
        if (header == null) {
            return null;
        }
        double[] weights = new double[codings.length];
        int[] places = new int[codings.length]; // 0 if the header does not name it
        int place = 0;
        double others = 0;
        for (String part : header.toLowerCase(Locale.ROOT).split(",", MOST_PARTS)) {
            String[] pieces = part.split(";", -1);
            String name = pieces[0].trim();
            double weight = weight(pieces);
            place++;
            if (name.equals("*")) {
                others = weight;
            }
            for (int i = 0; i < codings.length; i++) {
                if (name.equals(codings[i]) || (name.equals("x-gzip") && codings[i].equals("gzip"))) {
                    weights[i] = weight;
                    places[i] = place;
                }
            }
        }
        String best = null;
        double most = 0;
        int first = 0;
        for (int i = 0; i < codings.length; i++) {
            double weight = places[i] > 0 ? weights[i] : others;
            if (weight > most || (weight == most && most > 0 && places[i] > 0 && (first == 0 || places[i] < first))) {
                most = weight;
                best = codings[i];
                first = places[i];
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
