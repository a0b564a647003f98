package dev.sockeye.verification.reference;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.ToolProvider;

/**
 * Generates the pages in {@code docs/reference} from the sources of the published modules: options from the builders and their
 * fields, Spring Boot properties, reasons and codes from the enums, listeners, meters. Requires the JDK only: {@code
 * docs/generate} compiles and runs this package.
 */
public final class ReferencePages {
    private static final String NOTE =
            "<!-- Written by docs/generate from the sources. Change the Javadoc there, then run it again. -->\n\n";

    /** The directories of the modules, in the order of the page, with their titles. */
    private static final Map<String, String> MODULES = new LinkedHashMap<>();

    static {
        MODULES.put("server", "Server");
        MODULES.put("engine", "Engine");
        MODULES.put("server-netty", "Netty host");
        MODULES.put("server-webtransport", "WebTransport");
        MODULES.put("server-jakarta", "Servlet host");
        MODULES.put("client", "Client");
        MODULES.put("client-webtransport", "WebTransport for the client");
        MODULES.put("adapter-redis", "Redis adapters");
        MODULES.put("adapter-postgres", "PostgreSQL adapters");
        MODULES.put("adapter-kafka", "Kafka adapter");
        MODULES.put("presence", "Presence");
        MODULES.put("admin-ui", "Admin UI");
        MODULES.put("metrics", "Metrics");
    }

    /** All sources of the modules above, of the starter and of the modules below them, by directory and class name. */
    private final Map<String, List<CompilationUnitTree>> sources = new LinkedHashMap<>();

    private final DocTrees trees;

