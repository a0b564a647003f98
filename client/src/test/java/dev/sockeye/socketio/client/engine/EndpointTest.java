package dev.sockeye.socketio.client.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
    @ParameterizedTest
    @CsvSource({
        "http://chat_server:3000/a?b=c, chat_server, 3000, chat_server:3000",
        "https://user:secret@my_host, my_host, 443, my_host",
        "chat_server, chat_server, 80, chat_server",
        "http://bücher.example, xn--bcher-kva.example, 80, xn--bcher-kva.example",
        "http://[::1]:5, ::1, 5, [::1]:5",
        "http://[fe80::1%25eth0]:5, fe80::1%eth0, 5, [fe80::1]:5",
        "http://[fe80::1%eth0], fe80::1%eth0, 80, [fe80::1]",
        "http://[fe80::1%25], fe80::1%25, 80, [fe80::1]",
    })
    void hostAndPortAreParsed(String uri, String host, int port, String authority) {
        Endpoint endpoint = Endpoint.parse(uri);
        assertThat(endpoint.server().host()).isEqualTo(host);
        assertThat(endpoint.server().port()).isEqualTo(port);
        assertThat(endpoint.server().authority()).isEqualTo(authority);
    }

    @Test
    void pathAndQueryOfAnUnusualHostAreParsed() {
        Endpoint endpoint = Endpoint.parse("http://chat_server:3000/a?b=c");
        assertThat(endpoint.namespace()).isEqualTo("/a");
        assertThat(endpoint.query()).containsEntry("b", "c").hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://",
                "http:///a",
                "http://a_b:x",
                "http://a_b:1:2",
                "http://host:65536",
                "http://a_b:99999",
                "http://a%0d%0ab",
                "http://a%20b",
                "http://a%2fb",
                "http://a_b%25c"
            })
    void invalidHostsAndPortsAreRefused(String uri) {
        assertThatThrownBy(() -> Endpoint.parse(uri)).isInstanceOf(IllegalArgumentException.class);
    }
}
