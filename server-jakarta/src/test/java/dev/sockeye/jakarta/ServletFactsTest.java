package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServletFactsTest {
    private static final String SECURITY_CONTEXT =
            "org.springframework.security.web.context.RequestAttributeSecurityContextRepository.SPRING_SECURITY_CONTEXT";

    /** The attributes that an application with Spring Security and Actuator has, and some others. */
    private static final List<String> FOREIGN = List.of(
            "org.springframework.web.filter.ServerHttpObservationFilter.context",
            "org.springframework.web.filter.ServerHttpObservationFilter.observation",
            "org.springframework.web.context.request.async.WebAsyncManager.WEB_ASYNC_MANAGER",
            "org.springframework.security.web.csrf.DeferredCsrfToken",
            "org.springframework.security.web.csrf.CsrfToken",
            "_csrf",
            "class org.springframework.security.web.ObservationFilterChainDecorator.observation",
            "requestContextFilter.FILTERED",
            "jakarta.servlet.http.HttpServletResponse",
            "org.apache.catalina.core.DISPATCHER_TYPE");

    private static HttpServletRequest request(List<String> attributes) {
        return (HttpServletRequest) Proxy.newProxyInstance(
                HttpServletRequest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (self, method, args) -> switch (method.getName()) {
                    case "getAttributeNames" -> Collections.enumeration(attributes);
                    case "getAttribute" -> attributes.contains(args[0]) ? "value of " + args[0] : null;
                    case "getHeaderNames" -> Collections.emptyEnumeration();
                    case "getMethod" -> "GET";
                    case "getRequestURI" -> "/socket.io/";
                    case "isSecure" -> false;
                    default -> null;
                });
    }

    @Test
    void attributesThatHoldTheRequestAreNotKeptWithTheConnection() {
        ServletFacts facts = new ServletFacts(request(FOREIGN));
        assertThat(FOREIGN).allSatisfy(name -> assertThat(facts.attribute(name)).isNull());
    }

    @Test
    void attributesOfTheApplicationAreKept() {
        ServletFacts facts = new ServletFacts(request(List.of("tenant", SECURITY_CONTEXT)));
        assertThat(facts.attribute("tenant")).isEqualTo("value of tenant");
        assertThat(facts.attribute(SECURITY_CONTEXT)).isEqualTo("value of " + SECURITY_CONTEXT);
    }
}
