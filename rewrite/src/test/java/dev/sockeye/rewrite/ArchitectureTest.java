package dev.sockeye.rewrite;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.openrewrite.Recipe;

/** The allowed dependencies of the recipe, and its public types. The rules of most other modules are in verification. */
@DisplayName("The recipe module")
class ArchitectureTest {
    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.sockeye.rewrite");

    @Test
    void dependsOnlyOnOpenRewrite() {
        // it runs inside of a build tool, where neither library is on the class path
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("java..", "org.jspecify.annotations", "dev.sockeye.rewrite", "org.openrewrite..")
                .check(PRODUCTION);
    }

    @Test
    void exposesOnlyFinalRecipes() {
        classes()
                .that()
                .arePublic()
                .should()
                .beAssignableTo(Recipe.class)
                .andShould()
                .haveModifier(JavaModifier.FINAL)
                .check(PRODUCTION);
    }
}
