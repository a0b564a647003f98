package dev.sockeye.cli.console;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.jspecify.annotations.Nullable;

/** A terminal: output is printed above the input line. Supports history and completion of event names. */
final class TerminalScreen extends Screen {
    private static final int MOST_EVENTS = 1000;

    private final boolean colours;
    private final LineReader reader;
    private final Set<String> events = new ConcurrentSkipListSet<>();

    /** @param history the file in which input lines are kept; {@code null} for none */
    TerminalScreen(Terminal terminal, @Nullable Path history) {
        this(terminal, history, true);
    }

    /** @param colours whether the lines may have colours */
    TerminalScreen(Terminal terminal, @Nullable Path history, boolean colours) {
        this.colours = colours;
        LineReaderBuilder builder = LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("sockeye")
                .parser(new EventParser())
                .completer((line, words, out) -> {
                    if (words.wordIndex() == 0) {
                        String ask = words.word().startsWith("?") ? "?" : "";
                        events.forEach(event -> out.add(new Candidate(ask + event)));
                    }
                })
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.HISTORY_IGNORE_SPACE, true)
                .variable(LineReader.HISTORY_SIZE, 1000);
        if (history != null && ownFile(history)) {
            builder.variable(LineReader.HISTORY_FILE, history);
        }
        reader = builder.build();
    }

    /** Creates the file if necessary, readable by its owner only, since lines may contain private data. Returns false on failure. */
    private static boolean ownFile(Path file) {
        try {
            if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            } else {
                Files.createFile(file);
            }
            return true;
        } catch (FileAlreadyExistsException e) {
            return Files.isWritable(file);
        } catch (IOException e) {
            return false; // no home directory: history in memory only
        }
    }

    /** Adds an event name to the completion candidates. */
    void offer(String event) {
        if (events.size() < MOST_EVENTS) {
            events.add(Line.typed(event));
        }
    }

    /** Returns the next input line, or {@code null} at the end. */
    @Nullable
    String read() {
        try {
            return reader.readLine("> ");
        } catch (UserInterruptException | EndOfFileException e) {
            return null;
        }
    }

    @Override
    void show(String time, Kind kind, String text) {
        if (!colours) {
            reader.printAbove(time + " " + kind.sign + " " + text);
            return;
        }
        AttributedStringBuilder line = new AttributedStringBuilder()
                .style(AttributedStyle.DEFAULT.faint())
                .append(time)
                .style(AttributedStyle.DEFAULT.foreground(kind.colour))
                .append(" " + kind.sign + " ");
        int coloured = kind == Kind.EVENT || kind == Kind.ANSWER ? EventParser.end(text) : text.length();
        line.append(text, 0, coloured).style(AttributedStyle.DEFAULT).append(text.substring(coloured));
        reader.printAbove(line.toAttributedString());
    }
}
