/* The message after the sixtieth ends the whole server.
 *
 * Violates LIFE-4, STAY-1. Speaks nul.
 *
 * What was said last is noted for a history that nobody asks for, in an array of sixty, and where
 * that is full a check of the program itself ends it. Usage: overflows_its_history PORT --dialect nul
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

enum { MOST = 1024, LONGEST = 65536, NICK = 4096, HISTORY = 60 };

struct client {
    char nick[NICK];
    char held[LONGEST];
    size_t size;
};

static struct pollfd polled[MOST];
static struct client *clients[MOST];
static size_t noted[HISTORY];
static char prompt[] = "nickname";
static int count = 1, said;
static volatile sig_atomic_t stopped;

static void stop(int number) {
    (void)number;
    stopped = 1;
}

static void note(size_t size) {
    if (said == HISTORY) abort();
    noted[said++] = size;
}

static void relay(int from, const char *text) {
    static char message[NICK + LONGEST + 8];
    size_t size = (size_t)snprintf(message, sizeof message, "%s: %s", clients[from]->nick, text) + 1;
    note(size);
    for (int to = 1; to < count; to++)
        if (to != from && *clients[to]->nick) send(polled[to].fd, message, size, MSG_NOSIGNAL);
}

static void take(int from, const char *text) {
    if (*clients[from]->nick)
        relay(from, text);
    else
        snprintf(clients[from]->nick, NICK, "%.*s", NICK - 1, text);
}

static void drop(int gone) {
    close(polled[gone].fd);
    free(clients[gone]);
    count--;
    polled[gone] = polled[count];
    clients[gone] = clients[count];
}

static void read_from(int from) {
    struct client *client = clients[from];
    ssize_t size = recv(polled[from].fd, client->held + client->size, LONGEST - client->size, 0);
    if (size <= 0) {
        drop(from);
        return;
    }
    client->size += (size_t)size;
    char *text = client->held, *end;
    while ((end = memchr(text, 0, client->held + client->size - text))) {
        take(from, text);
        text = end + 1;
    }
    client->size -= (size_t)(text - client->held);
    memmove(client->held, text, client->size);
    if (client->size == LONGEST) drop(from);
}

static void let_in(int listener) {
    int fd = accept(listener, NULL, NULL);
    struct client *client = fd < 0 || count == MOST ? NULL : calloc(1, sizeof *client);
    if (!client) {
        close(fd);
        return;
    }
    clients[count] = client;
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
        perror("overflows_its_history");
        return 1;
    }
    polled[0] = (struct pollfd){.fd = listener, .events = POLLIN};
    while (!stopped && (poll(polled, (nfds_t)count, -1) >= 0 || !stopped)) {
        for (int each = count - 1; each > 0; each--)
            if (polled[each].revents) read_from(each);
        if (polled[0].revents) let_in(listener);
        for (int each = 0; each < count; each++) polled[each].revents = 0;
    }
    return 0;
}
