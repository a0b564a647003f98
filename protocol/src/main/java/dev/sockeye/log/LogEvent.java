package dev.sockeye.log;

/**
 * An event of the log, with a number that never changes. Each package has an enum of its events. The Javadoc of a constant is
 * published in {@code docs/reference/log-events.md}: the first paragraph describes the event, the second one the remedy.
 *
 * <p>Messages at the levels info, warning and error begin with the id, and a test rejects those that do not. The number
 * of a removed event is not used again. Not an API for applications.
 */
public interface LogEvent {
    /** The number of this event, unique among all modules. */
    int number();

    /** A message that begins with the id: {@code [SKY-1301] a handler has failed}. */
    default String text(String message) {
        return "[SKY-" + number() + "] " + message;
    }
}
