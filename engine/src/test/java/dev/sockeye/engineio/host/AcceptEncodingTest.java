package dev.sockeye.engineio.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AcceptEncodingTest {
    private static String choice(String header) {
        return String.valueOf(AcceptEncoding.choose(header, "gzip", "br"));
    }

    @Test
    void theCodingWithTheHighestWeightIsChosen() {
        assertThat(choice("gzip;q=0.4, br;q=0.5")).isEqualTo("br");
        assertThat(choice("br;q=0.5, GZIP ; level=9; q=0.8")).isEqualTo("gzip");
        assertThat(choice("gzip;q=0, br;q=0.5")).isEqualTo("br");
    }

    @Test
    void ofEqualCodingsTheOneThatTheClientNamesFirstIsChosen() {
        assertThat(choice("br, gzip, deflate")).isEqualTo("br");
        assertThat(choice("gzip, br")).isEqualTo("gzip");
        assertThat(choice("*, br")).isEqualTo("br");
        assertThat(choice("br;q=0.5, gzip;q=0.5, deflate")).isEqualTo("br");
        assertThat(choice("*")).isEqualTo("gzip");
    }

    @Test
    void aWildcardMatchesCodingsThatAreNotListed() {
        assertThat(choice("gzip;q=0.1, *")).isEqualTo("br");
        assertThat(choice("*, gzip;q=0")).isEqualTo("br");
        assertThat(choice("gzip, *;q=0")).isEqualTo("gzip");
    }

    @Test
    void nothingIsChosenWithoutAnAcceptableCoding() {
        assertThat(choice("identity")).isEqualTo("null");
        assertThat(choice("gzip;q=x")).isEqualTo("null");
        assertThat(choice("")).isEqualTo("null");
        assertThat(AcceptEncoding.choose(null, "gzip")).isNull();
    }

    @Test
    void xGzipIsAnAliasOfGzip() {
        assertThat(choice("x-gzip")).isEqualTo("gzip");
    }
}
