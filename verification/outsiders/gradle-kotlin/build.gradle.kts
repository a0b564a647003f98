plugins {
    kotlin("jvm") version "2.3.0"
    application
}

repositories {
    mavenLocal()
    mavenCentral()
}

dependencies {
    implementation(platform("dev.sockeye:sockeye-bom:0.9.0-SNAPSHOT"))
    implementation("dev.sockeye:sockeye-server-netty")
    implementation("tools.jackson.module:jackson-module-kotlin:3.3.0") // the version of the Jackson that Sockeye brings
    testImplementation("dev.sockeye:sockeye-client") // the client, here for tests
}

application {
    mainClass = "ChatKt"
}
