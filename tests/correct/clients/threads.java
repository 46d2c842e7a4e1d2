// A correct chat client of the dialect `nick`, in Java: it writes its own name before each line.
//
// Speaks nick. One thread reads the server and one the keyboard; a letter that is cut waits in the
// decoder for its rest, and what is no text is replaced.
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;

class Main {
    private static final String PROMPT = "NICK";
    private static final PrintStream OUT =
        new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private static final CountDownLatch ASKED = new CountDownLatch(1);

    public static void main(String[] words) {
        Socket socket;
        try {
            socket = new Socket(words[0], Integer.parseInt(words[1]));
        } catch (IOException error) {
            OUT.println("No connection: " + error.getMessage());
            System.exit(1);
            return;
        }
        Thread listening = new Thread(() -> listen(socket));
        listening.setDaemon(true);
        listening.start();
        try {
            talk(socket.getOutputStream());
            socket.close();
        } catch (IOException | InterruptedException error) {
            OUT.println("The connection is lost.");
        }
        System.exit(0);
    }

    private static void listen(Socket socket) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
        ByteBuffer bytes = ByteBuffer.allocate(8192);
        CharBuffer chars = CharBuffer.allocate(8192);
        StringBuilder beginning = new StringBuilder();
        try {
            InputStream in = socket.getInputStream();
            byte[] data = new byte[4096];
            for (int got; (got = in.read(data)) >= 0;) {
                bytes.put(data, 0, got).flip();
                decoder.decode(bytes, chars, false);
                bytes.compact();
                heard(beginning, chars.flip().toString());
                chars.clear();
            }
        } catch (IOException error) {
            // Told below, like any other end.
        }
        OUT.println("The server has ended the chat.");
        System.exit(0);
    }

    private static void heard(StringBuilder beginning, String text) {
        if (ASKED.getCount() == 0) {
            show(text);
            return;
        }
        beginning.append(text);
        if (beginning.length() < PROMPT.length()) {
            return;
        }
        OUT.println("Nickname, please:");
        ASKED.countDown();
        String all = beginning.toString();
        show(all.startsWith(PROMPT) ? all.substring(PROMPT.length()) : all);
    }

    private static void show(String text) {
        if (!text.isEmpty()) {
            OUT.println(text.replaceAll("\\p{Cntrl}|[\\x80-\\x9f]", "?"));
        }
    }

    private static void talk(OutputStream out) throws IOException, InterruptedException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        byte[] nick = null;
        for (int next; (next = System.in.read()) >= 0;) {
            if (next != '\n') {
                line.write(next);
                continue;
            }
            ASKED.await();
            byte[] typed = line.toByteArray();
            line.reset();
            if (typed.length == 0) {
                continue;
            }
            ByteArrayOutputStream message = new ByteArrayOutputStream();
            if (nick != null) {
                message.write(nick);
                message.write(": ".getBytes(StandardCharsets.US_ASCII));
            } else {
                nick = typed;
            }
            message.write(typed);
            out.write(message.toByteArray());
            out.flush();
        }
    }
}
