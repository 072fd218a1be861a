package net.lecentre.certmerge.core;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.security.Provider;
import java.security.Security;
import java.time.Clock;
import org.junit.jupiter.api.Test;

/** Keeps core's rooms apart, and the world outside. */
class RoomsTest {
  private static final String CORE = "net.lecentre.certmerge.core.";
  private static final JavaClasses CLASSES =
      new ClassFileImporter().importPath(Path.of("target", "classes"));

  @Test
  void each_room_knows_only_the_rooms_before_it() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .layer("pem")
        .definedBy(CORE + "pem")
        .layer("inspect")
        .definedBy(CORE + "inspect")
        .layer("merge")
        .definedBy(CORE + "merge")
        .layer("format")
        .definedBy(CORE + "format")
        .whereLayer("pem")
        .mayOnlyBeAccessedByLayers("inspect", "format")
        .whereLayer("inspect")
        .mayOnlyBeAccessedByLayers("format", "merge")
        .whereLayer("format")
        .mayOnlyBeAccessedByLayers("merge")
        .whereLayer("merge")
        .mayNotBeAccessedByAnyLayer()
        .ensureAllClassesAreContainedInArchitectureIgnoring(describe("module", RoomsTest::isModule))
        .check(CLASSES);
  }

  private static boolean isModule(JavaClass candidate) {
    return candidate.getSimpleName().equals("module-info");
  }

  @Test
  void nothing_is_used_but_values_and_bouncy_castle() {
    // So there are no files, no sockets, no logger and no Kubernetes.
    classes()
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            CORE + "*",
            "java.io",
            "java.lang",
            "java.lang.invoke",
            "java.lang.runtime",
            "java.math",
            "java.nio",
            "java.nio.charset",
            "java.security",
            "java.time..",
            "java.util",
            "java.util.concurrent..",
            "java.util.function",
            "java.util.regex",
            "java.util.stream",
            "java.util.zip",
            "javax.security.auth",
            "org.bouncycastle..",
            "org.jspecify.annotations")
        .check(CLASSES);
  }

  @Test
  void nothing_reads_or_writes_files() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveNameMatching("java\\.io\\.(File.*|RandomAccessFile|Console)")
        .check(CLASSES);
  }

  @Test
  void nobody_asks_for_the_time() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Clock.class)
        .orShould()
        .callMethodWhere(target(name("now")))
        .orShould()
        .callConstructor(java.util.Date.class)
        .check(CLASSES);
  }

  @Test
  void nobody_prints_or_asks_the_system() {
    noClasses()
        .should()
        .accessTargetWhere(
            target(owner(name("java.lang.System"))).and(target(not(name("arraycopy")))))
        .orShould()
        .callMethodWhere(target(name("printStackTrace")))
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.lang\\.(Runtime|Process.*)")
        .check(CLASSES);
  }

  @Test
  void nobody_registers_or_brings_a_provider() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Security.class)
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Provider.class)
        .check(CLASSES);
  }

  @Test
  void nobody_starts_a_thread() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .orShould()
        .dependOnClassesThat()
        .haveNameMatching("java\\.util\\.(Timer.*|concurrent\\..*(Execut|ForkJoin|Completable).*)")
        .orShould()
        .callMethodWhere(target(name("parallelStream")).or(target(name("parallel"))))
        .check(CLASSES);
  }
}
