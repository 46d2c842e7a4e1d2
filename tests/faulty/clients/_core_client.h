/* A correct chat client of `raw` in C, to be made faulty by what a program defines before it
 * includes this: each macro below is a place for one defect. It does not know which there are.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef TELL_REFUSED
#define TELL_REFUSED(why) printf("No connection: %s\n", (why))
#endif
#ifndef TELL_GONE
#define TELL_GONE(why) printf("\nThe server has gone: %s\n", (why))
#endif
#ifndef SAID
#define SAID(line, length) (length)
#endif
#ifndef WHEN_INTERRUPTED
#define WHEN_INTERRUPTED SIG_DFL
#endif

enum { READ = 16384 };

static const char PROMPT[] = "nickname";

/* Return how many bytes of a character are still to come after this one. */
static int left_open(unsigned char byte, int open) {
    if (byte < 0x80) return 0;
    if (byte < 0xc0) return open - 1;
    return byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
}

/* Print bytes, and a line end where no character is open: UTF-8 goes out as it comes in, but for
 * what a terminal obeys.
 */
static void show(const unsigned char *data, size_t count) {
    static bool after_c2;
    static int open;
    for (size_t at = 0; at < count; at++) {
        bool c1 = after_c2 && data[at] >= 0x80 && data[at] < 0xa0;
        if (after_c2) fputs(c1 ? "?" : "\xc2", stdout);
        after_c2 = data[at] == 0xc2;
        open = left_open(data[at], open);
        if (c1 || after_c2) continue;
        putchar(data[at] < 0x20 && data[at] != '\t' ? '?' : data[at] == 0x7f ? '?' : data[at]);
    }
    if (count && open <= 0) putchar('\n');
    fflush(stdout);
}

static void hear(const unsigned char *data, size_t count) {
    static size_t matched;
    static bool begun;
    while (!begun && count && *data == (unsigned char)PROMPT[matched]) {
        data++, count--, matched++;
        if (matched < strlen(PROMPT)) continue;
        puts("Your nickname?");
        begun = true;
    }
    if (count && !begun) { /* that was no prompt */
        show((const unsigned char *)PROMPT, matched);
        begun = true;
    }
    show(data, count);
}

static void say(int server, char *line, size_t length) {
    static bool named;
    if (length == 0) return;
    if (named) length = SAID(line, length);
    named = true;
    for (ssize_t sent; length; line += sent, length -= (size_t)sent) {
        sent = send(server, line, length, MSG_NOSIGNAL);
        if (sent < 0) return; /* the next read tells why */
    }
}

static bool type(int server) {
    static char typed[READ];
    static size_t kept;
    char *line = typed, *end;
    ssize_t count = read(STDIN_FILENO, typed + kept, sizeof typed - kept);
    if (count <= 0) return false;
    kept += (size_t)count;
    while ((end = memchr(line, '\n', kept - (size_t)(line - typed)))) {
        say(server, line, (size_t)(end - line));
        line = end + 1;
    }
    kept -= (size_t)(line - typed);
    memmove(typed, line, kept);
    return true;
}

static void chat(int server) {
    unsigned char data[READ];
    struct pollfd polled[] = {{server, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    for (;;) {
        if (poll(polled, 2, -1) < 0) continue;
        if (polled[0].revents) {
            ssize_t count = recv(server, data, sizeof data, 0);
            if (count <= 0) {
                TELL_GONE(count ? strerror(errno) : "it closed the connection");
                return;
            }
            hear(data, (size_t)count);
        }
        if (polled[1].revents && !type(server)) return;
    }
}

int main(int count, char **words) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    int server = socket(AF_INET, SOCK_STREAM, 0);
    if (count < 3 || inet_pton(AF_INET, words[1], &address.sin_addr) != 1) return 2;
    address.sin_port = htons((unsigned short)atoi(words[2]));
    if (connect(server, (struct sockaddr *)&address, sizeof address) < 0) {
        TELL_REFUSED(strerror(errno));
        return 1;
    }
    signal(SIGINT, WHEN_INTERRUPTED);
    chat(server);
    close(server);
    return 0;
}
