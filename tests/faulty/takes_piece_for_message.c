/* A line cut over several segments is relayed as several, one for each read.
 *
 * Violates RELAY-9, JOIN-9, RELAY-1. Speaks nul.
 *
 * Each read is cut at its NULs, and what stands behind the last one is taken for a message, too.
 * Usage: takes_piece_for_message PORT --dialect nul
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 1024, READ = 65536, NICK = 4096 };

static struct pollfd polled[MOST];
static char nicks[MOST][NICK];
static char prompt[] = "nickname";
static int count = 1;
static volatile sig_atomic_t stopped;

static void stop(int number) {
    (void)number;
    stopped = 1;
}

static void relay(int from, const char *text) {
    static char message[NICK + READ + 8];
    int size = snprintf(message, sizeof message, "%s: %s", nicks[from], text) + 1;
    for (int to = 1; to < count; to++)
        if (to != from && *nicks[to]) send(polled[to].fd, message, size, MSG_NOSIGNAL);
}

static void take(int from, const char *text) {
    if (*nicks[from])
        relay(from, text);
    else if (*text)
        snprintf(nicks[from], NICK, "%.*s", NICK - 1, text);
}

static void drop(int gone) {
    close(polled[gone].fd);
    count--;
    polled[gone] = polled[count];
    memmove(nicks[gone], nicks[count], NICK);
    *nicks[count] = 0;
}

static void read_from(int from) {
    static char data[READ + 1];
    ssize_t size = recv(polled[from].fd, data, READ, 0);
    if (size <= 0) {
        drop(from);
        return;
    }
    data[size] = 0;
    for (char *text = data; text < data + size; text += strlen(text) + 1) take(from, text);
}

static void let_in(int listener) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0 || count == MOST) {
        close(fd);
        return;
    }
    polled[count++] = (struct pollfd){.fd = fd, .events = POLLIN};
    send(fd, prompt, sizeof prompt, MSG_NOSIGNAL);
}

int main(int arguments, char **words) {
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons((unsigned short)(arguments > 1 ? atoi(words[1]) : 0));
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 512)) {
        perror("takes_piece_for_message");
        return 1;
    }
    polled[0] = (struct pollfd){.fd = listener, .events = POLLIN};
    while (!stopped && (poll(polled, count, -1) >= 0 || !stopped)) {
        for (int each = count - 1; each > 0; each--)
            if (polled[each].revents) read_from(each);
        if (polled[0].revents) let_in(listener);
        for (int each = 0; each < count; each++) polled[each].revents = 0;
    }
    return 0;
}
