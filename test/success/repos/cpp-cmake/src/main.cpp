#include <arpa/inet.h>
#include <cstdlib>
#include <csignal>
#include <iostream>
#include <sqlite3.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

int main() {
  std::signal(SIGPIPE, SIG_IGN);
  const char *text = std::getenv("PORT");
  const int port = text != nullptr ? std::atoi(text) : 8080;
  const int server = socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = INADDR_ANY;
  address.sin_port = htons(static_cast<uint16_t>(port));
  if (bind(server, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0) return 1;
  if (listen(server, 16) != 0) return 1;
  std::cout << "listening on " << port << std::endl;
  while (true) {
    const int client = accept(server, nullptr, nullptr);
    if (client < 0) continue;
    char request[2048];
    (void)!read(client, request, sizeof request);
    const std::string body = std::string("Lantern, lit by SQLite ") + sqlite3_libversion() + "\n";
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: " +
                               std::to_string(body.size()) + "\r\n\r\n" + body;
    (void)!write(client, answer.data(), answer.size());
    close(client);
  }
}
