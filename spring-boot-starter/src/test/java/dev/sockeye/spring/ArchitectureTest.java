package dev.sockeye.spring;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The allowed dependencies of the starter, and its public types. The rules of the other modules are in verification. */
final class ArchitectureTest {
    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.sockeye.spring");

    @Test
    void theStarterDependsOnlyOnAllowedPackages() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "org.jspecify.annotations",
                        "dev.sockeye.spring",
                        "dev.sockeye.jakarta",
                        "dev.sockeye.log",
                        "dev.sockeye.netty",
                        "dev.sockeye.admin",
                        "dev.sockeye.metrics",
                        "dev.sockeye.presence",
                        "dev.sockeye.socketio",
                        "dev.sockeye.socketio.server",
                        "dev.sockeye.socketio.protocol",
                        "dev.sockeye.engineio",
                        "dev.sockeye.engineio.host",
                        "dev.sockeye.engineio.protocol",
                        "dev.sockeye.socketio.adapter",
                        "dev.sockeye.socketio.adapter.cluster",
                        "dev.sockeye.redis",
                        "dev.sockeye.postgres",
                        "dev.sockeye.kafka",
                        "io.lettuce.core",
                        "ch.qos.logback.classic.spi",
                        "javax.sql",
                        "org.springframework..",
                        "tools.jackson.databind..",
                        "io.micrometer..",
                        "io.netty..",
                        "javax.net.ssl..",
                        "jakarta.annotation..",
                        "jakarta.servlet..",
                        "jakarta.validation..")
                .check(PRODUCTION);
    }

    @Test
    void publicClassesAreFinal() {
        noClasses()
                .that()
                .arePublic()
                .and()
                .areNotInterfaces()
                .and()
                .areNotNestedClasses()
                .should(com.tngtech.archunit.lang.conditions.ArchConditions.be(
                        new com.tngtech.archunit.base.DescribedPredicate<JavaClass>("open classes") {
                            @Override
                            public boolean test(JavaClass type) {
                                return !type.getModifiers().contains(JavaModifier.FINAL);
                            }
                        }))
                .check(PRODUCTION);
    }
}
