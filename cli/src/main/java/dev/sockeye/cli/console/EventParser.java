package dev.sockeye.cli.console;

import java.util.List;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.ParsedLine;
import org.jline.reader.Parser;

/** Splits a line for completion into the event, which may be in double quotes, and the rest. */
final class EventParser implements Parser {
    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
        int end = end(line);
        boolean inEvent = cursor <= end;
        return inEvent
                ? new Split(line, cursor, 0, line.substring(0, end), cursor)
                : new Split(line, cursor, 1, line.substring(end), cursor - end);
    }

    /** The index at which the event ends. */
    static int end(String line) {
        int start = line.startsWith("?") ? 1 : 0;
        boolean quoted = line.startsWith("\"", start);
        for (int i = start + (quoted ? 1 : 0); i < line.length(); i++) {
            char c = line.charAt(i);
            if (quoted && c == '\\') {
                i++;
            } else if (quoted && c == '"') {
                return i + 1;
            } else if (!quoted && Character.isWhitespace(c)) {
                return i;
            }
        }
        return line.length();
    }

    private record Split(String line, int cursor, int wordIndex, String word, int wordCursor)
            implements CompletingParsedLine {
        @Override
        public List<String> words() {
            return wordIndex == 0 ? List.of(word) : List.of(line.substring(0, line.length() - word.length()), word);
        }

        @Override
        public CharSequence escape(CharSequence candidate, boolean complete) {
            return candidate;
        }

        @Override
        public int rawWordCursor() {
            return wordCursor;
        }

        @Override
        public int rawWordLength() {
            return word.length();
        }
    }
}
