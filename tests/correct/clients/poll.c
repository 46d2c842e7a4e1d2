/* A correct chat client in C: one thread, ppoll() on the keyboard and the connection.
 *
 * Speaks raw. Bytes that are no UTF-8 are shown as U+FFFD, control characters as "?". It does not
 * know who tests it. Usage: poll HOST PORT raw
 */
#define _GNU_SOURCE
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

enum { READ = 16384, LONGEST = 65536 };

static const char PROMPT[] = "nickname";
static const char REPLACEMENT[] = "\xef\xbf\xbd";
static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
    (void)number;
    interrupted = 1;
}

/* What was read and is not shown yet: the beginning of a prompt, or of a character. */
struct heard {
    unsigned char data[READ + 16];
    size_t count;
    bool begun;
};

/* What was typed and not sent yet. */
struct typed {
    char data[LONGEST];
    size_t count;
};

/* Return how long the character at `at` is: 0 for none, -1 where its end is still to come. */
static int length_of(const unsigned char *at, size_t left) {
    unsigned char least = 0x80, most = 0xbf;
    int length;
    if (at[0] < 0x80) return 1;
    if (at[0] < 0xc2 || at[0] > 0xf4) return 0;
    length = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    /* No longer form than is needed, no surrogate, nothing above U+10FFFF. */
    if (at[0] == 0xe0) least = 0xa0;
    if (at[0] == 0xed) most = 0x9f;
    if (at[0] == 0xf0) least = 0x90;
    if (at[0] == 0xf4) most = 0x8f;
    for (int i = 1; i < length; i++) {
        if ((size_t)i == left) return -1;
        if (at[i] < least || at[i] > most) return 0;
        least = 0x80;
        most = 0xbf;
    }
    return length;
}

static bool is_control(const unsigned char *at, int length) {
    if (length == 1) return (at[0] < 0x20 && at[0] != '\n' && at[0] != '\t') || at[0] == 0x7f;
    return length == 2 && at[0] == 0xc2 && at[1] < 0xa0;
}

/* Print what is whole, and keep what is not. */
static void show(struct heard *heard) {
    size_t at = 0;
    while (at < heard->count) {
        int length = length_of(heard->data + at, heard->count - at);
        if (length < 0) break;
        if (length == 0) {
            fputs(REPLACEMENT, stdout);
        } else if (is_control(heard->data + at, length)) {
            putchar('?');
        } else {
            fwrite(heard->data + at, 1, (size_t)length, stdout);
        }
        at += length ? (size_t)length : 1;
    }
    if (at) putchar('\n');
    fflush(stdout);
    heard->count -= at;
    memmove(heard->data, heard->data + at, heard->count);
}

/* Take the prompt off, once it is whole or cannot be one. */
static void begin(struct heard *heard) {
    size_t length = strlen(PROMPT);
    size_t known = heard->count < length ? heard->count : length;
    if (memcmp(heard->data, PROMPT, known) == 0) {
        if (heard->count < length) return;
        heard->count -= length;
        memmove(heard->data, heard->data + length, heard->count);
        puts("Type your nickname.");
        fflush(stdout);
    }
    heard->begun = true;
}

static bool hear(int server, struct heard *heard) {
    ssize_t count = recv(server, heard->data + heard->count, READ, 0);
    if (count < 0 && errno == EINTR) return true;
    if (count <= 0) {
        printf("\nThe conversation is over: %s.\n",
               count ? strerror(errno) : "the server has left");
        return false;
    }
    heard->count += (size_t)count;
    if (!heard->begun) begin(heard);
    if (heard->begun) show(heard);
    return true;
}

static void send_all(int server, const char *data, size_t count) {
    while (count) {
        ssize_t sent = send(server, data, count, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR && !interrupted) continue;
        if (sent <= 0) return; /* the next read tells why */
        data += sent;
        count -= (size_t)sent;
    }
}

/* Send the lines that are complete; what is typed before the server has asked waits. */
static void send_lines(int server, struct typed *typed) {
    char *begin = typed->data, *end;
    while ((end = memchr(begin, '\n', typed->count - (size_t)(begin - typed->data)))) {
        send_all(server, begin, (size_t)(end - begin));
        begin = end + 1;
    }
    typed->count -= (size_t)(begin - typed->data);
    memmove(typed->data, begin, typed->count);
}

/* Read what was typed; false at the end, when a last line without an end has been completed. */
static bool type(struct typed *typed) {
    ssize_t count = read(STDIN_FILENO, typed->data + typed->count, LONGEST - 1 - typed->count);
    if (count < 0) return errno == EINTR;
    if (count == 0) {
        if (typed->count && typed->count < LONGEST) typed->data[typed->count++] = '\n';
        return false;
    }
    typed->count += (size_t)count;
    return true;
}

static void chat(int server) {
    static struct heard heard;
    static struct typed typed;
    sigset_t none;
    bool going = true;
    sigemptyset(&none);
    while (going) {
        struct pollfd polled[] = {{server, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
        if (ppoll(polled, typed.count < LONGEST - 1 ? 2 : 1, NULL, &none) < 0) return;
        if (polled[0].revents && !hear(server, &heard)) return;
        if (polled[1].revents) going = type(&typed);
        if (heard.begun) send_lines(server, &typed);
    }
}

int main(int count, char **words) {
    struct sigaction action = {.sa_handler = interrupt};
    struct sockaddr_in address = {.sin_family = AF_INET};
    sigset_t stop;
    int server;
    if (count < 3 || inet_pton(AF_INET, words[1], &address.sin_addr) != 1) {
        fprintf(stderr, "usage: poll HOST PORT raw\n");
        return 2;
    }
    address.sin_port = htons((unsigned short)atoi(words[2]));
    server = socket(AF_INET, SOCK_STREAM, 0);
    if (server < 0 || connect(server, (struct sockaddr *)&address, sizeof address) < 0) {
        fprintf(stderr, "Cannot reach %s, port %s: %s\n", words[1], words[2], strerror(errno));
        return 1;
    }
    sigaction(SIGINT, &action, NULL);
    /* Taken in ppoll() alone, so that none comes between the look and the wait. */
    sigemptyset(&stop);
    sigaddset(&stop, SIGINT);
    sigprocmask(SIG_BLOCK, &stop, NULL);
    chat(server);
    close(server);
    return 0;
}
