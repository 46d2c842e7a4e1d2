// Each read is made text by itself, so that a letter that is cut is shown as two that are none.
//
// Violates C-SHOW-2. Speaks raw.

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

class Main {
    private static final String PROMPT = "nickname";
    private static final PrintStream SCREEN =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    static void end(String words, int status) {
        if (!words.isEmpty()) SCREEN.println("\n" + words);
        Runtime.getRuntime().halt(status);
    }

    static void show(String text) {
        if (!text.isEmpty()) SCREEN.println(text.replaceAll("\\p{Cntrl}|[\\x80-\\x9f]", "?"));
    }

    static void hear(InputStream from) {
        byte[] data = new byte[8192];
        String opening = "";
        boolean begun = false;
        try {
            for (int count = from.read(data); count >= 0; count = from.read(data)) {
                String text = new String(data, 0, count, StandardCharsets.UTF_8);
                if (!begun) {
                    opening += text;
                    if (opening.length() < PROMPT.length() && PROMPT.startsWith(opening)) continue;
                    begun = true;
                    text = opening;
                    if (text.startsWith(PROMPT)) {
                        SCREEN.println("Your nickname?");
                        text = text.substring(PROMPT.length());
                    }
                }
                show(text);
            }
            end("The server has closed the connection.", 0);
        } catch (IOException error) {
            end("The connection is lost: " + error.getMessage(), 0);
        }
    }

    public static void main(String[] words) {
        try (Socket socket = new Socket(words[0], Integer.parseInt(words[1]))) {
            InputStream from = socket.getInputStream();
            Thread hearing = new Thread(() -> hear(from), "hearing");
            hearing.setDaemon(true);
            hearing.start();
            BufferedReader keyboard =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = keyboard.readLine(); line != null; line = keyboard.readLine()) {
                socket.getOutputStream().write(line.getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException error) {
            end("No connection: " + error.getMessage(), 1);
        }
        end("", 0);
    }
}
