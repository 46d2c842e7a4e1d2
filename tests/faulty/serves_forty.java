// Forty threads serve one client each: whoever comes when all are busy is not served.
//
// Violates JOIN-10, JOIN-1, JOIN-2, JOIN-3, LIFE-4. Speaks lines.
//
// The pool of threads has a fixed size, and a client keeps its thread until it goes.
// Usage: serves_forty PORT --dialect lines

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

class Main {
    static final int THREADS = 40;
    static final int LONGEST = 256 * 1024;
    static final int MOST_WAITING = 4096;
    static final Map<Client, String> members = new ConcurrentHashMap<>();

    record Client(Socket socket, BlockingQueue<byte[]> waiting) {
        void send(byte[] line) {
            if (!waiting.offer(line)) close();
        }

        void close() {
            try {
                socket.close();
            } catch (IOException ignored) {
                // It is closed, then.
            }
        }
    }

    public static void main(String[] words) throws IOException {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(0)));
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket door = new ServerSocket(Integer.parseInt(words[0]), 1024, loopback)) {
            while (true) {
                Socket socket = door.accept();
                pool.execute(() -> serve(new Client(socket, new ArrayBlockingQueue<>(MOST_WAITING))));
            }
        }
    }

    static void serve(Client client) {
        Thread writer = new Thread(() -> write(client));
        writer.start();
        try {
            client.socket.setTcpNoDelay(true);
            client.send("nickname\n".getBytes());
            InputStream in = new BufferedInputStream(client.socket.getInputStream());
            for (byte[] line = readLine(in); line != null; line = readLine(in)) take(client, line);
        } catch (IOException gone) {
            // Like an end.
        } finally {
            members.remove(client);
            writer.interrupt();
            client.close();
        }
    }

    static void take(Client client, byte[] line) throws IOException {
        String text = new String(line, StandardCharsets.UTF_8);
        String nick = members.get(client);
        if (nick != null) {
            byte[] relayed = (nick + ": " + text + "\n").getBytes(StandardCharsets.UTF_8);
            for (Client member : members.keySet()) if (member != client) member.send(relayed);
        } else if (text.isBlank() || text.chars().anyMatch(Character::isISOControl)) {
            throw new IOException("not a nickname");
        } else {
            members.put(client, text);
        }
    }

    static byte[] readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int each = in.read(); each != '\n'; each = in.read()) {
            if (each < 0) return null;
            if (line.size() == LONGEST) throw new IOException("a line without an end");
            line.write(each);
        }
        return line.toByteArray();
    }

    static void write(Client client) {
        try {
            while (true) client.socket.getOutputStream().write(client.waiting.take());
        } catch (IOException | InterruptedException gone) {
            // The reading thread sees to it.
        }
    }
}
