import java.io.InputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/** Extracts zips as Java reads them, by their directory or as a stream: Extract.java file|stream OUT ARCHIVE...
 *  Puts the first one into OUT/0 and so on. Prints the numbers of those that it refuses. */
public class Extract {
    public static void main(String[] arguments) {
        List<Integer> refused = new ArrayList<>();
        for (int number = 0; number < arguments.length - 2; number++) {
            Path archive = Path.of(arguments[number + 2]);
            Path into = Path.of(arguments[1], Integer.toString(number));
            try {
                Files.createDirectories(into);
                if (arguments[0].equals("file")) {
                    byDirectory(archive, into);
                } else {
                    asStream(archive, into);
                }
            } catch (Exception e) {
                refused.add(number);
            }
        }
        System.out.println(refused);
    }

    private static void byDirectory(Path archive, Path into) throws IOException {
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (var entries = zip.entries(); entries.hasMoreElements();) {
                ZipEntry entry = entries.nextElement();
                write(entry, zip.getInputStream(entry), into);
            }
        }
    }

    private static void asStream(Path archive, Path into) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                write(entry, zip, into);
            }
        }
    }

    private static void write(ZipEntry entry, InputStream bytes, Path into) throws IOException {
        Path path = into.resolve(entry.getName()).normalize();
        if (!path.startsWith(into)) {
            throw new IOException("leaves the folder");
        }
        if (entry.isDirectory()) {
            Files.createDirectories(path);
        } else {
            Files.createDirectories(path.getParent());
            Files.copy(bytes, path, StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
