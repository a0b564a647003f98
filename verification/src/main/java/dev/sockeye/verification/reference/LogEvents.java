package dev.sockeye.verification.reference;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The events of the log: the constants of the enums that implement {@code LogEvent}, and the statements that log them. */
final class LogEvents {
    private static final Pattern USE = Pattern.compile("\\b(\\w+Log)\\.([A-Z_]+)\\.text\\(");
    private static final Pattern PARAGRAPH = Pattern.compile("<p>");
    private static final Pattern LEVEL = Pattern.compile("\\b(ERROR|WARNING|INFO)\\b");
    private static final Pattern OTHER_LOGS = Pattern.compile(
            "org\\.slf4j\\..*|java\\.util\\.logging\\..*|org\\.apache\\.(logging|commons\\.logging)\\..*");

    /** The only class that passes on a level and a message of its callers. */
    private static final String PASSES_ON = "QuietLog";

    private record Event(int number, String module, String enumeration, String constant, String comment) {
        /** What has happened, and what to do. */
        List<String> paragraphs() {
            return List.of(PARAGRAPH.split(comment, -1));
        }
    }

    private final Map<Integer, Event> events = new TreeMap<>();
    private final Map<String, String> levels = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();
    private final DocTrees trees;

    LogEvents(Map<String, List<CompilationUnitTree>> sources, DocTrees trees) {
        this.trees = trees;
        sources.forEach((module, units) -> units.forEach(unit -> read(module, unit)));
        for (Event event : events.values()) {
            if (!levels.containsKey(key(event))) {
                problems.add("no statement logs " + event.enumeration + "." + event.constant);
            }
            if (event.paragraphs().size() != 2) {
                problems.add(event.enumeration + "." + event.constant
                        + " needs two paragraphs: what has happened, and what to do");
            }
        }
    }

    /** Statements without an id, numbers that are used twice, events that nothing logs. */
    List<String> problems() {
        return problems;
    }

    String page(Map<String, String> titles) {
        StringBuilder page = new StringBuilder("""
                # Log events

                Each message at the levels info, warning and error begins with the id of its event: `[SKY-1301] a handler of ...`. An id is
                never given to another event, so alerts and searches by id keep working when a text changes. The text after it is for people
                and may change. Messages at debug level have no id. In JSON logs the id can be a
                [field of its own](../observability.md#the-id-as-a-field-of-json-logs).
                """);
        String module = "";
        for (Event event : events.values()) {
            if (!event.module.equals(module)) {
                module = event.module;
                page.append("\n## ")
                        .append(titles.getOrDefault(module, module))
                        .append("\n\n| id | level | what has happened | what to do |\n|---|---|---|---|\n");
            }
            List<String> paragraphs = event.paragraphs();
            page.append("| `SKY-")
                    .append(event.number)
                    .append("` | ")
                    .append(levels.getOrDefault(key(event), "").toLowerCase(Locale.ROOT))
                    .append(" | ")
                    .append(JavadocMarkdown.text(paragraphs.get(0)))
                    .append(" | ")
                    .append(paragraphs.size() < 2 ? "" : JavadocMarkdown.text(paragraphs.get(1)))
                    .append(" |\n");
        }
        return page.toString();
    }

    private static String key(Event event) {
        return event.module + "/" + event.enumeration + "." + event.constant;
    }

    private void read(String module, CompilationUnitTree unit) {
        String file = unit.getSourceFile().getName().replaceAll(".*/", "");
        for (ImportTree each : unit.getImports()) {
            if (OTHER_LOGS.matcher(each.getQualifiedIdentifier().toString()).matches()) {
                problems.add(file + " uses another logging API than System.Logger: " + each);
            }
        }
        for (Tree declared : unit.getTypeDecls()) {
            if (declared instanceof ClassTree type && type.getKind() == Tree.Kind.ENUM && isRegistry(type)) {
                constants(module, new TreePath(new TreePath(unit), type), type);
            }
        }
        new TreePathScanner<Void, Void>() {
            @Override
            public Void visitMethodInvocation(MethodInvocationTree call, Void nothing) {
                statement(module, file, call);
                return super.visitMethodInvocation(call, null);
            }
        }.scan(unit, null);
    }

    private static boolean isRegistry(ClassTree type) {
        return type.getImplementsClause().stream()
                .anyMatch(each -> each.toString().endsWith("LogEvent"));
    }

    private void constants(String module, TreePath path, ClassTree type) {
        for (Tree member : type.getMembers()) {
            if (member instanceof VariableTree constant
                    && constant.getInitializer() instanceof NewClassTree created
                    && !created.getArguments().isEmpty()
                    && created.getArguments().get(0) instanceof LiteralTree literal
                    && literal.getValue() instanceof Integer number) {
                String comment = trees.getDocComment(new TreePath(path, constant));
                Event event = new Event(
                        number,
                        module,
                        type.getSimpleName().toString(),
                        constant.getName().toString(),
                        comment == null ? "" : comment);
                Event other = events.putIfAbsent(number, event);
                if (other != null) {
                    problems.add(number + " is the number of " + key(other) + " and of " + key(event));
                }
            }
        }
    }

    private void statement(String module, String file, MethodInvocationTree call) {
        if (!(call.getMethodSelect() instanceof MemberSelectTree select)
                || call.getArguments().isEmpty()
                || !isLogger(select.getExpression())) {
            return;
        }
        String method = select.getIdentifier().toString();
        String first = call.getArguments().get(0).toString();
        boolean passedOn = first.equals("level");
        Matcher named = LEVEL.matcher(method.equals("warning") ? "WARNING" : first);
        boolean leveled = named.find();
        if (!method.equals("warning") && (!method.equals("log") || (!leveled && !passedOn))) {
            return;
        }
        Matcher use = USE.matcher(call.getArguments().toString());
        if (use.find()) {
            levels.merge(module + "/" + use.group(1) + "." + use.group(2), named.group(), LogEvents::higher);
        } else if (!passedOn || !file.equals(PASSES_ON + ".java")) {
            problems.add(file + " logs without an id: "
                    + call.toString().lines().findFirst().orElse(""));
        }
    }

    private static String higher(String one, String other) {
        List<String> order = List.of("INFO", "WARNING", "ERROR");
        return order.indexOf(one) >= order.indexOf(other) ? one : other;
    }

    /** A field or variable of a logger, or {@code System.getLogger(...)}. */
    private static boolean isLogger(Tree receiver) {
        return receiver instanceof IdentifierTree name
                ? name.getName().toString().toLowerCase(Locale.ROOT).matches("log|logger")
                : receiver.toString().startsWith("System.getLogger(");
    }
}
