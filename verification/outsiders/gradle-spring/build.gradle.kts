plugins {
    java
    id("org.springframework.boot") version "4.1.2"
}

repositories {
    mavenLocal()
    mavenCentral()
}

dependencies {
    implementation(platform("org.springframework.boot:spring-boot-dependencies:4.1.2"))
    implementation(platform("dev.sockeye:sockeye-bom:0.9.0-SNAPSHOT"))
    implementation("org.springframework.boot:spring-boot-starter-web")
    implementation("dev.sockeye:sockeye-spring-boot-starter")
    testImplementation("dev.sockeye:sockeye-client") // the client, here for tests
}
