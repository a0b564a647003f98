package dev.sockeye.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class QueryStringTest {
    private static List<String> fields(String form) {
        List<String> fields = new ArrayList<>();
        QueryString.forEach(form, (name, value) -> fields.add(name + "=" + value));
        return fields;
    }

    @Test
    void readsFieldsInOrder() {
        assertThat(fields("a=1&b&c=&=d&&e=f=g&h=%20+%c3%a9%zz"))
                .containsExactly("a=1", "b=", "c=", "=d", "e=f=g", "h=  é%zz");
        assertThat(fields("")).isEmpty();
        assertThat(fields("&")).isEmpty();
    }

    /** A client may send a form of a megabyte; an I/O thread reads it. */
    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void readsManyFieldsWithoutAValueInLinearTime() {
        int[] count = {0};
        QueryString.forEach("a&".repeat(2_000_000), (name, value) -> count[0]++);
        assertThat(count[0]).isEqualTo(2_000_000);
    }
}
