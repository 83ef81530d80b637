#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SERVER_PORT 9091

/* Answers with the page that lies in www/. */
int main(void) {
  signal(SIGPIPE, SIG_IGN);
  int server = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = INADDR_ANY, .sin_port = htons(SERVER_PORT)};
  if (bind(server, (struct sockaddr *)&address, sizeof address) != 0 || listen(server, 16) != 0) return 1;
  for (;;) {
    int client = accept(server, NULL, NULL);
    if (client < 0) continue;
    char request[2048], page[4096] = "no page\n", head[256];
    (void)!read(client, request, sizeof request);
    FILE *file = fopen("www/index.html", "r");
    if (file != NULL) {
      page[fread(page, 1, sizeof page - 1, file)] = 0;
      fclose(file);
    }
    int length = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n", strlen(page));
    (void)!write(client, head, length);
    (void)!write(client, page, strlen(page));
    close(client);
  }
}
