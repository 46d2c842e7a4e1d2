// A correct chat client for Java: the main thread reads the keyboard, another one the connection.
//
// Speaks lines. A line is put together from bytes before it is made text, so that no character is
// cut; control characters are shown as "?". It does not know who tests it.
// Usage: java Main HOST PORT lines

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;

class Main {
    private static final String PROMPT = "nickname";
    private static final PrintStream SCREEN =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    private final OutputStream server;
    private final Queue<byte[]> early = new ArrayDeque<>();
    private boolean begun;

    Main(OutputStream server) {
        this.server = server;
    }

    // Return the next line without its end, also one that the stream ends in; null for none.
    static byte[] line(InputStream from) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = from.read();
        if (next < 0) return null;
        for (; next >= 0 && next != '\n'; next = from.read()) line.write(next);
        return line.toByteArray();
    }

    // What is typed before the server has asked waits; an empty line says nothing.
    synchronized void say(byte[] line) throws IOException {
        if (!begun) {
            early.add(line);
        } else if (line.length > 0) {
            byte[] whole = new byte[line.length + 1];
            System.arraycopy(line, 0, whole, 0, line.length);
            whole[line.length] = '\n';
            server.write(whole);
            server.flush();
        }
    }

    synchronized void begin(byte[] first) throws IOException {
        begun = true;
        String text = new String(first, StandardCharsets.UTF_8);
        if (text.equals(PROMPT)) SCREEN.println("Please give your nickname:");
        else show(text);
        while (!early.isEmpty()) say(early.remove());
    }

    static void show(String text) {
        SCREEN.println(text.replaceAll("[\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f]", "?"));
    }

    void hear(InputStream from) {
        String why = "the server has closed it";
        try {
            byte[] first = line(from);
            if (first != null) begin(first);
            for (byte[] line = first; line != null; ) {
                line = line(from);
                if (line != null) show(new String(line, StandardCharsets.UTF_8));
            }
        } catch (IOException error) {
            why = error.getMessage();
        }
        SCREEN.println("\nThe connection has ended: " + why);
        Runtime.getRuntime().halt(0);
    }

    public static void main(String[] words) {
        String where = words[0] + ", port " + words[1];
        try (Socket socket = new Socket(words[0], Integer.parseInt(words[1]))) {
            socket.setTcpNoDelay(true);
            Main chat = new Main(socket.getOutputStream());
            InputStream from = new BufferedInputStream(socket.getInputStream());
            Thread hearing = new Thread(() -> chat.hear(from), "hearing");
            hearing.setDaemon(true);
            hearing.start();
            InputStream keyboard = new BufferedInputStream(System.in);
            for (byte[] line = line(keyboard); line != null; line = line(keyboard)) chat.say(line);
        } catch (IOException error) {
            SCREEN.println("No connection with " + where + ": " + error.getMessage());
            Runtime.getRuntime().halt(1);
        }
        Runtime.getRuntime().halt(0);
    }
}
