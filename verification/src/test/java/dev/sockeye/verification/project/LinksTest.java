package dev.sockeye.verification.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The links of all pages, as GitHub and the site follow them. Addresses of other sites are not asked. */
@DisplayName("The documentation")
class LinksTest {
    private static final Pattern CODE = Pattern.compile("(?ms)^ *```.*?^ *```|`[^`\n]*`|<!--.*?-->");
    private static final Pattern LINK = Pattern.compile("!?\\[[^\\]]*]\\(([^)\\s]+)\\)");
    private static final Pattern PICTURE =
            Pattern.compile("!\\[([^\\]]*)]\\(([^)\\s]+\\.png)\\)|<img src=\"([^\"]+\\.png)\"[^>]* alt=\"([^\"]*)\"");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");

    private final Map<Path, Set<String>> anchors = new HashMap<>();

    @Test
    void hasNoBrokenLinks() throws IOException {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path page : ProjectFiles.endingWith(".md")) {
            Matcher link = LINK.matcher(CODE.matcher(Files.readString(page)).replaceAll(""));
            while (link.find()) {
                links++;
                String problem = problem(page, link.group(1));
                if (!problem.isEmpty()) {
                    broken.add(ProjectFiles.root().relativize(page) + ": " + link.group(1) + " " + problem);
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(links).isGreaterThan(100);
    }

    /** Why a link is wrong; empty if it is right. */
    private String problem(Path page, String link) throws IOException {
        if (link.matches("[a-z]+:.*")) {
            return "";
        }
        int hash = link.indexOf('#');
        String file = hash < 0 ? link : link.substring(0, hash);
        Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
        if (!Files.exists(target)) {
            return "has no target";
        }
        if (hash < 0) {
            return "";
        }
        return anchors(target).contains(link.substring(hash + 1)) ? "" : "has no such heading";
    }

    private Set<String> anchors(Path page) throws IOException {
        Set<String> known = anchors.get(page);
        if (known != null) {
            return known;
        }
        Set<String> found = new HashSet<>();
        String text = Pattern.compile("(?ms)^ *```.*?^ *```")
                .matcher(Files.readString(page))
                .replaceAll("");
        Matcher heading = HEADING.matcher(text);
        while (heading.find()) {
            found.add(heading.group(1)
                    .replace("`", "")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N} _-]", "")
                    .replace(' ', '-'));
        }
        anchors.put(page, found);
        return found;
    }

    /** The pictures of {@code docs/screenshots}: a picture that no page shows could become outdated unnoticed. */
    @Test
    void showsEveryPictureWithAltText() throws IOException {
        Map<Path, String> shown = new HashMap<>();
        for (Path page : ProjectFiles.endingWith(".md")) {
            Matcher picture = PICTURE.matcher(Files.readString(page));
            while (picture.find()) {
                String file = picture.group(2) == null ? picture.group(3) : picture.group(2);
                String words = picture.group(1) == null ? picture.group(4) : picture.group(1);
                shown.put(page.resolveSibling(file).normalize(), words);
            }
        }
        List<Path> pictures;
        try (Stream<Path> files = Files.list(ProjectFiles.root().resolve("docs/pictures"))) {
            pictures = files.toList();
        }
        assertThat(pictures).hasSizeGreaterThan(3).allSatisfy(picture -> {
            assertThat(shown).containsKey(picture);
            assertThat(picture).hasExtension("png");
            assertThat(Files.size(picture)).isLessThan(150 * 1024);
        });
        assertThat(shown.values()).allSatisfy(words -> assertThat(words).hasSizeGreaterThan(20));
    }

    @Test
    void listsEachPageOnceInTheSiteNavigation() throws IOException {
        Path docs = ProjectFiles.root().resolve("docs");
        JsonNode site = new YAMLMapper()
                .readTree(ProjectFiles.root().resolve("mkdocs.yml").toFile());
        List<String> inNavigation = new ArrayList<>();
        collect(site.path("nav"), inNavigation);
        List<String> pages;
        try (Stream<Path> files = Files.walk(docs)) {
            pages = files.map(file -> docs.relativize(file).toString().replace('\\', '/'))
                    .filter(name -> name.endsWith(".md"))
                    .toList();
        }
        assertThat(inNavigation).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(pages);
    }

    private static void collect(JsonNode node, List<String> pages) {
        if (node.isString() && node.stringValue().endsWith(".md")) {
            pages.add(node.stringValue());
        }
        node.forEach(child -> collect(child, pages));
    }
}
