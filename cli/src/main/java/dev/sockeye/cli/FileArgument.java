package dev.sockeye.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The value of an option, or with {@code @FILE} the text of a file: other users can see arguments in the list of processes. */
public final class FileArgument {
    private FileArgument() {}

    /**
     * Returns the text of an option.
     *
     * @throws IllegalArgumentException if the file cannot be read
     */
    public static String read(String option, String given) {
        if (!given.startsWith("@")) {
            return given;
        }
        Path file = Path.of(given.substring(1));
        try {
            return Files.readString(file).strip();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + " of " + option + " is not a text in UTF-8", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + " of " + option, e);
        }
    }
}
