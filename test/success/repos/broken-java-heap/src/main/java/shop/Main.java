package shop;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;

public class Main {
  public static void main(String[] words) throws Exception {
    byte[][] index = new byte[50][];
    for (int at = 0; at < index.length; at++) index[at] = new byte[10_000_000];
    String port = System.getenv().getOrDefault("PORT", "8080");
    HttpServer server = HttpServer.create(new InetSocketAddress(Integer.parseInt(port)), 0);
    server.createContext("/", exchange -> {
      byte[] page = (index.length + " parts of the index").getBytes();
      exchange.sendResponseHeaders(200, page.length);
      exchange.getResponseBody().write(page);
      exchange.close();
    });
    server.start();
  }
}