    private ReferencePages(Path root) throws IOException {
        List<String> folders = new ArrayList<>(MODULES.keySet());
        folders.addAll(List.of("spring-boot-starter", "protocol", "runtime"));
        List<Path> files = new ArrayList<>();
        for (String folder : folders) {
            try (Stream<Path> all = Files.walk(root.resolve(folder).resolve("src/main/java"))) {
                all.filter(file -> file.toString().endsWith(".java")
                                && !file.endsWith("module-info.java")
                                && !file.endsWith("package-info.java"))
                        .sorted()
                        .forEach(files::add);
            }
        }
        var compiler = ToolProvider.getSystemJavaCompiler();
        var manager = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
        var task = (JavacTask) compiler.getTask(
                null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
        trees = DocTrees.instance(task);
        for (CompilationUnitTree unit : task.parse()) {
            Path file = root.relativize(Path.of(unit.getSourceFile().toUri()));
            sources.computeIfAbsent(file.getName(0).toString(), folder -> new ArrayList<>())
                    .add(unit);
        }
    }

    /** Writes the pages to {@code docs/reference} in the given directory, or in the current one. */
    public static void main(String[] args) throws IOException {
        Path root = Path.of(args.length > 0 ? args[0] : "").toAbsolutePath();
        Path folder = Files.createDirectories(root.resolve("docs/reference"));
        for (Map.Entry<String, String> page : pages(root).entrySet()) {
            Files.writeString(folder.resolve(page.getKey()), page.getValue());
            System.out.println("docs/reference/" + page.getKey());
        }
    }

    /** The expected contents of the pages, by file name. */
    public static Map<String, String> pages(Path root) throws IOException {
        ReferencePages pages = new ReferencePages(root);
        Map<String, String> written = new TreeMap<>();
        written.put("options.md", pages.options());
        written.put("spring-properties.md", pages.properties());
        written.put("events-and-codes.md", pages.events());
        Map<String, String> titles = new LinkedHashMap<>(MODULES);
        titles.putAll(
                Map.of("protocol", "Payloads", "runtime", "Handler threads", "spring-boot-starter", "Spring Boot"));
        written.put("log-events.md", NOTE + pages.logEvents().page(titles));
        return written;
    }

    /** What is wrong with the ids of log events: statements without one, numbers that are used twice. */
    public static List<String> logProblems(Path root) throws IOException {
        return new ReferencePages(root).logEvents().problems();
    }

    private LogEvents logEvents() {
        return new LogEvents(sources, trees);
    }

    // ---- options

    private String options() {
        StringBuilder page = new StringBuilder(NOTE);
        page.append(
                "# Options\n\nEvery option of the builders. `build()` checks the values and names the option that is wrong. Where the "
                        + "type is a class of options, the method takes a function that changes them: `.cors(cors -> cors.credentials(true))`.\n");
        MODULES.forEach((folder, title) -> {
            List<String> tables = new ArrayList<>();
            Map<String, TreePath> builders = new LinkedHashMap<>();
            eachClass(folder, (path, type) -> builders.put(type.getSimpleName().toString(), path));
            eachClass(folder, (path, type) -> {
                if (type.getModifiers().getFlags().contains(Modifier.PUBLIC)) {
                    Optional.ofNullable(builders.get(type.getSimpleName() + "Builder"))
                            .or(() -> nested(type, "Builder").map(builder -> new TreePath(path, builder)))
                            .ifPresent(builder -> tables.add(builderTable(path, type, builder)));
                }
            });
            // long tables first: they are the ones that readers look for
            tables.sort(Comparator.comparing(table -> -table.lines().count()));
            String section = String.join("", tables);
            if (!section.isEmpty()) {
                page.append("\n## ").append(title).append('\n').append(section);
            }
        });
        return page.toString();
    }

    private String builderTable(TreePath path, ClassTree type, TreePath builderPath) {
        ClassTree builder = (ClassTree) builderPath.getLeaf();
        Map<String, VariableTree> fields = new LinkedHashMap<>();
        Map<String, String> accessors = new LinkedHashMap<>();
        for (Tree member : type.getMembers()) {
            if (member instanceof MethodTree method && method.getParameters().isEmpty()) {
                accessors.put(method.getName().toString(), comment(new TreePath(path, method)));
            }
        }
        if (type.getSimpleName().contentEquals("SocketIoServerOptions")) {
            fields.putAll(engineFields());
        }
        StringBuilder rows = new StringBuilder();
        for (Tree member : builder.getMembers()) {
            if (member instanceof VariableTree field) {
                fields.put(field.getName().toString(), field);
            }
        }
        for (Tree member : builder.getMembers()) {
            if (member instanceof MethodTree method
                    && method.getModifiers().getFlags().contains(Modifier.PUBLIC)
                    && method.getParameters().size() > 0
                    && !method.getName().contentEquals("<init>")) {
                String doc = comment(new TreePath(builderPath, method));
                String name = method.getName().toString();
                String parameters = method.getParameters().stream()
                        .map(each -> type(each.getType()) + (isVarargs(method, each) ? "..." : ""))
                        .collect(Collectors.joining(", "));
                rows.append(row(
                        "`" + name + "`",
                        code(parameters.replace("[]...", "...").replaceAll("UnaryOperator<(\\w+)\\.Builder>", "$1")),
                        Values.defaultOf(
                                Optional.ofNullable(fields.get(name)),
                                doc,
                                accessors.getOrDefault(name, ""),
                                parameters),
                        JavadocMarkdown.sentence(doc)));
            }
        }
        if (rows.length() == 0) {
            return "";
        }
        return "\n### " + type.getSimpleName() + "\n\n" + JavadocMarkdown.sentence(comment(path)) + "\n\n"
                + "| option | type | default | description |\n|---|---|---|---|\n" + rows;
    }

    /** The fields of the engine options, which are also options of the server. */
    private Map<String, VariableTree> engineFields() {
        Map<String, VariableTree> fields = new LinkedHashMap<>();
        eachClass("engine", (path, type) -> {
            if (type.getSimpleName().contentEquals("EngineOptions")) {
                for (Tree member : nested(type, "Builder").orElseThrow().getMembers()) {
                    if (member instanceof VariableTree field
                            && field.getInitializer() != null
                            && field.getInitializer().getKind() != Tree.Kind.NULL_LITERAL) {
                        fields.put(field.getName().toString(), field);
                    }
                }
            }
        });
        fields.remove("path");
        return fields;
    }

    private static boolean isVarargs(MethodTree method, VariableTree parameter) {
        return parameter.toString().contains("...")
                && method.getParameters().indexOf(parameter)
                        == method.getParameters().size() - 1;
    }

    // ---- properties of Spring Boot

    private String properties() {
        StringBuilder page = new StringBuilder(NOTE);
        page.append(
                "# Spring Boot properties\n\nThe properties `sockeye.*` of the starter. See [Spring Boot](../spring-boot.md).\n");
        eachClass("spring-boot-starter", (path, type) -> {
            if (type.getSimpleName().contentEquals("SockeyeProperties")) {
                Map<String, ClassTree> records = new LinkedHashMap<>();
                for (Tree member : type.getMembers()) {
                    if (member instanceof ClassTree nested) {
                        records.put(nested.getSimpleName().toString(), nested);
                    }
                }
                page.append("\n| property | type | default | description |\n|---|---|---|---|\n");
                propertyRows(page, path, type, "sockeye.", records);
            }
        });
        return page.toString();
    }

    private void propertyRows(
            StringBuilder page, TreePath path, ClassTree type, String prefix, Map<String, ClassTree> records) {
        Map<String, String> docs = parameters(path);
        for (Tree member : type.getMembers()) {
            if (!(member instanceof VariableTree component)
                    || component.getModifiers().getFlags().contains(Modifier.STATIC)) {
                continue;
            }
            String name = component.getName().toString();
            String property = prefix + name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            ClassTree nested = records.get(type(component.getType()));
            if (nested != null && nested.getKind() == Tree.Kind.RECORD) {
                propertyRows(page, new TreePath(outermost(path), nested), nested, property + ".", records);
                continue;
            }
            String values = nested == null
                    ? type(component.getType())
                    : nested.getMembers().stream()
                            .filter(each -> each instanceof VariableTree constant
                                    && constant.getInitializer() instanceof NewClassTree)
                            .map(each -> ((VariableTree) each)
                                    .getName()
                                    .toString()
                                    .toLowerCase(Locale.ROOT)
                                    .replace('_', '-'))
                            .collect(Collectors.joining(", "));
            page.append(row("`" + property + "`", code(values), springDefault(component), docs.getOrDefault(name, "")));
        }
    }

    private static TreePath outermost(TreePath path) {
        TreePath at = path;
        while (at.getParentPath() != null && !(at.getParentPath().getLeaf() instanceof CompilationUnitTree)) {
            at = at.getParentPath();
        }
        return at;
    }

    private static String springDefault(VariableTree component) {
        for (AnnotationTree annotation : component.getModifiers().getAnnotations()) {
            if (annotation.getAnnotationType().toString().equals("DefaultValue")) {
                if (annotation.getArguments().isEmpty()) {
                    return "none";
                }
                ExpressionTree value = annotation.getArguments().get(0);
                String text =
                        (value instanceof AssignmentTree assignment ? assignment.getExpression() : value).toString();
                return code(text.replaceAll("[{}\"]", "").strip());
            }
        }
        return "none";
    }

    // ---- events, reasons, codes, meters

    private String events() {
        StringBuilder page = new StringBuilder(NOTE);
        page.append("# Events, reasons and codes\n");
        page.append("""

                The listeners of server and client, the reasons of disconnections, the codes of refused requests, and the meters.

                ## Listeners

                Each method returns a `Registration`; `close()` removes the handler or listener.
                """);
        listeners(page, "server", "SocketIoServer", "Namespace", "Socket");
        listeners(page, "protocol", "EventReceiver");
        listeners(page, "engine", "EngineServer");
        listeners(page, "client", "Socket", "Manager");
        page.append(
                "\n## Disconnect reasons of the server\n\nThe first argument of `onDisconnect`, and the text that clients and Node servers know.\n");
        constants(page, "server", "DisconnectReason");
        page.append("\n## Disconnect reasons of the client\n");
        constants(page, "client", "DisconnectReason");
        page.append("\n## Reasons for the end of a session\n");
        constants(page, "engine", "CloseReason");
        page.append(
                "\n## Codes of refused requests\n\nThe answer to a request that the engine refuses: `{\"code\": 1, \"message\": \"Session ID unknown\"}`.\n");
        constants(page, "engine", "HandshakeError");
        page.append(
                "\n## Meters\n\nSee [metrics](../observability.md).\n\n| meter | kind | tags | description |\n|---|---|---|---|\n");
        Meters.rows(sources.getOrDefault("metrics", List.of())).forEach(page::append);
        page.append("\n## Flight recorder events\n\n| event | description |\n|---|---|\n");
        eachClass("metrics", (path, type) -> {
            for (Tree member : type.getMembers()) {
                if (member instanceof ClassTree event
                        && !annotation(event, "Name").isEmpty()) {
                    page.append("| `")
                            .append(annotation(event, "Name"))
                            .append("` | ")
                            .append(annotation(event, "Description"))
                            .append(" |\n");
                }
            }
        });
        return page.toString();
    }

    private void listeners(StringBuilder page, String folder, String... names) {
        for (String name : names) {
            eachClass(folder, (path, type) -> {
                if (!type.getSimpleName().contentEquals(name)
                        || !type.getModifiers().getFlags().contains(Modifier.PUBLIC)) {
                    return;
                }
                page.append("\n### ")
                        .append(folder.equals("client") ? "Client: " : "")
                        .append(name)
                        .append(folder.equals("protocol") ? ": sockets of server and client" : "")
                        .append("\n\n| method | description |\n|---|---|\n");
                String last = "";
                for (Tree member : type.getMembers()) {
                    if (member instanceof MethodTree method
                            && (type.getKind() == Tree.Kind.INTERFACE
                                    || method.getModifiers().getFlags().contains(Modifier.PUBLIC))
                            && method.getName().toString().matches("(prepend|on|use|add)([A-Z]\\w*)?")
                            && !comment(new TreePath(path, method)).isEmpty()) {
                        String row =
                                method.getName() + " " + JavadocMarkdown.sentence(comment(new TreePath(path, method)));
                        if (row.equals(last)) {
                            continue; // an overload with the same description
                        }
                        last = row;
                        page.append("| `")
                                .append(method.getName())
                                .append('(')
                                .append(method.getParameters().stream()
                                        .map(each -> type(each.getType()))
                                        .collect(Collectors.joining(", ")))
                                .append(")` | ")
                                .append(cell(JavadocMarkdown.sentence(comment(new TreePath(path, method)))))
                                .append(" |\n");
                    }
                }
            });
        }
    }

    private void constants(StringBuilder page, String folder, String name) {
        eachClass(folder, (path, type) -> {
            if (!type.getSimpleName().contentEquals(name)
                    || !type.getModifiers().getFlags().contains(Modifier.PUBLIC)) {
                return;
            }
            boolean codes = name.equals("HandshakeError");
            page.append(codes ? "\n| code | message |\n|---|---|\n" : "\n| constant | text | when |\n|---|---|---|\n");
            int code = 0;
            for (Tree member : type.getMembers()) {
                if (member instanceof VariableTree constant
                        && constant.getInitializer() instanceof NewClassTree created) {
                    String text = created.getArguments().isEmpty()
                            ? ""
                            : literal(created.getArguments().get(0));
                    page.append(
                            codes
                                    ? "| " + code++ + " | `" + text + "` |\n"
                                    : "| `" + constant.getName() + "` | `" + text + "` | "
                                            + cell(JavadocMarkdown.text(comment(new TreePath(path, constant))))
                                            + " |\n");
                }
            }
        });
    }

    // ---- sources

    private void eachClass(String folder, BiConsumer<TreePath, ClassTree> action) {
        for (CompilationUnitTree unit : sources.getOrDefault(folder, List.of())) {
            for (Tree declared : unit.getTypeDecls()) {
                if (declared instanceof ClassTree type) {
                    action.accept(new TreePath(new TreePath(unit), type), type);
                }
            }
        }
    }

    private static Optional<ClassTree> nested(ClassTree type, String name) {
        return type.getMembers().stream()
                .filter(ClassTree.class::isInstance)
                .map(ClassTree.class::cast)
                .filter(each -> each.getSimpleName().contentEquals(name))
                .findFirst();
    }

    private String comment(TreePath path) {
        String comment = trees.getDocComment(path);
        return comment == null ? "" : comment.strip();
    }

    /** The descriptions of the {@code @param} tags. */
    private Map<String, String> parameters(TreePath path) {
        Map<String, String> parameters = new LinkedHashMap<>();
        DocCommentTree comment = trees.getDocCommentTree(path);
        if (comment != null) {
            for (DocTree tag : comment.getBlockTags()) {
                if (tag instanceof ParamTree parameter) {
                    String text = parameter.getDescription().stream()
                            .map(Object::toString)
                            .collect(Collectors.joining());
                    parameters.put(parameter.getName().toString(), JavadocMarkdown.text(text));
                }
            }
        }
        return parameters;
    }

    private static String annotation(ClassTree type, String name) {
        for (AnnotationTree annotation : type.getModifiers().getAnnotations()) {
            if (annotation.getAnnotationType().toString().equals(name)) {
                ExpressionTree value = annotation.getArguments().get(0);
                return literal(value instanceof AssignmentTree assignment ? assignment.getExpression() : value);
            }
        }
        return "";
    }

    static String literal(Tree tree) {
        return tree instanceof LiteralTree literal && literal.getValue() instanceof String text ? text : "";
    }

    private static String type(Tree type) {
        return type.toString()
                .replaceAll("@\\w+(\\(\\))? ?", "")
                .replace(", ", ",")
                .replace(",", ", ");
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }

    private static String row(String... cells) {
        return Stream.of(cells).map(ReferencePages::cell).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }
}
