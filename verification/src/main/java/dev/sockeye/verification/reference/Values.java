package dev.sockeye.verification.reference;

import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.UnaryTree;
import com.sun.source.tree.VariableTree;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The initial value of a builder's field, in readable form. */
final class Values {
    private static final Map<String, String> UNITS =
            Map.of("ofMillis", "ms", "ofSeconds", "s", "ofMinutes", "min", "ofHours", "h", "ofDays", "days");

    private static final Pattern REQUIRED = Pattern.compile("(^|[.;] )\\s*[Rr]equired\\.");

    private Values() {}

    /**
     * The default of an option.
     *
     * @param type the type of the option, since one without a default is off or not set
     */
    static String defaultOf(Optional<VariableTree> field, String javadoc, String accessor, String type) {
        if (REQUIRED.matcher(javadoc).find()) {
            return "required";
        }
        // an absent value is "none", whatever represents it
        String value = initial(field, javadoc, accessor).replaceFirst("^`null`: ", "");
        if (value.isEmpty() || value.equals("none") || value.equals("`null`")) {
            return type.equals("boolean") ? "`false`" : "none";
        }
        return value.matches("true|false")
                ? "`" + value + "`"
                : value.replaceFirst("^`[A-Z]\\w*\\.([A-Z_]+)`$", "`$1`")
                        .replaceFirst("^`([A-Z]\\w*\\.[a-z]\\w*)`$", "`$1()`");
    }

    /** From the field if its value is simple, otherwise from the comment of the builder's method or of the accessor. */
    private static String initial(Optional<VariableTree> field, String javadoc, String accessor) {
        String said =
                JavadocMarkdown.defaultOf(JavadocMarkdown.defaultOf(javadoc).isEmpty() ? accessor : javadoc);
        if (field.isEmpty()) {
            return said;
        }
        ExpressionTree value = field.get().getInitializer();
        if (value == null) {
            String type = field.get().getType().toString();
            String nothing = type.equals("boolean") ? "`false`" : type.matches("int|long|double") ? "0" : "none";
            return nothing.equals("none") && !said.isEmpty() ? said : nothing;
        }
        String shown = show(value, field.get().getName().toString());
        if (!shown.isEmpty()) {
            return shown;
        }
        // the options of another class, whose defaults are in a separate table
        boolean built = value.toString().endsWith(".build()");
        return !said.isEmpty() ? said : built ? "its defaults" : "`" + value + "`";
    }

    private static String show(ExpressionTree value, String name) {
        if (value.getKind() == Tree.Kind.NULL_LITERAL) {
            return "none";
        }
        if (value instanceof LiteralTree literal && literal.getValue() instanceof String text) {
            return text.isEmpty() ? "empty" : "`" + text + "`";
        }
        if (value instanceof LiteralTree literal && literal.getValue() instanceof Boolean flag) {
            return "`" + flag + "`";
        }
        Optional<Double> number = number(value);
        if (number.isPresent()) {
            return number(number.get(), name.toLowerCase(Locale.ROOT).contains("bytes"));
        }
        if (value instanceof MemberSelectTree select) {
            String whole = select.toString();
            return whole.equals("Duration.ZERO")
                    ? "0"
                    : whole.equals("Integer.MAX_VALUE")
                            ? "unlimited"
                            : select.getIdentifier().toString().matches("[A-Z_0-9]+")
                                    ? "`" + select.getIdentifier() + "`"
                                    : "";
        }
        return value instanceof MethodInvocationTree call ? call(call, name) : "";
    }

    private static String call(MethodInvocationTree call, String name) {
        String method = call.getMethodSelect().toString();
        List<? extends ExpressionTree> arguments = call.getArguments();
        if (method.startsWith("Duration.of") && arguments.size() == 1) {
            String unit = UNITS.getOrDefault(method.substring("Duration.".length()), "");
            return number(arguments.get(0))
                    .map(number -> number(number, false) + " " + unit)
                    .orElse("");
        }
        if (method.matches("(Set|List|Map)\\.of")) {
            return arguments.isEmpty()
                    ? "none"
                    : arguments.stream().map(each -> show(each, name)).collect(Collectors.joining(", "));
        }
        return "";
    }

    private static Optional<Double> number(ExpressionTree value) {
        if (value instanceof LiteralTree literal && literal.getValue() instanceof Number number) {
            return Optional.of(number.doubleValue());
        }
        if (value instanceof UnaryTree minus && minus.getKind() == Tree.Kind.UNARY_MINUS) {
            return number(minus.getExpression()).map(number -> -number);
        }
        if (value instanceof BinaryTree product && product.getKind() == Tree.Kind.MULTIPLY) {
            return number(product.getLeftOperand())
                    .flatMap(left -> number(product.getRightOperand()).map(right -> left * right));
        }
        if (value instanceof BinaryTree shift && shift.getKind() == Tree.Kind.LEFT_SHIFT) {
            return number(shift.getLeftOperand())
                    .flatMap(left -> number(shift.getRightOperand()).map(right -> left * Math.pow(2, right)));
        }
        return Optional.empty();
    }

    private static String number(double number, boolean bytes) {
        if (number != Math.rint(number)) {
            return String.valueOf(number);
        }
        long whole = (long) number;
        for (int power = 3; bytes && power > 0; power--) {
            long unit = 1L << (10 * power);
            if (whole >= unit && whole % unit == 0) {
                return whole / unit + " " + "KMG".charAt(power - 1) + "iB";
            }
        }
        return whole == Integer.MAX_VALUE ? "unlimited" : String.format(Locale.ROOT, "%,d", whole);
    }
}
