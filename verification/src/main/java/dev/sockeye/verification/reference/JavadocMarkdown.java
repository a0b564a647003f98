package dev.sockeye.verification.reference;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Converts Javadoc to Markdown. */
final class JavadocMarkdown {
    private static final Pattern LINK =
            Pattern.compile("\\{@link(?:plain)?\\s+([^\\s(}]+(?:\\([^)]*\\))?)(?:\\s+([^}]+))?}");
    private static final Pattern END = Pattern.compile("\\.(?=\\s+[A-Z]|$)");
    private static final Pattern DEFAULT =
            Pattern.compile("(?:[;,.(]\\s*)?\\b[Dd]efault:?\\s+(?:is\\s+)?((?:[^.;`)]|`[^`]*`|\\.(?=\\S))+)[.;)]?");

    private JavadocMarkdown() {}

    /** The complete comment without its block tags. */
    static String text(String javadoc) {
        String text = javadoc.replaceAll("(?s)\\n\\s*@\\w+.*", "").replaceAll("(?s)<p>.*", "");
        text = text.replaceAll("\\s+", " ").strip();
        text = text.replaceAll("\\{@code\\s+([^{}]*(?:\\{[^{}]*}[^{}]*)*)}", "`$1`");
        Matcher link = LINK.matcher(text);
        StringBuilder out = new StringBuilder();
        while (link.find()) {
            String shown = link.group(2) != null ? link.group(2) : reference(link.group(1));
            link.appendReplacement(out, Matcher.quoteReplacement("`" + shown + "`"));
        }
        link.appendTail(out);
        return out.toString().replaceAll("<[^>]+>", "");
    }

    private static String reference(String target) {
        String name = target.replaceAll("\\(.*", "");
        return name.startsWith("#") ? name.substring(1) : name.replace('#', '.');
    }

    /** The first sentence, without the default. */
    static String sentence(String javadoc) {
        String text = text(javadoc);
        Matcher end = END.matcher(text);
        String first = end.find() ? text.substring(0, end.start()) : text;
        Matcher phrase = DEFAULT.matcher(first);
        if (phrase.find()) {
            first = first.substring(0, phrase.start()) + after(first.substring(phrase.end()));
        }
        first = first.strip();
        return first.isEmpty() || first.endsWith(".") ? first : first + ".";
    }

    private static String after(String rest) {
        return rest.isBlank() || !Character.isLetterOrDigit(rest.strip().charAt(0)) ? rest : "; " + rest.strip();
    }

    /** The default value according to a comment; empty if it is not mentioned. */
    static String defaultOf(String javadoc) {
        Matcher phrase = DEFAULT.matcher(text(javadoc));
        return phrase.find() ? phrase.group(1).strip() : "";
    }
}
