package dev.sockeye.socketio.client.engine;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses the dates of cookies: words in any order, as in RFC 6265, section 5.1.1. */
final class CookieDate {
    private static final Pattern DELIMITERS = Pattern.compile("[\\t\\x20-\\x2f\\x3b-\\x40\\x5b-\\x60\\x7b-\\x7e]+");
    private static final Pattern TIME = Pattern.compile("(\\d{1,2}):(\\d{1,2}):(\\d{1,2})(\\D.*)?");
    private static final Pattern DAY = Pattern.compile("(\\d{1,2})(\\D.*)?");
    private static final Pattern YEAR = Pattern.compile("(\\d{2,4})(\\D.*)?");
    private static final List<String> MONTHS =
            List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
    private static final int FIRST_YEAR = 1601;

    private CookieDate() {}

    /** The time in milliseconds since 1970, or the second argument if the text is not a date. */
    static long millis(String text, long invalid) {
        int[] time = null;
        int day = -1;
        int month = -1;
        int year = -1;
        for (String word : DELIMITERS.split(text, -1)) {
            Matcher times = TIME.matcher(word);
            Matcher days = DAY.matcher(word);
            Matcher years = YEAR.matcher(word);
            if (time == null && times.matches()) {
                time = new int[] {number(times, 1), number(times, 2), number(times, 3)};
            } else if (day < 0 && days.matches()) {
                day = number(days, 1);
            } else if (month < 0 && word.length() >= 3 && month(word) >= 0) {
                month = month(word);
            } else if (year < 0 && years.matches()) {
                year = fourDigits(number(years, 1));
            }
        }
        if (time == null || day < 0 || month < 0 || year < FIRST_YEAR) {
            return invalid;
        }
        try {
            return LocalDateTime.of(year, month + 1, day, time[0], time[1], time[2])
                    .toInstant(ZoneOffset.UTC)
                    .toEpochMilli();
        } catch (DateTimeException e) {
            return invalid;
        }
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }

    private static int month(String word) {
        return MONTHS.indexOf(word.substring(0, 3).toLowerCase(Locale.ROOT));
    }

    private static int fourDigits(int year) {
        return year > 99 ? year : year + (year < 70 ? 2000 : 1900);
    }
}
