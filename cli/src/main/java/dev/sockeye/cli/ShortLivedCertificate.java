package dev.sockeye.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * A self-signed certificate for localhost, created by the JDK's keytool. Browsers accept it for WebTransport if a page
 * specifies its hash: ECDSA P-256, valid for less than 14 days.
 *
 * @param keys the key store
 * @param password the password of the key store and of the key
 * @param hash the SHA-256 hash of the certificate in hexadecimal
 */
record ShortLivedCertificate(KeyStore keys, char[] password, String hash) {

    static ShortLivedCertificate create() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("sockeye");
        Path file = folder.resolve("chat.p12");
        String password = "sockeye";
        try {
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "chat",
                            "-keyalg",
                            "EC",
                            "-groupname",
                            "secp256r1",
                            "-validity",
                            "10",
                            "-dname",
                            "CN=localhost",
                            "-ext",
                            "san=dns:localhost,ip:127.0.0.1",
                            "-storetype",
                            "PKCS12",
                            "-keystore",
                            file.toString(),
                            "-storepass",
                            password)
                    .redirectErrorStream(true)
                    .start();
            String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (keytool.waitFor() != 0) {
                throw new IOException("keytool did not create a certificate: " + said.trim());
            }
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(file)) {
                keys.load(in, password.toCharArray());
            }
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(keys.getCertificate("chat").getEncoded());
            return new ShortLivedCertificate(
                    keys, password.toCharArray(), HexFormat.of().formatHex(digest));
        } catch (GeneralSecurityException e) {
            throw new IOException("no certificate: " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }
}
