#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <gmp.h>

int main(void) {
  const char *port = getenv("PORT");
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port ? port : "8080"))};
  int yes = 1, hall = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(hall, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(hall, (struct sockaddr *)&at, sizeof at) < 0 || listen(hall, 16) < 0) return 1;
  for (;;) {
    char asked[1024], said[256], text[128];
    int guest = accept(hall, NULL, NULL);
    (void)!read(guest, asked, sizeof asked);
    mpz_t big;
    mpz_init(big);
    mpz_fac_ui(big, 20);
    gmp_snprintf(text, sizeof text, "20! = %Zd", big);
    mpz_clear(big);
    int length = snprintf(said, sizeof said, "HTTP/1.1 200 OK\r\ncontent-length: %zu\r\nconnection: close\r\n\r\n%s", strlen(text), text);
    (void)!write(guest, said, (size_t)length);
    close(guest);
  }
}
