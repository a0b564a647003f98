package dev.sockeye.jakarta;

import dev.sockeye.engineio.host.HostRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A copy of the data of a request, because containers reuse request objects. */
final class ServletFacts implements HostRequest {

    private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";
    /** The own attributes of containers and of Spring would keep whole requests in memory as long as the connection. */
    private static final List<String> FOREIGN = List.of(
            "jakarta.servlet.",
            "org.apache.",
            "org.eclipse.jetty.",
            "io.undertow.",
            "dev.sockeye.jakarta.",
            "org.springframework.",
            "class org.springframework.");

    /** The second attribute with the CSRF token of Spring Security, which refers to request and response. */
    private static final String CSRF = "_csrf";

    /** Part of the names of Spring Security's contexts, which applications use. */
    private static final String SECURITY_CONTEXT = "SPRING_SECURITY_CONTEXT";

    private final String method;
    private final String uri;
    private final Map<String, List<String>> headers;
    private final String remoteAddress;
    private final boolean secure;
    private final Map<String, Object> attributes;

    ServletFacts(HttpServletRequest request) {
        method = request.getMethod();
        uri = uriOf(request);
        headers = headersOf(request);
        String address = request.getRemoteAddr();
        remoteAddress = address == null ? "" : address;
        secure = request.isSecure();
        attributes = attributesOf(request);
    }

    /** The raw request target without the context path. */
    static String uriOf(HttpServletRequest request) {
        String path = request.getRequestURI();
        String context = request.getContextPath();
        if (context != null && !context.isEmpty() && path.startsWith(context)) {
            path = path.substring(context.length());
        }
        String query = request.getQueryString();
        return query == null ? path : path + '?' + query;
    }

    private static Map<String, List<String>> headersOf(HttpServletRequest request) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        Enumeration<String> names = request.getHeaderNames();
        while (names.hasMoreElements()) {
            String name = names.nextElement();
            List<String> values = Collections.list(request.getHeaders(name));
            List<String> known = all.putIfAbsent(name.toLowerCase(Locale.ROOT), List.copyOf(values));
            if (known != null && !known.equals(values)) {
                List<String> both = new ArrayList<>(known);
                both.addAll(values);
                all.put(name.toLowerCase(Locale.ROOT), List.copyOf(both));
            }
        }
        return Collections.unmodifiableMap(all);
    }

    private static Map<String, Object> attributesOf(HttpServletRequest request) {
        Map<String, Object> all = new HashMap<>(4);
        Enumeration<String> names = request.getAttributeNames();
        while (names.hasMoreElements()) {
            String name = names.nextElement();
            put(all, name, isForeign(name) ? null : request.getAttribute(name));
        }
        put(all, CERTIFICATES, request.getAttribute(CERTIFICATES));
        put(all, "principal", request.getUserPrincipal());
        put(all, "session", request.getSession(false));
        return all.isEmpty() ? Map.of() : Map.copyOf(all);
    }

    private static boolean isForeign(String name) {
        return name.equals(CSRF)
                || name.endsWith(".FILTERED") // a filter of Spring has run
                || (FOREIGN.stream().anyMatch(name::startsWith) && !name.contains(SECURITY_CONTEXT));
    }

    private static void put(Map<String, Object> to, String name, @Nullable Object value) {
        if (value != null) {
            to.put(name, value);
        }
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String uri() {
        return uri;
    }

    @Override
    public @Nullable String header(String name) {
        List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    @Override
    public Map<String, List<String>> headers() {
        return headers;
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public boolean secure() {
        return secure;
    }

    /**
     * {@code principal}, {@code session} (the {@code HttpSession} if it exists), or a request attribute of the application; those of
     * containers and of Spring are left out.
     */
    @Override
    public @Nullable Object attribute(String name) {
        return attributes.get(name);
    }
}
