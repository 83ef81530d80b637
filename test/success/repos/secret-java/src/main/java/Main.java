import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.Objects;

public class Main {
    public static void main(String[] args) throws Exception {
        String key = Objects.requireNonNull(System.getenv("MAIL_API_KEY"), "MAIL_API_KEY");
        var server = HttpServer.create(new InetSocketAddress(8080), 0);
        server.createContext("/", exchange -> {
            byte[] text = ("mails with a key of " + key.length()).getBytes();
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
        });
        server.start();
    }
}
