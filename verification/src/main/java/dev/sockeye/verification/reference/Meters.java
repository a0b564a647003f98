package dev.sockeye.verification.reference;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Finds the meters, which are created by calls of Micrometer's builders. */
final class Meters {

    private Meters() {}

    /** The rows of the table, sorted by name. */
    static Collection<String> rows(List<CompilationUnitTree> sources) {
        Map<String, String> meters = new TreeMap<>();
        for (CompilationUnitTree unit : sources) {
            new TreePathScanner<Void, List<String>>() {
                @Override
                public Void visitMethodInvocation(MethodInvocationTree call, List<String> tags) {
                    String method = call.getMethodSelect() instanceof MemberSelectTree select
                            ? select.getIdentifier().toString()
                            : call.getMethodSelect().toString();
                    String first = call.getArguments().isEmpty()
                            ? ""
                            : ReferencePages.literal(call.getArguments().get(0));
                    List<String> all = tags;
                    if (method.equals("tag") || method.equals("description")) {
                        all = new ArrayList<>(tags);
                        all.add((method.equals("tag") ? "tag " : "") + first);
                    } else if (first.startsWith("sockeye.") && method.equals("builder")) {
                        String kind = ((MemberSelectTree) call.getMethodSelect())
                                .getExpression()
                                .toString();
                        // a TimeGauge is a gauge, a FunctionCounter a counter
                        meter(meters, first, kind.replaceFirst("^(Time|Function)(?=[A-Z])", ""), tags);
                    } else if (first.startsWith("sockeye.") && method.equals("bytes")) {
                        meter(
                                meters,
                                first,
                                "Counter",
                                List.of(ReferencePages.literal(
                                        call.getArguments().get(1))));
                    }
                    // visit the calls before this one in the chain; arguments start a new list
                    scan(call.getMethodSelect(), all);
                    call.getArguments().forEach(argument -> scan(argument, List.of()));
                    return null;
                }
            }.scan(unit, List.of());
        }
        return meters.values();
    }

    private static void meter(Map<String, String> meters, String name, String kind, List<String> found) {
        String tags = found.stream()
                .filter(each -> each.startsWith("tag "))
                .map(each -> "`" + each.substring(4) + "`")
                .sorted()
                .collect(Collectors.joining(", "));
        String what = found.stream()
                .filter(each -> !each.startsWith("tag "))
                .findFirst()
                .orElse("");
        meters.put(name, "| `" + name + "` | " + kind.toLowerCase(Locale.ROOT) + " | " + tags + " | " + what + " |\n");
    }
}
