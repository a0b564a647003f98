plugins {
    application
}

repositories {
    mavenLocal()
    mavenCentral()
}

dependencies {
    implementation(platform("dev.sockeye:sockeye-bom:0.9.0-SNAPSHOT"))
    implementation("dev.sockeye:sockeye-server-netty")
    testImplementation("dev.sockeye:sockeye-client") // the client, here for tests
}

tasks.withType<JavaCompile>().configureEach {
    options.release = 17
}

application {
    mainClass = "MinimalChat"
}
