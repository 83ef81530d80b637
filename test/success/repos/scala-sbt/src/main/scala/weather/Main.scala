package weather

import com.sun.net.httpserver.{HttpExchange, HttpServer}
import java.net.InetSocketAddress

object Main:
  def main(args: Array[String]): Unit =
    val port = sys.env.getOrElse("PORT", "9050").toInt
    val server = HttpServer.create(InetSocketAddress(port), 0)
    server.createContext(
      "/",
      (exchange: HttpExchange) => {
        val answer = "rain until noon".getBytes("UTF-8")
        exchange.sendResponseHeaders(200, answer.length)
        exchange.getResponseBody.write(answer)
        exchange.close()
      }
    )
    server.start()
    println(s"weather on $port")
